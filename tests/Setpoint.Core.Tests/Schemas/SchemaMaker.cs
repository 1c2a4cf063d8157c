using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Schemas;

/// <summary>Makes random schemas that are mostly well formed, over the same small alphabet as the instances.</summary>
internal static class SchemaMaker
{
    private static readonly string[] Names = ["a", "b", "c", "B", "a/b", "0", "é", ""];
    private static readonly string[] Types = ["null", "boolean", "number", "integer", "string", "array", "object"];
    private static readonly string[] Numbers = ["0", "1", "2", "1.5", "0.1", "-1", "1e1", "1E400", "12345678901234567890"];
    private static readonly string[] Scalars = ["null", "true", "false", "0", "1", "1.0", "0.1", "1e1", "\"\"", "\"x\"", "\"é😀\"", "[]", "{}", "[1]", "{\"a\":1}"];
    private static readonly string[] Patterns = ["^a", "b$", ".", "^[a-c]+$", "^(?=a)", "(a|b)*c", @"\d", "é", @"\p{L}", "^$"];
    private static readonly string[] Formats = ["date", "date-time", "uri", "email", "ipv4", "ipv6", "hostname", "idn-hostname", "uuid", "regex", "json-pointer", "uri-template", "duration", "nonsense"];
    private static readonly string[] References = ["#", "#/$defs/one", "#/$defs/two", "#/$defs/one/properties/a", "#anchor", "https://example.com/inner", "#/nowhere"];

    /// <summary>A document with definitions that refer to each other.</summary>
    public static JsonValue Document(Random random)
    {
        var root = Schema(random, 4);
        if (root is not JsonObject members)
            return root;
        var definitions = JsonObject.Empty.With("one", Schema(random, 3)).With("two", Schema(random, 2)).With("inner", Inner(random));
        return members.With("$defs", definitions);
    }

    /// <summary>A schema that says of an object which properties it has and what they are; half of all objects may be valid.</summary>
    public static JsonObject Members(Random random)
    {
        var schema = JsonObject.Empty;
        if (random.Next(4) > 0)
            schema = schema.With("properties", Any(Names));
        if (random.Next(3) > 0)
            schema = schema.With("patternProperties", Any(Patterns));
        if (random.Next(3) > 0)
            schema = schema.With("additionalProperties", Leaf());
        if (random.Next(4) == 0)
            schema = schema.With("unevaluatedProperties", Leaf());
        if (random.Next(4) == 0)
            schema = schema.With("required", new JsonArray([new JsonString(Pick(random, Names))]));
        if (random.Next(4) == 0)
            schema = schema.With("propertyNames", JsonObject.Empty.With("pattern", new JsonString(Pick(random, Patterns))));
        return schema;

        JsonValue Any(string[] names) => Enumerable.Range(0, 3).Aggregate(JsonObject.Empty, (map, _) => map.With(Pick(random, names), Leaf()));
        JsonValue Leaf() => random.Next(4) switch
        {
            0 => JsonBoolean.False,
            1 => JsonOf("""{"type":["string","number"]}"""),
            2 => JsonOf("""{"not":{"type":"object"}}"""),
            _ => JsonBoolean.True,
        };
    }

    public static JsonValue Schema(Random random, int depth)
    {
        if (random.Next(8) == 0 || depth <= 0)
            return JsonBoolean.Of(random.Next(4) != 0);
        var schema = JsonObject.Empty;
        for (var keywords = random.Next(1, 5); keywords > 0; keywords--)
            schema = Keyword(random, depth - 1, schema);
        return schema;
    }

    private static JsonObject Keyword(Random random, int depth, JsonObject schema)
    {
        JsonValue One() => Schema(random, depth);
        JsonValue List() => new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => One())]);
        JsonValue Map(string[] names) => Enumerable.Range(0, random.Next(0, 4)).Aggregate(JsonObject.Empty, (map, _) => map.With(Pick(random, names), One()));
        JsonValue Text(string[] from) => new JsonString(Pick(random, from));
        JsonValue Number() => JsonOf(Pick(random, Numbers));
        JsonValue Count() => JsonNumber.Of(random.Next(4));
        JsonValue NameList() => new JsonArray([.. Names.Where(_ => random.Next(4) == 0).Select(name => new JsonString(name))]);

        return random.Next(40) switch
        {
            0 or 1 or 2 => schema.With("type", random.Next(3) == 0 ? new JsonArray([.. Types.Where(_ => random.Next(2) == 0).Append("null").Distinct().Select(type => new JsonString(type))]) : Text(Types)),
            3 => schema.With("enum", new JsonArray([.. Scalars.Where(_ => random.Next(3) == 0).Append("7").Select(JsonOf)])),
            4 => schema.With("const", JsonOf(Pick(random, Scalars))),
            5 => schema.With("minimum", Number()),
            6 => schema.With("exclusiveMaximum", Number()),
            7 => schema.With("multipleOf", JsonOf(Pick(random, ["1", "2", "0.1", "1e2", "3"]))),
            8 => schema.With("minLength", Count()),
            9 => schema.With("maxLength", Count()),
            10 => schema.With("pattern", Text(Patterns)),
            11 => schema.With("format", Text(Formats)),
            12 or 13 or 14 => schema.With("properties", Map(Names)),
            15 => schema.With("patternProperties", Map(Patterns)),
            16 => schema.With("additionalProperties", One()),
            17 => schema.With("propertyNames", One()),
            18 or 19 => schema.With("required", NameList()),
            20 => schema.With("minProperties", Count()),
            21 => schema.With("dependentRequired", JsonObject.Empty.With(Pick(random, Names), NameList())),
            22 => schema.With("dependentSchemas", Map(Names)),
            23 => schema.With("items", One()),
            24 => schema.With("prefixItems", List()),
            25 => schema.With("contains", One()).With("minContains", Count()),
            26 => schema.With("maxItems", Count()),
            27 => schema.With("uniqueItems", JsonBoolean.True),
            28 => schema.With("allOf", List()),
            29 => schema.With("anyOf", List()),
            30 => schema.With("oneOf", List()),
            31 => schema.With("not", One()),
            32 => schema.With("if", One()).With("then", One()).With("else", One()),
            33 => schema.With("unevaluatedProperties", One()),
            34 => schema.With("unevaluatedItems", One()),
            35 => schema.With("$ref", Text(References)),
            36 => schema.With("secret", JsonBoolean.Of(random.Next(2) == 0)),
            37 => schema.With("deprecated", random.Next(2) == 0 ? JsonBoolean.True : new JsonString("advice")),
            38 => schema.With("default", JsonOf(Pick(random, Scalars))),
            _ => schema.With("title", new JsonString("t")),
        };
    }

    private static JsonObject Inner(Random random)
    {
        var inner = Schema(random, 2) is JsonObject members ? members : JsonObject.Empty;
        return inner.With("$id", new JsonString("https://example.com/inner")).With("$anchor", new JsonString("anchor"));
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
