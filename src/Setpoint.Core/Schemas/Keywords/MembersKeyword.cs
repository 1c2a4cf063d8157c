using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Patterns;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>properties</c>, <c>patternProperties</c>, <c>additionalProperties</c>: which schema each property of an object must obey.</summary>
/// <remarks>
/// That depends on names alone, and documents of one kind have the same names again and again: items of a list share them, and so do
/// every version of a document in which only values changed (<see cref="PropertyNames"/>) and texts that are read one after another
/// (<see cref="SharedNames"/>). So:
/// 1. Names are looked up one by one, and the set of names is remembered.
/// 2. When the same set comes again, a plan is made: positions with their nodes, nothing else. From then on there is no lookup at all.
/// 3. A keyword makes <see cref="PlansMax"/> plans in its life, so that documents with ever new names do not pay for plans that nobody uses.
/// </remarks>
internal sealed class MembersKeyword(
    PropertyNames names,
    SchemaNode[] nodes,
    (EcmaPattern Pattern, SchemaNode Node)[] patterns,
    SchemaNode? additional) : Keyword
{
    private const int PlansMax = 32;

    // A definition is used in a few places, each with names of its own.
    private const int PlansKept = 4;
    private const int PlannedNamesMax = 256;

    // Races lose a plan or make one twice, no more: each is complete before it is visible.
    private volatile MembersPlan[] _plans = [];
    private volatile PropertyNames? _lastSeen;
    private int _plansMade;

    public PropertyNames Names => names;

    public IReadOnlyList<SchemaNode> Nodes => nodes;

    public override IEnumerable<SchemaEdge> Edges =>
        nodes.Concat(patterns.Select(entry => entry.Node)).Concat(additional is null ? [] : [additional]).Select(node => new SchemaEdge(node, InPlace: false));

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var members = (JsonObject)instance;
        foreach (var plan in _plans)
        {
            if (ReferenceEquals(plan.Names, members.Names))
                return plan.Check(members, ref run, marks);
        }

        if (ReferenceEquals(_lastSeen, members.Names) && _plansMade < PlansMax && members.Count <= PlannedNamesMax)
            return MakePlan(members, ref run) is { } made && made.Check(members, ref run, marks);
        _lastSeen = members.Names;

        var next = 0;
        for (var i = 0; i < members.Count; i++)
        {
            if (!CheckOne(members, i, Find(members.NameAt(i), ref next), ref run, marks))
                return false;
        }

        return true;
    }

    public override bool ExplainsEachPart => true;

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var members = (JsonObject)instance;
        var next = 0;
        for (var i = 0; i < members.Count && !explanation.IsFull; i++)
        {
            var name = members.NameAt(i);
            var value = members.ValueAt(i);
            explanation.Instance.Push(name);
            var named = Find(name, ref next);
            var known = named >= 0;
            if (known && !nodes[named].Check(value, ref explanation.Run, Run.NoMarks))
                explanation.Below(nodes[named], value, "properties", name);
            foreach (var (pattern, node) in patterns)
            {
                if (!pattern.IsMatch(name, ref explanation.Run))
                    continue;
                known = true;
                if (!node.Check(value, ref explanation.Run, Run.NoMarks))
                    explanation.Below(node, value, "patternProperties", pattern.Source);
            }

            if (!known && additional is not null && !additional.Check(value, ref explanation.Run, Run.NoMarks))
                ExplainAdditional("additionalProperties", additional, value, names.Where(other => !members.Contains(other)), explanation);
            explanation.Instance.Pop();
        }
    }

    /// <summary>Says of a property that nothing names what is wrong; the name has been pushed.</summary>
    public static void ExplainAdditional(string keyword, SchemaNode node, JsonValue value, IEnumerable<string> free, Explanation explanation)
    {
        if (!node.RefusesAll)
        {
            explanation.Below(node, value, keyword);
            return;
        }

        var options = free.ToList();
        var closest = NearestName.Of(explanation.Instance.Last, options);
        explanation.Add(keyword, (closest, options.Count) switch
        {
            (not null, _) => $"is not a property that is allowed there; did you mean '{closest}'?",
            (_, 0) => "is not a property that is allowed there.",
            _ => $"is not a property that is allowed there; not yet set is {Wording.Or([.. options.Select(option => $"'{Phrase.Clip(option)}'")])}.",
        });
    }

    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        var members = (JsonObject)instance;
        for (var i = 0; i < members.Count; i++)
        {
            var name = members.NameAt(i);
            walk.Instance.Push(name);
            var named = names.IndexOf(name);
            var known = named >= 0;
            if (known)
                walk.Below(nodes[named], members.ValueAt(i), "properties", name);
            foreach (var (pattern, node) in patterns)
            {
                if (!MarkWalk.Matches(pattern, name))
                    continue;
                known = true;
                walk.Below(node, members.ValueAt(i), "patternProperties", pattern.Source);
            }

            if (!known && additional is not null)
                walk.Below(additional, members.ValueAt(i), "additionalProperties");
            walk.Instance.Pop();
        }
    }

    /// <summary>People write properties in the order in which the schema has them, so the next one is tried before it is looked up.</summary>
    private int Find(string name, ref int next)
    {
        var named = next < names.Count && string.Equals(names[next], name, StringComparison.Ordinal) ? next : names.IndexOf(name);
        next = named >= 0 ? named + 1 : next;
        return named;
    }

    private bool CheckOne(JsonObject members, int index, int named, ref Run run, int marks)
    {
        var name = members.NameAt(index);
        var value = members.ValueAt(index);
        var known = named >= 0;
        if (known && !nodes[named].Check(value, ref run, Run.NoMarks))
            return false;
        run.Charge(1 + patterns.Length);
        foreach (var (pattern, node) in patterns)
        {
            if (!pattern.IsMatch(name, ref run))
                continue;
            known = true;
            if (!node.Check(value, ref run, Run.NoMarks))
                return false;
        }

        if (!known)
        {
            if (additional is null)
                return !run.GaveUp;
            if (!additional.Check(value, ref run, Run.NoMarks))
                return false;
        }

        if (marks >= 0)
            run.Mark(marks, index);

        // A pattern that was given up matched nothing, and what it would have asked for is unknown.
        return !run.GaveUp;
    }

    /// <summary>Null if the budget ended in between.</summary>
    private MembersPlan? MakePlan(JsonObject members, ref Run run)
    {
        var checks = new List<(int Index, SchemaNode Node)>();
        var marked = new List<int>();
        for (var i = 0; i < members.Count; i++)
        {
            var name = members.NameAt(i);
            var before = checks.Count;
            if (names.IndexOf(name) is var named and >= 0)
                checks.Add((i, nodes[named]));
            foreach (var (pattern, node) in patterns)
            {
                if (pattern.IsMatch(name, ref run))
                    checks.Add((i, node));
            }

            if (checks.Count == before && additional is not null)
                checks.Add((i, additional));
            if (checks.Count > before)
                marked.Add(i);
        }

        if (run.GaveUp)
            return null;
        Interlocked.Increment(ref _plansMade);
        var plan = new MembersPlan(members.Names, [.. checks.Where(check => !check.Node.IsTrivial)], [.. marked]);
        _plans = [plan, .. _plans.Take(PlansKept - 1)];
        return plan;
    }
}

/// <summary>What the properties of all objects with these names must obey.</summary>
/// <param name="Names">The names, by reference.</param>
/// <param name="Checks">Positions and their nodes.</param>
/// <param name="Marked">Positions that count as evaluated.</param>
internal sealed record MembersPlan(PropertyNames Names, (int Index, SchemaNode Node)[] Checks, int[] Marked)
{
    public bool Check(JsonObject members, ref Run run, int marks)
    {
        var values = members.Values;
        foreach (ref readonly var check in Checks.AsSpan())
        {
            if (!check.Node.Check(values[check.Index], ref run, Run.NoMarks))
                return false;
        }

        if (marks >= 0)
        {
            foreach (var index in Marked)
                run.Mark(marks, index);
        }

        return true;
    }
}
