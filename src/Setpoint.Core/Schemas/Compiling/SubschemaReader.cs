using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>
/// Reads the keywords of one subschema. Its metaschema has mostly been asked before, but a reference can lead to a place that no metaschema
/// knows to be a schema, so every type is looked at here.
/// </summary>
internal sealed class SubschemaReader(SchemaCompilation compilation, SchemaLocation place, DynamicScope scope, JsonObject members)
{
    public SchemaLocation Place => place;

    public Dialect Dialect => place.Resource.Dialect;

    public SchemaCompilation Compilation => compilation;

    public JsonValue? Value(string keyword) => members[keyword];

    public void Refuse(string pointer, string code, string message) => compilation.Add(place.Resource.Document, pointer, code, message);

    public string PointerTo(string keyword) => SchemaPointer.Append(place.Pointer, keyword);

    public SchemaNode Child(JsonValue value, string pointer)
    {
        if (value is not (JsonObject or JsonBoolean))
            RefuseType(pointer, "a schema: an object or a boolean", value);
        return compilation.NodeFor(place.Below(value, pointer), scope);
    }

    public SchemaNode? One(string keyword) => Value(keyword) is { } value ? Child(value, PointerTo(keyword)) : null;

    public SchemaNode[]? List(string keyword)
    {
        if (Array(keyword) is not { } list)
            return null;
        var pointer = PointerTo(keyword);
        return [.. list.Items.Select((item, i) => Child(item, SchemaPointer.Append(pointer, i)))];
    }

    public (string Name, SchemaNode Node)[] Map(string keyword)
    {
        if (Object(keyword) is not { } map)
            return [];
        var pointer = PointerTo(keyword);
        return [.. map.Names.Select((name, i) => (name, Child(map.ValueAt(i), SchemaPointer.Append(pointer, name))))];
    }

    public JsonObject? Object(string keyword) => Of<JsonObject>(keyword, "an object");

    public JsonArray? Array(string keyword) => Of<JsonArray>(keyword, "an array");

    public string? Text(string keyword) => Of<JsonString>(keyword, "a string")?.Value;

    public JsonNumber? Number(string keyword) => Of<JsonNumber>(keyword, "a number");

    public bool? Boolean(string keyword) => Of<JsonBoolean>(keyword, "a boolean")?.Value;

    public string[]? Names(string keyword) => Array(keyword) is { } list ? Names(list, PointerTo(keyword)) : null;

    public string[] Names(JsonArray list, string pointer)
    {
        foreach (var item in list.Items.Where(item => item is not JsonString))
            RefuseType(pointer, "a list of strings", item);
        return [.. list.Items.OfType<JsonString>().Select(item => item.Value)];
    }

    /// <summary>A count; what no value can have so many of is as good as the largest int.</summary>
    public int? Count(string keyword)
    {
        if (Number(keyword) is not { } number)
            return null;
        if (number.TryGetInt64(out var count) && count >= 0)
            return (int)Math.Min(count, int.MaxValue);
        var text = DecimalText.Of(number.Text);
        if (!text.IsInteger || text.CompareWith(DecimalText.Of("0")) < 0)
        {
            RefuseType(PointerTo(keyword), "an integer of 0 or more", number);
            return null;
        }

        // 2.0 or 1e2.
        return text.CompareWith(DecimalText.Of("1e9")) > 0 ? int.MaxValue : (int)decimal.Parse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>What the reference leads to; null if that is nothing, which is then reported.</summary>
    public SchemaNode? Reference(string keyword, bool dynamic)
    {
        if (Text(keyword) is not { } reference)
            return null;
        var target = ReferenceResolver.Resolve(compilation, place, reference, out var problem);
        if (target is null)
        {
            Refuse(PointerTo(keyword), ViolationCode.UnknownReference, problem!);
            return null;
        }

        // Only a reference by the name of a dynamic anchor is dynamic; every other one is a $ref.
        var (_, fragment) = SchemaUri.Split(reference);
        if (dynamic && target.Resource.DynamicAnchors.ContainsKey(fragment) && scope.Find(fragment) is { } outermost)
            target = outermost;
        return compilation.NodeFor(target, scope);
    }

    public void RefuseType(string pointer, string wanted, JsonValue found) =>
        Refuse(pointer, ViolationCode.InvalidParameterType, $"'{pointer}' must be {wanted}; it is {JsonKinds.Describe(found.Kind)}{(found.Kind is JsonKind.Number ? $" ({Wording.Show(found)})" : "")}.");

    private T? Of<T>(string keyword, string wanted)
        where T : JsonValue
    {
        if (Value(keyword) is not { } value)
            return null;
        if (value is T right)
            return right;
        RefuseType(PointerTo(keyword), wanted, value);
        return null;
    }
}
