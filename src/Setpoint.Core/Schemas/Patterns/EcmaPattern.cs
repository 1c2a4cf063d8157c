using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>A regular expression of ECMA-262, ready to match. Immutable and thread-safe.</summary>
/// <remarks>
/// Most patterns are a small automaton of our own (<see cref="PatternAutomaton"/>); those for which it would not be small, or that are none, go
/// through the runtime's engine. Whatever an automaton can decide runs in time that grows with the text alone (and ends after a second, which a text of a mebibyte and an
/// automaton of 10,000 states could exceed). What needs backtracking (lookaround, references to groups,
/// word boundaries), or counts so far that its automaton would be huge, has <see cref="MatchMax"/> for each match, and all such matches of
/// an evaluation share <see cref="Run.BacktrackingMax"/>.
/// </remarks>
internal sealed class EcmaPattern
{
    public static readonly TimeSpan MatchMax = TimeSpan.FromMilliseconds(100);

    private readonly PatternNode _tree;
    private readonly PatternAutomaton? _automaton;
    private Engine? _engine;

    private EcmaPattern(string source, PatternNode tree)
    {
        Source = source;
        _tree = tree;
        PatternAutomaton.TryMake(tree, out _automaton);
    }

    /// <summary>As the schema has it.</summary>
    public string Source { get; }

    /// <param name="source">The pattern.</param>
    /// <param name="pattern">Ready to match.</param>
    /// <param name="problem">Why it cannot be read, as the end of a sentence.</param>
    public static bool TryParse(string source, [NotNullWhen(true)] out EcmaPattern? pattern, out string? problem)
    {
        pattern = null;
        var tree = EcmaParser.Parse(source, out problem);
        if (tree is null)
            return false;
        pattern = new EcmaPattern(source, tree);
        problem = null;
        return true;
    }

    public bool IsMatch(string text, ref Run run)
    {
        run.Charge(1 + (text.Length >> 4));
        return _automaton is null ? Ask(text, ref run) : _automaton.IsMatch(text);
    }

    private bool Ask(string text, ref Run run)
    {
        var (regex, backtracks) = Prepared();
        var begin = backtracks ? Stopwatch.GetTimestamp() : 0;
        try
        {
            var matches = regex.IsMatch(text);
            if (backtracks)
                run.ChargeBacktracking(Stopwatch.GetElapsedTime(begin));
            return matches;
        }
        catch (RegexMatchTimeoutException)
        {
            return run.GiveUp();
        }
    }

    /// <summary>The runtime's engine, made when first asked: many a schema is compiled and never meets a text. Two threads may make it; one stays.</summary>
    private Engine Prepared()
    {
        if (Volatile.Read(ref _engine) is { } made)
            return made;
        made = MakeEngine(_tree);
        Volatile.Write(ref _engine, made);
        return made;
    }

    private static Engine MakeEngine(PatternNode tree)
    {
        var text = NetPatternWriter.Write(tree);
        if (!NetPatternWriter.NeedsBacktracking(tree))
        {
            try
            {
                return new Engine(new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Run.BacktrackingMax), Backtracks: false);
            }
            catch (NotSupportedException)
            {
                // The runtime builds no automaton of more than 10,000 states, for example of "^.{1,20000}$".
            }
        }

        return new Engine(new Regex(text, RegexOptions.CultureInvariant, MatchMax), Backtracks: true);
    }

    private sealed record Engine(Regex Regex, bool Backtracks);
}
