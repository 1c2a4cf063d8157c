using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>
/// A deterministic automaton for texts of ASCII characters, which is what names, hosts and versions in configurations are. A step is one look
/// into a table; the runtime's engine, which is asked for all other texts, takes ten times as long for a short one.
/// </summary>
/// <remarks>
/// 1. The pattern becomes a nondeterministic automaton (Thompson 1968) of at most <see cref="PatternStates.Max"/> states.
/// 2. ASCII characters that are in the same sets of the pattern are one class.
/// 3. Sets of states become states (subset construction), each reached by a class from one that is known. A match may begin anywhere, so
///    every set has the start in it; what <c>^</c> holds back does not get past it there.
/// 4. A state in which the pattern has matched whatever follows ends the run at once, and so does one from which nothing leads on.
/// More than <see cref="StatesMax"/> states make the table too large to be worth it; then there is no automaton.
/// </remarks>
internal sealed class AsciiAutomaton
{
    private const int StatesMax = 255;
    private const int Letters = 128;

    private const byte Dead = 0;
    private const byte Accepts = 1;
    private const byte AcceptsAtEnd = 2;

    private readonly byte[] _classOf;
    private readonly int _classes;
    private readonly byte[] _next;
    private readonly byte[] _verdicts;

    private AsciiAutomaton(byte[] classOf, int classes, byte[] next, byte[] verdicts)
    {
        _classOf = classOf;
        _classes = classes;
        _next = next;
        _verdicts = verdicts;
    }

    /// <summary>False where the pattern is beyond an automaton, or beyond a small one.</summary>
    public static bool TryMake(PatternNode pattern, [NotNullWhen(true)] out AsciiAutomaton? automaton)
    {
        automaton = null;
        if (PatternStates.Of(pattern) is not { } states)
            return false;
        var classOf = ClassesOf(states, out var samples);

        // State 0 is dead: nothing leads on. The start is state 1.
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var sets = new List<int[]> { Array.Empty<int>(), states.Start(atStart: true) };
        known.Add(Key(sets[0]), Dead);
        known.TryAdd(Key(sets[1]), 1);
        var next = new List<byte>();
        for (var at = 0; at < sets.Count; at++)
        {
            foreach (var sample in samples)
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

        var verdicts = sets.Select(set => states.Matches(set, atEnd: false) ? Accepts : states.Matches(set, atEnd: true) ? AcceptsAtEnd : Dead).ToArray();
        automaton = new AsciiAutomaton(classOf, samples.Count, [.. next], verdicts);
        return true;
    }

    /// <summary>Null where the text has other than ASCII characters before it is decided.</summary>
    public bool? IsMatch(string text)
    {
        var state = 1;
        foreach (var c in text)
        {
            if (_verdicts[state] == Accepts)
                return true;
            if (c >= Letters)
                return null;
            state = _next[state * _classes + _classOf[c]];
            if (state == Dead)
                return false;
        }

        return _verdicts[state] != Dead;
    }

    /// <summary>Characters by class, and one of each.</summary>
    private static byte[] ClassesOf(PatternStates states, out List<int> samples)
    {
        var classes = new Dictionary<string, byte>(StringComparer.Ordinal);
        var classOf = new byte[Letters];
        samples = [];
        for (var c = 0; c < Letters; c++)
        {
            var membership = string.Concat(states.Sets.Select(set => set.Contains(c) ? '1' : '0'));
            if (!classes.TryGetValue(membership, out var number))
            {
                number = (byte)classes.Count;
                classes.Add(membership, number);
                samples.Add(c);
            }

            classOf[c] = number;
        }

        return classOf;
    }

    private static string Key(int[] set) => string.Join(' ', set);
}
