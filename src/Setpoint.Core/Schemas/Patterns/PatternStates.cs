namespace Setpoint.Core.Schemas.Patterns;

/// <summary>A pattern as a nondeterministic automaton (Thompson 1968): states that take a character, and others that are passed without one.</summary>
internal sealed class PatternStates
{
    /// <summary>A pattern that counts far has more, and a table of its sets would be large.</summary>
    public const int Max = 600;

    private const int None = -1;

    private readonly List<State> _states = [];
    private int _start;

    private PatternStates()
    {
    }

    /// <summary>The sets of all states that take a character, each once.</summary>
    public IEnumerable<CodePointSet> Sets => _states.Select(state => state.Takes).OfType<CodePointSet>().Distinct();

    /// <summary>Null where the pattern needs more than states, or too many of them.</summary>
    public static PatternStates? Of(PatternNode pattern)
    {
        var states = new PatternStates();
        var end = states.Add(new State(StateKind.Match, None, None, null));
        states._start = states.Build(pattern, end);
        return states._start == None ? null : states;
    }

    /// <summary>Where a match can begin.</summary>
    public int[] Start(bool atStart) => Close([_start], atStart, atEnd: false);

    /// <summary>Where a character leads: on from each state, and to a match that begins behind it.</summary>
    public int[] Step(int[] from, int character)
    {
        var reached = new List<int> { _start };
        foreach (var state in from)
        {
            if (_states[state].Takes is { } set && set.Contains(character))
                reached.Add(_states[state].Next);
        }

        return Close(reached, atStart: false, atEnd: false);
    }

    public bool Matches(int[] set, bool atEnd, bool atStart = false)
    {
        foreach (var state in atEnd ? Close(set, atStart, atEnd: true) : set)
        {
            if (_states[state].Kind == StateKind.Match)
                return true;
        }

        return false;
    }

    /// <summary>
    /// The states that can be reached without a character, in order: those that take one, the match, and ends of the text that are not there yet.
    /// </summary>
    private int[] Close(IEnumerable<int> from, bool atStart, bool atEnd)
    {
        var seen = new HashSet<int>();
        var kept = new SortedSet<int>();
        var open = new Stack<int>(from);
        while (open.TryPop(out var at))
        {
            if (!seen.Add(at))
                continue;
            var state = _states[at];
            switch (state.Kind)
            {
                case StateKind.Split:
                    open.Push(state.Next);
                    if (state.Other != None)
                        open.Push(state.Other);
                    break;
                case StateKind.AtStart when atStart:
                case StateKind.AtEnd when atEnd:
                    open.Push(state.Next);
                    break;
                case StateKind.AtStart:
                    break;
                default:
                    kept.Add(at);
                    break;
            }
        }

        return [.. kept];
    }

    /// <summary>The state in which the part begins, if it goes on at the given one; none where it cannot be built.</summary>
    private int Build(PatternNode part, int next)
    {
        if (next == None || _states.Count > Max)
            return None;
        switch (part)
        {
            case PatternNode.Set set:
                return Add(new State(StateKind.Take, next, None, set.Characters));
            case PatternNode.Anchor { Kind: AnchorKind.Start }:
                return Add(new State(StateKind.AtStart, next, None, null));
            case PatternNode.Anchor { Kind: AnchorKind.End }:
                return Add(new State(StateKind.AtEnd, next, None, null));
            case PatternNode.Capture capture:
                return Build(capture.Part, next);
            case PatternNode.Sequence sequence:
                for (var i = sequence.Parts.Length - 1; i >= 0; i--)
                    next = Build(sequence.Parts[i], next);
                return next;
            case PatternNode.Choice choice:
                var first = Build(choice.Branches[^1], next);
                for (var i = choice.Branches.Length - 2; i >= 0; i--)
                    first = Either(Build(choice.Branches[i], next), first);
                return first;
            case PatternNode.Repeat repeat:
                return BuildRepeat(repeat, next);
            default:
                return None;
        }
    }

    private int BuildRepeat(PatternNode.Repeat repeat, int next)
    {
        if (repeat.Least > Max || repeat.Most > Max)
            return None;
        var at = next;
        if (repeat.Most is { } most)
        {
            for (var i = repeat.Least; i < most; i++)
                at = Either(Build(repeat.Part, at), next);
        }
        else
        {
            // The loop leads back to a state that is made first and told last where it leads.
            at = Add(new State(StateKind.Split, next, None, null));
            var body = Build(repeat.Part, at);
            if (body == None)
                return None;
            _states[at] = _states[at] with { Other = body };
        }

        for (var i = 0; i < repeat.Least; i++)
            at = Build(repeat.Part, at);
        return at;
    }

    private int Either(int one, int other) => one == None || other == None ? None : Add(new State(StateKind.Split, one, other, null));

    private int Add(State state)
    {
        _states.Add(state);
        return _states.Count - 1;
    }

    private enum StateKind
    {
        Take,
        Split,
        AtStart,
        AtEnd,
        Match,
    }

    private readonly record struct State(StateKind Kind, int Next, int Other, CodePointSet? Takes);
}
