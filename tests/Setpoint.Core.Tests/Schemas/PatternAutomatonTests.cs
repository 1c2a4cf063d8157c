using System.Text.RegularExpressions;
using Setpoint.Core.Schemas.Patterns;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Schemas;

public sealed class PatternAutomatonTests
{
    private static readonly string[] Atoms = ["a", "b", ".", "é", "😀", "[a-c]", "[^a]", "[é-ÿ]", "[^é]", "[😀-😂x]", "[^😀]", @"\d", @"\W", @"\s", @"\p{Lu}", @"\P{L}", "^", "$", "[]", "[^]"];
    private static readonly string[] Counts = ["", "", "", "*", "+", "?", "{2}", "{1,3}", "{2,}", "+?"];
    private static readonly string[] Letters = ["a", "b", "c", "d", "x", "1", " ", "\n", "é", "ÿ", "Ā", "Ω", "\u2028", "\uFFFD", "𝒳", "😀", "😂", "😃", "\uD83D", "\uDE00"];

    [Fact]
    public void It_decides_every_text_as_the_runtime_does() => Seeded.Run(1_000, random =>
    {
        var source = Source(random, 4);
        var tree = EcmaParser.Parse(source, out var problem);
        tree.ShouldNotBeNull($"{source}: {problem}");

        // One in some thousand has more states than an automaton may have.
        if (!PatternAutomaton.TryMake(tree, out var automaton))
            return;

        // Short texts: the engine that backtracks needs no time for them, and is made in microseconds.
        var regex = new Regex(NetPatternWriter.Write(tree), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
        for (var i = 0; i < 20; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Pick(random, Letters)));
            automaton.IsMatch(text).ShouldBe(regex.IsMatch(text), $"'{source}' on '{text}' ({string.Join(' ', text.Select(unit => ((int)unit).ToString("X4")))})");
        }
    });

    [Theory]
    [InlineData("^(?=a)")]
    [InlineData(@"^(a)\1$")]
    [InlineData(@"\bfoo")]
    [InlineData("^.{1,700}$")]
    public void What_is_no_small_automaton_is_left_to_the_runtime(string source) =>
        PatternAutomaton.TryMake(EcmaParser.Parse(source, out _)!, out _).ShouldBeFalse();

    [Fact]
    public void A_pattern_that_tells_too_many_characters_apart_is_left_to_the_runtime()
    {
        // Each character is a set and so a class of its own.
        string Apart(int count) => $"^({string.Join('|', Enumerable.Range(0, count).Select(i => $@"\u{{{0x4E00 + (2 * i):X}}}"))})$";
        PatternAutomaton.TryMake(EcmaParser.Parse(Apart(127), out _)!, out var automaton).ShouldBeTrue();
        automaton.IsMatch("\u4E02").ShouldBeTrue();
        automaton.IsMatch("\u4E03").ShouldBeFalse();
        PatternAutomaton.TryMake(EcmaParser.Parse(Apart(128), out _)!, out _).ShouldBeFalse();
    }

    /// <summary>What is repeated repeats nothing inside: the engine of the runtime would try all ways to share the text out.</summary>
    private static string Source(Random random, int depth, bool mayRepeat = true)
    {
        var count = mayRepeat ? Pick(random, Counts) : "";
        string Inner() => Source(random, depth - 1, mayRepeat && count.Length == 0);
        var part = depth == 0 || random.Next(3) == 0 ? Pick(random, Atoms) : random.Next(3) switch
        {
            0 => $"({Inner()}|{Inner()})",
            1 => $"(?:{Inner()}{Inner()})",
            _ => $"({Inner()})",
        };
        return part is "^" or "$" ? part : part + count;
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];
}
