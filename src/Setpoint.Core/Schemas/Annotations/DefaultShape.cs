using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Keywords;

namespace Setpoint.Core.Schemas.Annotations;

/// <summary>What an object would get where it is missing something: one slot for each property with a default, or with defaults inside.</summary>
internal sealed class DefaultShape
{
    /// <summary>The slots, in the order in which the schema describes them.</summary>
    public List<DefaultSlot> Slots { get; } = [];

    /// <summary>What the object needs to be valid.</summary>
    public HashSet<string> Required { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything that an empty object gets; null where that is nothing, or would have no end.</summary>
    public JsonObject? Everything { get; set; }

    /// <summary>Values in <see cref="Everything"/>.</summary>
    public int Size { get; set; }

    /// <summary>What stands in for the object where it is missing: everything, if that is all that it requires.</summary>
    public JsonObject? WhenMissing => Everything is not null && Required.All(Everything.Contains) ? Everything : null;
}

/// <summary>One property of a shape.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Own">Its own default, which is taken as it is.</param>
/// <param name="Inner">What it gets as an object; null if it has no defaults inside.</param>
internal sealed record DefaultSlot(string Name, JsonValue? Own, DefaultShape? Inner)
{
    /// <summary>What stands in for the property where it is missing; null if nothing does, as where a shape lies within itself.</summary>
    public JsonValue? WhenMissing { get; set; }
}

/// <summary>Makes shapes from nodes.</summary>
/// <remarks>
/// The nodes that describe one place are gathered through <c>$ref</c> and <c>allOf</c>, which always apply, and not through choices, which may not.
/// A place is known by the set of its nodes, so a recursive schema has finitely many shapes; a schema that is made to have very many gets no
/// inner defaults beyond <see cref="ShapesMax"/>.
/// </remarks>
internal sealed class DefaultShapes
{
    private const int ShapesMax = 10_000;

    private readonly Dictionary<string, DefaultShape> _shapes = new(StringComparer.Ordinal);
    private readonly Queue<(DefaultShape Shape, List<SchemaNode> Nodes)> _queue = new();

    public DefaultShape Read(SchemaNode root)
    {
        var first = Of([root])!;
        while (_queue.TryDequeue(out var next))
            Fill(next.Shape, next.Nodes);
        return first;
    }

    private DefaultShape? Of(IEnumerable<SchemaNode> described)
    {
        var nodes = Gather(described);

        // Nodes that only pass on (a $ref and nothing else) do not make a place another one: a tree is one shape, not one for each level.
        var key = string.Join(' ', nodes.Where(Describes).Select(node => node.Id).Order());
        if (_shapes.TryGetValue(key, out var shape))
            return shape;
        if (_shapes.Count >= ShapesMax)
            return null;
        _shapes.Add(key, shape = new DefaultShape());
        _queue.Enqueue((shape, nodes));
        return shape;
    }

    private static bool Describes(SchemaNode node)
    {
        foreach (var keyword in node.KeywordsFor(JsonKind.Object))
        {
            if (keyword is RequiredKeyword or MembersKeyword)
                return true;
        }

        return false;
    }

    private void Fill(DefaultShape shape, List<SchemaNode> nodes)
    {
        var properties = new Dictionary<string, List<SchemaNode>>(StringComparer.Ordinal);
        var order = new List<string>();
        foreach (var keyword in nodes.SelectMany(node => node.KeywordsFor(JsonKind.Object).ToArray()))
        {
            if (keyword is RequiredKeyword required)
                shape.Required.UnionWith(required.Required);
            if (keyword is not MembersKeyword members)
                continue;
            for (var i = 0; i < members.Nodes.Count; i++)
            {
                var name = members.Names[i];
                if (!properties.TryGetValue(name, out var list))
                {
                    properties.Add(name, list = []);
                    order.Add(name);
                }

                list.Add(members.Nodes[i]);
            }
        }

        foreach (var name in order)
        {
            var described = properties[name];
            if (!described.Any(node => node.MayDefault))
                continue;
            var own = Gather(described).Select(node => node.Annotation.Default).FirstOrDefault(value => value is not null);
            var inner = Of(described);
            if (own is not null || inner is not null)
                shape.Slots.Add(new DefaultSlot(name, own, inner));
        }
    }

    /// <summary>The nodes and all that they include in place, each once, outer ones first.</summary>
    private static List<SchemaNode> Gather(IEnumerable<SchemaNode> described)
    {
        var found = new List<SchemaNode>();
        var seen = new HashSet<SchemaNode>();
        var queue = new Queue<SchemaNode>(described);
        while (queue.TryDequeue(out var node))
        {
            if (!seen.Add(node))
                continue;
            found.Add(node);
            foreach (var keyword in node.KeywordsFor(JsonKind.Object))
            {
                if (keyword is ReferenceKeyword reference)
                    queue.Enqueue(reference.Target);
                foreach (var branch in keyword is AllOfKeyword all ? all.Branches : [])
                    queue.Enqueue(branch);
            }
        }

        return found;
    }
}
