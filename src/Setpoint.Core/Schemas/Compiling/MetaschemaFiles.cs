using System.Collections.Frozen;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>The metaschemas that are embedded in the assembly.</summary>
internal static class MetaschemaFiles
{
    public const string Draft7 = "http://json-schema.org/draft-07/schema";
    public const string Draft202012 = "https://json-schema.org/draft/2020-12/schema";

    /// <summary>The part of 2020-12 that has <c>deprecated</c>.</summary>
    public const string MetaData = "https://json-schema.org/draft/2020-12/meta/meta-data";

    private static readonly string[] Parts = ["core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation", "format-assertion", "content"];

    public static FrozenDictionary<string, JsonValue> Load()
    {
        var files = new Dictionary<string, JsonValue>(StringComparer.Ordinal)
        {
            [Draft7] = Read("draft-07.json"),
            [Draft202012] = Read("draft-2020-12.json"),
        };
        foreach (var part in Parts)
            files[$"https://json-schema.org/draft/2020-12/meta/{part}"] = Read($"draft-2020-12.{part}.json");
        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static JsonValue Read(string file)
    {
        using var stream = typeof(MetaschemaFiles).Assembly.GetManifestResourceStream($"metaschema/{file}")
            ?? throw new InvalidOperationException($"The metaschema {file} is not embedded.");
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return JsonReader.Parse(text, JsonLimits.Document).Value;
    }
}
