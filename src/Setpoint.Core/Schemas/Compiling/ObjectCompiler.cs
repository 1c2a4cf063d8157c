using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Keywords;
using Setpoint.Core.Schemas.Patterns;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>The keywords for objects.</summary>
internal static class ObjectCompiler
{
    public static IEnumerable<Keyword> Assertions(SubschemaReader reader)
    {
        var (least, most) = (reader.Count("minProperties"), reader.Count("maxProperties"));
        if (least is not null || most is not null)
            yield return new PropertyCountKeyword(least, most);
        if (reader.Names("required") is { Length: > 0 } required)
            yield return new RequiredKeyword([.. required.Distinct(StringComparer.Ordinal)], (reader.Value("properties") as JsonObject)?.Names ?? PropertyNames.None);
        if (reader.Dialect.Draft != DialectDraft.Draft7 && reader.Object("dependentRequired") is { } dependent)
            yield return new DependentRequiredKeyword("dependentRequired", Required(reader, dependent, reader.PointerTo("dependentRequired")));

        // Later drafts split it in two, and its metaschemas still describe it.
        if (reader.Object("dependencies") is { } dependencies && Required(reader, dependencies, reader.PointerTo("dependencies")) is { Length: > 0 } names)
            yield return new DependentRequiredKeyword("dependencies", names);
    }

    public static IEnumerable<Keyword> Applicators(SubschemaReader reader)
    {
        if (reader.One("propertyNames") is { } node)
            yield return new PropertyNamesKeyword(node);

        var properties = reader.Map("properties");
        var patterns = Patterns(reader);
        var additional = reader.One("additionalProperties");
        if (properties.Length > 0 || patterns.Length > 0 || additional is not null)
        {
            var names = (reader.Value("properties") as JsonObject)?.Names ?? PropertyNames.None;
            yield return new MembersKeyword(names, [.. properties.Select(property => property.Node)], patterns, additional);
        }

        if (reader.Dialect.Draft != DialectDraft.Draft7 && reader.Map("dependentSchemas") is { Length: > 0 } dependent)
            yield return new DependentSchemasKeyword("dependentSchemas", dependent);
        if (reader.Object("dependencies") is not { } dependencies)
            yield break;
        var pointer = reader.PointerTo("dependencies");
        var schemas = Members(dependencies).Where(member => member.Value is not JsonArray)
            .Select(member => (member.Name, reader.Child(member.Value, SchemaPointer.Append(pointer, member.Name)))).ToArray();
        if (schemas.Length > 0)
            yield return new DependentSchemasKeyword("dependencies", schemas);
    }

    private static (EcmaPattern Pattern, SchemaNode Node)[] Patterns(SubschemaReader reader)
    {
        var pointer = reader.PointerTo("patternProperties");
        return
        [
            .. reader.Map("patternProperties")
                .Select(entry => (Pattern: StringCompiler.Pattern(reader, entry.Name, SchemaPointer.Append(pointer, entry.Name)), entry.Node))
                .Where(entry => entry.Pattern is not null)
                .Select(entry => (entry.Pattern!, entry.Node)),
        ];
    }

    private static (string Property, string[] Required)[] Required(SubschemaReader reader, JsonObject map, string pointer) =>
    [
        .. Members(map).Where(member => member.Value is JsonArray)
            .Select(member => (member.Name, reader.Names((JsonArray)member.Value, SchemaPointer.Append(pointer, member.Name)))),
    ];

    private static IEnumerable<(string Name, JsonValue Value)> Members(JsonObject map) =>
        Enumerable.Range(0, map.Count).Select(i => (map.NameAt(i), map.ValueAt(i)));
}
