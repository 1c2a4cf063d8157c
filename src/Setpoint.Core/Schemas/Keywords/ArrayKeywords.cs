using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>prefixItems</c> and <c>items</c>; in draft-07 <c>items</c> and <c>additionalItems</c>.</summary>
internal sealed class ItemsKeyword(string prefixName, SchemaNode[] prefix, string restName, SchemaNode? rest) : Keyword
{
    public override IEnumerable<SchemaEdge> Edges =>
        prefix.Concat(rest is null ? [] : [rest]).Select(node => new SchemaEdge(node, InPlace: false));

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var items = ((JsonArray)instance).Items.AsSpan();
        var first = Math.Min(prefix.Length, items.Length);
        for (var i = 0; i < first; i++)
        {
            if (!prefix[i].Check(items[i], ref run, Run.NoMarks))
                return false;
        }

        if (rest is { IsTrivial: false })
        {
            for (var i = first; i < items.Length; i++)
            {
                if (!rest.Check(items[i], ref run, Run.NoMarks))
                    return false;
            }
        }

        if (marks >= 0)
            run.MarkAll(marks, rest is null ? first : items.Length);
        return true;
    }

    public override bool ExplainsEachPart => true;

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var items = ((JsonArray)instance).Items;
        if (rest is { RefusesAll: true } && items.Length > prefix.Length)
            explanation.Add(restName, $"has {Wording.Count(items.Length, "item")}; no more than {Wording.Number(prefix.Length)} are allowed.");
        for (var i = 0; i < items.Length && !explanation.IsFull; i++)
        {
            var node = i < prefix.Length ? prefix[i] : rest;
            if (node is null || (i >= prefix.Length && node.RefusesAll) || node.Check(items[i], ref explanation.Run, Run.NoMarks))
                continue;
            explanation.Instance.Push(i);
            if (i < prefix.Length)
                explanation.Below(node, items[i], prefixName, i);
            else
                explanation.Below(node, items[i], restName);
            explanation.Instance.Pop();
        }
    }

    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        var items = ((JsonArray)instance).Items;
        for (var i = 0; i < items.Length; i++)
        {
            walk.Instance.Push(i);
            if (i < prefix.Length)
                walk.Below(prefix[i], items[i], prefixName, i);
            else if (rest is not null)
                walk.Below(rest, items[i], restName);
            walk.Instance.Pop();
        }
    }
}

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c></summary>
internal sealed class ContainsKeyword(SchemaNode node, int least, int? most, bool marksItems) : Keyword
{
    public override IEnumerable<SchemaEdge> Edges => [new(node, InPlace: false)];

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var items = ((JsonArray)instance).Items.AsSpan();
        var found = 0;
        var marking = marks >= 0 && marksItems;
        for (var i = 0; i < items.Length; i++)
        {
            if (!node.Check(items[i], ref run, Run.NoMarks))
                continue;
            found++;
            if (marking)
                run.Mark(marks, i);
            else if (most is null && found >= least)
                return true;
            if (found > most)
                return false;
        }

        return found >= least;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var found = 0;
        foreach (var item in ((JsonArray)instance).Items)
            found += node.Check(item, ref explanation.Run, Run.NoMarks) ? 1 : 0;
        var what = node.Annotation.Title is { } title ? $" as '{Phrase.Clip(title)}' describes" : " that 'contains' describes";
        if (found > most)
            explanation.Add("maxContains", $"has {Wording.Count(found, "item")}{what}; the maximum is {Wording.Number(most.Value)}.");
        else if (least == 1)
            explanation.Add("contains", $"has no item{what}; there must be one.");
        else
            explanation.Add("minContains", $"has {Wording.Count(found, "item")}{what}; the minimum is {Wording.Number(least)}.");
    }

    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        var items = ((JsonArray)instance).Items;
        for (var i = 0; i < items.Length; i++)
        {
            walk.Instance.Push(i);
            walk.Below(node, items[i], "contains");
            walk.Instance.Pop();
        }
    }
}

/// <summary><c>minItems</c> and <c>maxItems</c></summary>
internal sealed class ItemCountKeyword(int? least, int? most) : Keyword
{
    private readonly int _least = least ?? 0;
    private readonly int _most = most ?? int.MaxValue;

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var count = ((JsonArray)instance).Items.Length;
        return count >= _least && count <= _most;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var count = ((JsonArray)instance).Items.Length;
        if (count < _least)
            explanation.Add("minItems", $"has {Wording.Count(count, "item")}; the minimum is {Wording.Number(_least)}.");
        if (count > _most)
            explanation.Add("maxItems", $"has {Wording.Count(count, "item")}; the maximum is {Wording.Number(_most)}.");
    }
}
