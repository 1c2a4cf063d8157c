using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>
/// A deterministic automaton. A step is one look into a table, for a character beyond ASCII after a binary search; the runtime's engine takes
/// ten times as long for a short text, and milliseconds to be made.
/// </summary>
/// <remarks>
/// 1. The pattern becomes a nondeterministic automaton (Thompson 1968) of at most <see cref="PatternStates.Max"/> states.
/// 2. Characters that are in the same sets of the pattern are one class (<see cref="CharacterClasses"/>).
/// 3. Sets of states become states (subset construction), each reached by a class from one that is known. A match may begin anywhere, so
///    every set has the start in it; what <c>^</c> holds back does not get past it there.
/// 4. A state in which the pattern has matched whatever follows ends the run at once, and so does one from which nothing leads on.
/// More than <see cref="StatesMax"/> states make the table too large to be worth it; then there is no automaton.
/// </remarks>
internal sealed class PatternAutomaton
{
    private const int StatesMax = 255;

    private const byte Dead = 0;
    private const byte Start = 1;

    private const byte Rejects = 0;
    private const byte Accepts = 1;
    private const byte AcceptsAtEnd = 2;

    private readonly CharacterClasses _classes;
    private readonly byte[] _next;
    private readonly byte[] _verdicts;

    private PatternAutomaton(CharacterClasses classes, byte[] next, byte[] verdicts)
    {
        _classes = classes;
        _next = next;
        _verdicts = verdicts;
    }

    /// <summary>False where the pattern is beyond an automaton, or beyond a small one.</summary>
    public static bool TryMake(PatternNode pattern, [NotNullWhen(true)] out PatternAutomaton? automaton)
    {
        automaton = null;
        if (PatternStates.Of(pattern) is not { } states || !CharacterClasses.TryMake([.. states.Sets], out var classes))
            return false;

        // State 0 is dead: nothing leads on. The start is state 1, to which nothing leads back, because only the empty text ends where it starts.
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var sets = new List<int[]> { Array.Empty<int>(), states.Start(atStart: true) };
        known.Add(Key(sets[0]), Dead);
        var next = new List<byte>();
        for (var at = 0; at < sets.Count; at++)
        {
            foreach (var sample in classes.Samples)
            {
                var set = at == Dead || states.Matches(sets[at], atEnd: false) ? [] : states.Step(sets[at], sample);
                if (!known.TryGetValue(Key(set), out var target))
                {
                    if (sets.Count > StatesMax)
                        return false;
                    target = sets.Count;
                    known.Add(Key(set), target);
                    sets.Add(set);
                }

                next.Add((byte)target);
            }
        }

        var verdicts = sets.Select((set, at) =>
            states.Matches(set, atEnd: false) ? Accepts : states.Matches(set, atEnd: true, atStart: at == Start) ? AcceptsAtEnd : Rejects);
        automaton = new PatternAutomaton(classes, [.. next], [.. verdicts]);
        return true;
    }

    public bool IsMatch(string text)
    {
        var ascii = _classes.Ascii;
        var width = _classes.Count;
        int state = Start;
        for (var i = 0; i < text.Length; i++)
        {
            if (_verdicts[state] == Accepts)
                return true;
            var c = text[i];
            state = _next[state * width + (c < ascii.Length ? ascii[c] : _classes.Of(text, ref i))];
            if (state == Dead)
                return false;
        }

        return _verdicts[state] != Rejects;
    }

    private static string Key(int[] set) => string.Join(' ', set);
}
