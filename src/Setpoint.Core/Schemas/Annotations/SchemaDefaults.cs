using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Annotations;

/// <summary>The defaults of a schema, laid out by property when it is compiled. Immutable and thread-safe.</summary>
internal sealed class SchemaDefaults
{
    /// <summary>No document is deeper, so no default needs to be.</summary>
    private const int DepthMax = 64;

    /// <summary>Values that a schema can fill in by itself. A schema that doubles on each level would make 2^64 of them.</summary>
    private const int SizeMax = 100_000;

    private readonly DefaultShape _root;
    private readonly HashSet<DefaultShape> _open = [];
    private readonly HashSet<DefaultShape> _done = [];
    private int _stepsLeft = SizeMax;

    public SchemaDefaults(SchemaNode root)
    {
        _root = new DefaultShapes().Read(root);
        Make(_root, depth: 1);
    }

    /// <summary>What the object lacks.</summary>
    public JsonObject For(JsonObject merged) => Missing(_root, merged) ?? JsonObject.Empty;

    private static JsonObject? Missing(DefaultShape shape, JsonObject present)
    {
        if (!shape.Slots.Exists(slot => present.Contains(slot.Name)))
            return shape.Everything;
        JsonObjectBuilder? builder = null;
        foreach (var slot in shape.Slots)
        {
            var value = present[slot.Name] switch
            {
                null => slot.WhenMissing,
                JsonObject inner when slot.Inner is not null => Missing(slot.Inner, inner),
                _ => null,
            };
            if (value is not null)
                (builder ??= new()).Add(slot.Name, value);
        }

        return builder?.Build();
    }

    /// <summary>
    /// Fills in <see cref="DefaultShape.Everything"/>, inner shapes first. A shape within itself is left out there: it would have no end.
    /// </summary>
    private void Make(DefaultShape shape, int depth)
    {
        if (!_open.Add(shape))
            return;
        var builder = new JsonObjectBuilder();
        var size = 1;
        foreach (var slot in shape.Slots)
        {
            if (--_stepsLeft < 0)
                break;
            if (slot.Inner is not null && depth < DepthMax && !_done.Contains(slot.Inner))
                Make(slot.Inner, depth + 1);
            var value = slot.Own ?? slot.Inner?.WhenMissing;
            var added = slot.Own is not null ? Keywords.SameValueComparer.SizeOf(slot.Own) : slot.Inner?.Size ?? 0;
            if (value is null || size + added > SizeMax)
                continue;
            size += added;
            slot.WhenMissing = value;
            builder.Add(slot.Name, value);
        }

        shape.Everything = builder.Count > 0 ? builder.Build() : null;
        shape.Size = size;
        _open.Remove(shape);
        _done.Add(shape);
    }
}
