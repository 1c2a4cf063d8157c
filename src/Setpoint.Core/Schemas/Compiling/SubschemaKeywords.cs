using System.Collections.Frozen;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>Where a keyword holds subschemas.</summary>
[Flags]
internal enum SubschemaShape
{
    None = 0,
    One = 1,
    List = 2,
    Map = 4,
}

/// <summary>The places in a schema where schemas lie: only there <c>$id</c> and <c>$anchor</c> mean anything.</summary>
internal static class SubschemaKeywords
{
    private static readonly FrozenDictionary<string, SubschemaShape> Common = new Dictionary<string, SubschemaShape>(StringComparer.Ordinal)
    {
        ["additionalProperties"] = SubschemaShape.One,
        ["contains"] = SubschemaShape.One,
        ["not"] = SubschemaShape.One,
        ["if"] = SubschemaShape.One,
        ["then"] = SubschemaShape.One,
        ["else"] = SubschemaShape.One,
        ["propertyNames"] = SubschemaShape.One,
        ["items"] = SubschemaShape.One | SubschemaShape.List,
        ["allOf"] = SubschemaShape.List,
        ["anyOf"] = SubschemaShape.List,
        ["oneOf"] = SubschemaShape.List,
        ["properties"] = SubschemaShape.Map,
        ["patternProperties"] = SubschemaShape.Map,
        ["definitions"] = SubschemaShape.Map,
        ["dependencies"] = SubschemaShape.Map,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static SubschemaShape ShapeOf(string keyword, DialectDraft draft)
    {
        if (Common.TryGetValue(keyword, out var shape))
            return shape;
        return keyword switch
        {
            "additionalItems" when draft != DialectDraft.Draft202012 => SubschemaShape.One,
            "unevaluatedItems" or "unevaluatedProperties" or "contentSchema" when draft != DialectDraft.Draft7 => SubschemaShape.One,
            "$defs" or "dependentSchemas" when draft != DialectDraft.Draft7 => SubschemaShape.Map,
            "prefixItems" when draft == DialectDraft.Draft202012 => SubschemaShape.List,
            _ => SubschemaShape.None,
        };
    }
}
