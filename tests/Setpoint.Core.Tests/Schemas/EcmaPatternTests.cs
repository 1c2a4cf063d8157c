using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Patterns;

namespace Setpoint.Core.Tests.Schemas;

public sealed class EcmaPatternTests
{
    [Theory]
    [InlineData("^a$", "a", true)]
    [InlineData("^a$", "a\n", false)]
    [InlineData("a", "bab", true)]
    [InlineData("^a|b$", "xb", true)]
    [InlineData(@"^\d+$", "١٢", false)]
    [InlineData(@"^\w+$", "é", false)]
    [InlineData(@"^\W$", "é", true)]
    [InlineData(@"^\s$", "\u00a0", true)]
    [InlineData(@"^\s$", "\ufeff", true)]
    [InlineData(@"^\s$", "\u0085", false)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^.$", "\u2028", false)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("^[😀-😂]$", "😁", true)]
    [InlineData("^[😀-😂]$", "😃", false)]
    [InlineData(@"^\u{1F600}$", "😀", true)]
    [InlineData(@"^\ud83d\ude00$", "😀", true)]
    [InlineData(@"^[^\ud83d\ude00]$", "😀", false)]
    [InlineData(@"^\p{L}+$", "aé𝒳", true)]
    [InlineData(@"^\p{Lu}$", "a", false)]
    [InlineData(@"^\P{Lu}$", "a", true)]
    [InlineData(@"^\p{General_Category=Decimal_Number}$", "٣", true)]
    [InlineData(@"^\cA$", "\u0001", true)]
    [InlineData(@"^\x41$", "A", true)]
    [InlineData(@"^\0$", "\0", true)]
    [InlineData(@"^[\b]$", "\b", true)]
    [InlineData(@"^[\w-]+$", "a-b", true)]
    [InlineData("^[]$", "a", false)]
    [InlineData("^[^]$", "\n", true)]
    [InlineData("^{a}$", "{a}", true)]
    [InlineData("^a{2}$", "aa", true)]
    [InlineData("^a{2,}$", "aaaa", true)]
    [InlineData("^a{1,2}?$", "aaa", false)]
    [InlineData(@"^(?<y>\d)-\k<y>$", "3-3", true)]
    [InlineData(@"^(?<y>\d)-\k<y>$", "3-4", false)]
    [InlineData(@"^(a)?\1$", "", true)]
    [InlineData(@"^\1(a)$", "a", true)]
    [InlineData("^(?=.*[0-9]).{4,}$", "abc1", true)]
    [InlineData("^(?!foo)", "foobar", false)]
    [InlineData("(?<=a)b", "ab", true)]
    [InlineData("(?<!a)b", "ab", false)]
    [InlineData(@"\bfoo\b", "éfoo", true)]
    [InlineData(@"\bfoo\b", "xfoo", false)]
    [InlineData(@"\Bfoo", "xfoo", true)]
    [InlineData("^(a|ab)(c|bcd)$", "abcd", true)]
    [InlineData("^$", "", true)]
    [InlineData("$^", "", true)]
    [InlineData("$^", "a", false)]
    [InlineData("(?:a$|)^b?$", "", true)]
    [InlineData("", "anything", true)]
    [InlineData(@"^[a-z0-9]+(?:[._-][a-z0-9]+)*$", "a.b-c_d", true)]
    [InlineData(@"^[a-z0-9]+(?:[._-][a-z0-9]+)*$", "a..b", false)]
    [InlineData(@"^[a-z0-9]+(?:[._-][a-z0-9]+)*$", "a.é", false)]
    [InlineData("x$|^y", "zx", true)]
    [InlineData("(^|,)a(,|$)", "b,a,c", true)]
    [InlineData("(^|,)a(,|$)", "ba", false)]
    public void A_pattern_means_what_ecma_262_says(string pattern, string text, bool matches)
    {
        EcmaPattern.TryParse(pattern, out var compiled, out var problem).ShouldBeTrue(problem);
        var run = new Run();
        compiled!.IsMatch(text, ref run).ShouldBe(matches);
        run.GaveUp.ShouldBeFalse();
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^(.*a){30}$")]
    public void A_pattern_that_would_backtrack_for_ever_is_linear(string pattern)
    {
        EcmaPattern.TryParse(pattern, out var compiled, out _).ShouldBeTrue();
        var run = new Run();
        compiled!.IsMatch(new string('a', 50_000) + "b", ref run).ShouldBeFalse();
        run.GaveUp.ShouldBeFalse();
    }

    [Fact]
    public void A_pattern_that_must_backtrack_is_given_up_in_time()
    {
        EcmaPattern.TryParse("^(?=(a|aa)+$)", out var compiled, out _).ShouldBeTrue();
        var run = new Run();
        compiled!.IsMatch(new string('a', 5_000) + "b", ref run).ShouldBeFalse();
        run.GaveUp.ShouldBeTrue();
    }

    [Fact]
    public void A_count_beyond_what_an_automaton_can_hold_still_works()
    {
        EcmaPattern.TryParse("^.{1,60000}$", out var compiled, out _).ShouldBeTrue();
        var run = new Run();
        compiled!.IsMatch(new string('a', 60_000), ref run).ShouldBeTrue();
        compiled.IsMatch(new string('a', 60_001), ref run).ShouldBeFalse();
        run.GaveUp.ShouldBeFalse();
    }
}
