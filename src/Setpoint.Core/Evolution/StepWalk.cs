using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution;

/// <summary>What a walk does beside the edit itself.</summary>
internal enum WalkMode
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary>Objects that the edit leaves empty are taken away too, up to the last that <c>*</c> found; the document itself stays.</summary>
    Prune,

    /// <summary>Objects that are missing on the way are made; where none can be, the step is refused.</summary>
    Create,
}

/// <summary>Edits every value that a place leads to, and shares everything else with the document before.</summary>
/// <remarks>
/// One pass, however many values <c>*</c> finds:
/// 1. Follow the parts of the place inwards. A part that is absent, a scalar or a removal on the way ends it: a layer is partial, and a
///    step has nothing to do there. (<see cref="WalkMode.Create"/> makes objects, and refuses where something else is in the way.)
/// 2. At the end, edit. The edit returns the value itself where it changes nothing, also where it refuses.
/// 3. On the way out, rebuild a container only if something inside it is another value than before.
/// </remarks>
internal sealed class StepWalk(StepPlace place, MigrationRun run, WalkMode mode = WalkMode.Plain)
{
    /// <summary>Edits the values at the place.</summary>
    public JsonObject EditValues(JsonObject layer, Func<JsonValue, JsonValue> edit) => (JsonObject)Walk(layer, 0, place.Parts.Length, edit);

    /// <summary>Edits the objects around the place, whether or not they have the property. Items of arrays are not properties.</summary>
    public JsonObject EditObjects(JsonObject layer, Func<JsonObject, JsonObject> edit)
    {
        var (name, create) = (place.Last, mode == WalkMode.Create);
        return (JsonObject)Walk(layer, 0, place.Parts.Length - 1, around =>
        {
            switch (around)
            {
                case JsonObject members when !JsonMerge.IsUnset(members):
                    run.Enter(name);
                    var edited = edit(members);
                    run.Leave();
                    if (!ReferenceEquals(edited, members))
                        run.Moved(members.Count);
                    return edited;
                case JsonArray array when create || (JsonPointer.TryIndex(name, out var index) && index < array.Items.Length):
                    run.Refuse("is an array; this step gives and takes properties of objects, and items have no names. Name what is inside an item, or every item by '*'.");
                    return array;
                default:
                    if (create)
                        Blocked(around);
                    return around;
            }
        });
    }

    private JsonValue Walk(JsonValue node, int at, int end, Func<JsonValue, JsonValue> edit)
    {
        if (at == end)
            return edit(node);

        var part = place.Parts[at];
        switch (node)
        {
            case JsonObject members when JsonMerge.IsUnset(members):
                break;
            case JsonObject members when part == StepPlace.Every:
                return EveryProperty(members, at, end, edit);
            case JsonArray array when part == StepPlace.Every:
                return EveryItem(array, at, end, edit);
            case JsonObject members:
                return Property(members, part, at, end, edit);
            case JsonArray array when JsonPointer.TryIndex(part, out var index) && index < array.Items.Length:
                run.Enter(index);
                var item = Walk(array.Items[index], at + 1, end, edit);
                run.Leave();
                if (ReferenceEquals(item, array.Items[index]))
                    return array;
                run.Moved(array.Items.Length);
                return new JsonArray(array.Items.SetItem(index, item));
        }

        if (mode == WalkMode.Create && part != StepPlace.Every)
            Blocked(node);
        return node;
    }

    private JsonValue Property(JsonObject members, string name, int at, int end, Func<JsonValue, JsonValue> edit)
    {
        var child = members[name];
        if (child is null && mode != WalkMode.Create)
            return members;
        child ??= JsonObject.Empty;
        run.Enter(name);
        var made = Walk(child, at + 1, end, edit);
        run.Leave();
        if (ReferenceEquals(made, child))
            return members;
        run.Moved(members.Count);
        return mode == WalkMode.Prune && made is JsonObject { Count: 0 } ? members.Without(name) : members.With(name, made);
    }

    private JsonObject EveryProperty(JsonObject members, int at, int end, Func<JsonValue, JsonValue> edit)
    {
        run.Moved(members.Count);
        JsonValue?[]? values = null;
        for (var i = 0; i < members.Count; i++)
        {
            var child = members.ValueAt(i);

            // What the layer removes is none of the things that shall get something.
            if (mode == WalkMode.Create && JsonMerge.IsUnset(child))
                continue;
            run.Enter(members.NameAt(i));
            var made = Walk(child, at + 1, end, edit);
            run.Leave();
            if (ReferenceEquals(made, child))
                continue;
            values ??= [.. members.Values];
            values[i] = made;
        }

        return values is null ? members : JsonObject.Rebuild(members, values, removed: 0, added: null);
    }

    private JsonArray EveryItem(JsonArray array, int at, int end, Func<JsonValue, JsonValue> edit)
    {
        run.Moved(array.Items.Length);
        JsonValue[]? items = null;
        for (var i = 0; i < array.Items.Length; i++)
        {
            run.Enter(i);
            var made = Walk(array.Items[i], at + 1, end, edit);
            run.Leave();
            if (ReferenceEquals(made, array.Items[i]))
                continue;
            items ??= [.. array.Items];
            items[i] = made;
        }

        return items is null ? array : new JsonArray([.. items]);
    }

    private void Blocked(JsonValue node) =>
        run.Refuse(JsonMerge.IsUnset(node)
            ? "is a removal ($unset), and nothing can be set inside it. Take the removal out of this layer first."
            : node is JsonArray
                ? "is an array without that item, and items are not made. Add it first, or name every item by '*'."
                : $"is {JsonKinds.Describe(node.Kind)}; nothing can be set inside it. Make it an object first, or move it.");
}
