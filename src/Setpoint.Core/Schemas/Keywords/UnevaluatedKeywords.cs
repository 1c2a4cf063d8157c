using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Annotations;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>unevaluatedProperties</c>: its node runs all other keywords first, which mark what they evaluate.</summary>
internal sealed class UnevaluatedPropertiesKeyword(SchemaNode owner, SchemaNode node) : Keyword
{
    public override IEnumerable<SchemaEdge> Edges => [new(node, InPlace: false)];

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var members = (JsonObject)instance;
        for (var i = 0; i < members.Count; i++)
        {
            if (!run.IsMarked(marks, i) && !node.Check(members.ValueAt(i), ref run, Run.NoMarks))
                return false;
        }

        run.MarkAll(marks, members.Count);
        return true;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var members = (JsonObject)instance;
        var frame = explanation.Run.OpenMarks(members.Count);
        owner.CheckOthers(instance, ref explanation.Run, frame);
        for (var i = 0; i < members.Count && !explanation.IsFull; i++)
        {
            var value = members.ValueAt(i);
            if (explanation.Run.IsMarked(frame, i) || node.Check(value, ref explanation.Run, Run.NoMarks))
                continue;
            explanation.Instance.Push(members.NameAt(i));
            MembersKeyword.ExplainAdditional("unevaluatedProperties", node, value, Described(owner, 0).Where(name => !members.Contains(name)).Distinct(), explanation);
            explanation.Instance.Pop();
        }

        explanation.Run.CloseMarks(frame);
    }

    // Structure decides what may be secret, so every property counts as unevaluated.
    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        var members = (JsonObject)instance;
        for (var i = 0; i < members.Count; i++)
        {
            walk.Instance.Push(members.NameAt(i));
            walk.Below(node, members.ValueAt(i), "unevaluatedProperties");
            walk.Instance.Pop();
        }
    }

    /// <summary>Names that the schemas of this value describe, for "did you mean"; a few levels are enough.</summary>
    private static IEnumerable<string> Described(SchemaNode from, int depth)
    {
        if (depth > 4)
            return [];
        var keywords = from.KeywordsFor(JsonKind.Object).ToArray();
        return keywords.OfType<MembersKeyword>().SelectMany(keyword => keyword.Names)
            .Concat(keywords.SelectMany(keyword => keyword.Edges).Where(edge => edge.InPlace).SelectMany(edge => Described(edge.Node, depth + 1)))
            .Take(1_000);
    }
}

/// <summary><c>unevaluatedItems</c></summary>
internal sealed class UnevaluatedItemsKeyword(SchemaNode owner, SchemaNode node) : Keyword
{
    public override IEnumerable<SchemaEdge> Edges => [new(node, InPlace: false)];

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var items = ((JsonArray)instance).Items.AsSpan();
        for (var i = 0; i < items.Length; i++)
        {
            if (!run.IsMarked(marks, i) && !node.Check(items[i], ref run, Run.NoMarks))
                return false;
        }

        run.MarkAll(marks, items.Length);
        return true;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var items = ((JsonArray)instance).Items;
        var frame = explanation.Run.OpenMarks(items.Length);
        owner.CheckOthers(instance, ref explanation.Run, frame);
        for (var i = 0; i < items.Length && !explanation.IsFull; i++)
        {
            if (explanation.Run.IsMarked(frame, i) || node.Check(items[i], ref explanation.Run, Run.NoMarks))
                continue;
            explanation.Instance.Push(i);
            if (node.RefusesAll)
                explanation.Add("unevaluatedItems", "is an item more than the schema describes.");
            else
                explanation.Below(node, items[i], "unevaluatedItems");
            explanation.Instance.Pop();
        }

        explanation.Run.CloseMarks(frame);
    }

    public override void FindMarks(JsonValue instance, MarkWalk walk)
    {
        var items = ((JsonArray)instance).Items;
        for (var i = 0; i < items.Length; i++)
        {
            walk.Instance.Push(i);
            walk.Below(node, items[i], "unevaluatedItems");
            walk.Instance.Pop();
        }
    }
}
