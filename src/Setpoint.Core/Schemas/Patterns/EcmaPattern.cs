using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>A regular expression of ECMA-262, ready to match. Immutable and thread-safe.</summary>
/// <remarks>
/// Whatever an automaton can decide runs in time that grows with the text alone (and ends after a second, which a text of a mebibyte and an
/// automaton of 10,000 states could exceed). What needs backtracking (lookaround, references to groups,
/// word boundaries), or counts so far that its automaton would be huge, has <see cref="MatchMax"/> for each match, and all such matches of
/// an evaluation share <see cref="Run.BacktrackingMax"/>.
/// </remarks>
internal sealed class EcmaPattern
{
    public static readonly TimeSpan MatchMax = TimeSpan.FromMilliseconds(100);

    private readonly Regex _regex;
    private readonly bool _backtracks;

    private EcmaPattern(string source, Regex regex, bool backtracks)
    {
        Source = source;
        _regex = regex;
        _backtracks = backtracks;
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
        pattern = Compile(source, tree);
        problem = null;
        return true;
    }

    public bool IsMatch(string text, ref Run run)
    {
        run.Charge(1 + (text.Length >> 4));
        var begin = _backtracks ? Stopwatch.GetTimestamp() : 0;
        try
        {
            var matches = _regex.IsMatch(text);
            if (_backtracks)
                run.ChargeBacktracking(Stopwatch.GetElapsedTime(begin));
            return matches;
        }
        catch (RegexMatchTimeoutException)
        {
            return run.GiveUp();
        }
    }

    private static EcmaPattern Compile(string source, PatternNode tree)
    {
        var text = NetPatternWriter.Write(tree);
        if (!NetPatternWriter.NeedsBacktracking(tree))
        {
            try
            {
                return new EcmaPattern(source, new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Run.BacktrackingMax), backtracks: false);
            }
            catch (NotSupportedException)
            {
                // The runtime builds no automaton of more than 10,000 states, for example of "^.{1,20000}$".
            }
        }

        return new EcmaPattern(source, new Regex(text, RegexOptions.CultureInvariant, MatchMax), backtracks: true);
    }
}
