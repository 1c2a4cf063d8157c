using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>The metaschemas, compiled once for the process when first asked for.</summary>
internal static class Metaschemas
{
    private static readonly Lazy<JsonSchema> Draft7 = new(() => Compile(MetaschemaFiles.Draft7));
    private static readonly Lazy<JsonSchema> Draft202012 = new(() => Compile(MetaschemaFiles.Draft202012));

    /// <summary>Null for 2019-09, whose metaschema is not built in.</summary>
    public static JsonSchema? For(DialectDraft draft) => draft switch
    {
        DialectDraft.Draft7 => Draft7.Value,
        DialectDraft.Draft202012 => Draft202012.Value,
        _ => null,
    };

    /// <summary>
    /// Options for a metaschema: formats are not asserted (patterns and references are read by their compiler, which says more), and
    /// <c>deprecated</c> may be the advice as text.
    /// </summary>
    public static SchemaOptions Options(SchemaOptions options) =>
        options with { AssertFormat = false, Registry = options.Registry.Replacing(MetaschemaFiles.MetaData, WithAdvice(options.Registry)) };

    /// <summary>What the error of a metaschema is called on the wire.</summary>
    public static string CodeOf(SchemaError error) => error.Keyword switch
    {
        "type" => ViolationCode.InvalidParameterType,
        "required" => ViolationCode.MissingRequiredParameter,
        _ => ViolationCode.ConstraintViolation,
    };

    private static JsonSchema Compile(string uri)
    {
        var options = Options(SchemaOptions.Default);
        options.Registry.TryFind(uri, out var document);
        return SchemaCompilation.Run(document!, options, checkMetaschema: false).Value;
    }

    private static JsonObject WithAdvice(SchemaRegistry registry)
    {
        registry.TryFind(MetaschemaFiles.MetaData, out var document);
        var metaData = (JsonObject)document!;
        var properties = (JsonObject)metaData["properties"]!;
        var types = new JsonArray([new JsonString("boolean"), new JsonString("string")]);
        return metaData.With("properties", properties.With("deprecated", JsonObject.Empty.With("type", types)));
    }
}
