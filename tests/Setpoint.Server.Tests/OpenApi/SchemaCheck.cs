using Setpoint.Core.Json;

namespace Setpoint.Server.Tests.OpenApi;

/// <summary>
/// As much of JSON Schema as our own document uses to describe shapes: type, properties, required, additionalProperties, items, enum,
/// oneOf, allOf and references.
/// </summary>
internal static class SchemaCheck
{
    /// <summary>What of the value the schema does not allow; empty if it allows all of it.</summary>
    public static List<string> Problems(JsonValue value, JsonObject schema, string path = "")
    {
        schema = OpenApiText.Resolve(schema);
        var problems = new List<string>();
        if (schema["type"] is { } type && !Types(type).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && Types(type).Contains("number")))
            return [$"{path} is {TypeOf(value)}, not {type}"];
        if (schema["enum"] is JsonArray allowed && !allowed.Items.Contains(value))
            problems.Add($"{path} is {value}, not one of {allowed}");
        if (schema["oneOf"] is JsonArray alternatives && !alternatives.Items.Any(one => Problems(value, (JsonObject)one, path).Count == 0))
            problems.Add($"{path} is none of the alternatives: {string.Join(" | ", alternatives.Items.Select(one => string.Join(", ", Problems(value, (JsonObject)one, path))))}");
        foreach (var part in (schema["allOf"] as JsonArray)?.Items ?? [])
            problems.AddRange(Problems(value, (JsonObject)part, path));
        if (value is JsonObject members)
            problems.AddRange(InObject(members, schema, path));
        if (value is JsonArray array && schema["items"] is JsonObject items)
            problems.AddRange(array.Items.SelectMany((item, i) => Problems(item, items, $"{path}/{i}")));
        return problems;
    }

    private static IEnumerable<string> InObject(JsonObject members, JsonObject schema, string path)
    {
        foreach (var name in (schema["required"] as JsonArray)?.Items.Select(OpenApiText.Text) ?? [])
        {
            if (!members.Contains(name!))
                yield return $"{path}/{name} is missing";
        }

        for (var i = 0; i < members.Count; i++)
        {
            var name = members.NameAt(i);
            var known = (schema["properties"] as JsonObject)?[name] ?? schema["additionalProperties"];
            if (known is JsonBoolean { Value: false })
                yield return $"{path}/{name} is not described";
            if (known is not JsonObject inner)
                continue;
            foreach (var problem in Problems(members.ValueAt(i), inner, $"{path}/{name}"))
                yield return problem;
        }
    }

    private static List<string> Types(JsonValue type) => type is JsonArray several
        ? [.. several.Items.Select(one => OpenApiText.Text(one)!)]
        : [OpenApiText.Text(type)!];

    private static string TypeOf(JsonValue value) => value switch
    {
        JsonNull => "null",
        JsonBoolean => "boolean",
        JsonNumber number => number.TryGetInt64(out _) ? "integer" : "number",
        JsonString => "string",
        JsonArray => "array",
        _ => "object",
    };
}
