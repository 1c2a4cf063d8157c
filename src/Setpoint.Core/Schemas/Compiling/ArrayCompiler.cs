using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Keywords;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>The keywords for arrays.</summary>
internal static class ArrayCompiler
{
    public static IEnumerable<Keyword> Assertions(SubschemaReader reader)
    {
        var (least, most) = (reader.Count("minItems"), reader.Count("maxItems"));
        if (least is not null || most is not null)
            yield return new ItemCountKeyword(least, most);
        if (reader.Boolean("uniqueItems") == true)
            yield return new UniqueItemsKeyword();
    }

    public static IEnumerable<Keyword> Applicators(SubschemaReader reader)
    {
        if (Items(reader) is { } items)
            yield return items;
        if (reader.One("contains") is not { } node)
            yield break;
        var counts = reader.Dialect.Draft != DialectDraft.Draft7 && reader.Dialect.Has(Vocabularies.Validation);
        yield return new ContainsKeyword(
            node,
            counts ? reader.Count("minContains") ?? 1 : 1,
            counts ? reader.Count("maxContains") : null,
            marksItems: reader.Dialect.Draft == DialectDraft.Draft202012);
    }

    private static ItemsKeyword? Items(SubschemaReader reader)
    {
        if (reader.Dialect.Draft == DialectDraft.Draft202012)
        {
            var prefix = reader.List("prefixItems") ?? [];
            var rest = reader.One("items");
            return prefix.Length > 0 || rest is not null ? new ItemsKeyword("prefixItems", prefix, "items", rest) : null;
        }

        // Before 2020-12 a list in items is the prefix, and additionalItems speaks of the rest; without such a list it says nothing.
        if (reader.Value("items") is JsonArray)
            return new ItemsKeyword("items", reader.List("items")!, "additionalItems", reader.One("additionalItems"));
        return reader.One("items") is { } all ? new ItemsKeyword("items", [], "items", all) : null;
    }
}
