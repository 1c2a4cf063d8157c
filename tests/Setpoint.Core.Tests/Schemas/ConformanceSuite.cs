using System.Runtime.CompilerServices;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Tests.Schemas;

/// <summary>The public JSON Schema test suite. Read where it lies, never copied.</summary>
internal static class ConformanceSuite
{
    /// <summary>One assertion of the suite.</summary>
    /// <param name="Name">File, group and test.</param>
    /// <param name="Schema">The schema of its group.</param>
    /// <param name="Instance">The value.</param>
    /// <param name="Valid">The verdict that is right.</param>
    internal sealed record Case(string Name, JsonValue Schema, JsonValue Instance, bool Valid);

    private static readonly JsonLimits Limits = new(16 * 1024 * 1024, JsonLimits.DepthCeiling);

    /// <summary>The remotes under the address that the suite gives them; no server runs.</summary>
    public static readonly Lazy<SchemaRegistry> Remotes = new(ReadRemotes);

    /// <param name="draft">The folder of the draft.</param>
    /// <param name="optional">False for the required tests; true for those under optional/, formats included.</param>
    public static IReadOnlyList<Case> Cases(string draft, bool optional)
    {
        var root = Path.Combine(Folder(), "tests", draft);
        var files = optional
            ? Directory.GetFiles(Path.Combine(root, "optional"), "*.json", SearchOption.AllDirectories)
            : Directory.GetFiles(root, "*.json");
        return [.. files.Order(StringComparer.Ordinal).SelectMany(file => CasesOf(file, Path.GetRelativePath(root, file).Replace('\\', '/')))];
    }

    private static IEnumerable<Case> CasesOf(string file, string name)
    {
        foreach (var group in ((JsonArray)Read(file)).Items.Cast<JsonObject>())
        {
            foreach (var test in ((JsonArray)group["tests"]!).Items.Cast<JsonObject>())
            {
                yield return new Case(
                    $"{name}: {Text(group)}: {Text(test)}",
                    group["schema"]!,
                    test["data"]!,
                    ((JsonBoolean)test["valid"]!).Value);
            }
        }
    }

    private static SchemaRegistry ReadRemotes()
    {
        var root = Path.Combine(Folder(), "remotes");
        var registry = SchemaRegistry.BuiltIn;
        foreach (var file in Directory.GetFiles(root, "*.json", SearchOption.AllDirectories))
            registry = registry.With($"http://localhost:1234/{Path.GetRelativePath(root, file).Replace('\\', '/')}", Read(file));
        return registry;
    }

    private static string Text(JsonObject described) => ((JsonString)described["description"]!).Value;

    private static JsonValue Read(string file) => JsonReader.Parse(File.ReadAllBytes(file), Limits).Value;

    private static string Folder([CallerFilePath] string here = "")
    {
        var named = Environment.GetEnvironmentVariable("SETPOINT_CONFORMANCE");
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
        var folder = string.IsNullOrEmpty(named) ? Nearest(root) : named;
        var suite = Path.Combine(folder, "json-schema-test-suite");
        if (!Directory.Exists(suite))
            Assert.Skip($"The JSON Schema test suite is not at {suite}; set SETPOINT_CONFORMANCE to the folder that holds it.");
        return suite;
    }

    /// <summary>The first <c>shared/conformance</c> beside the repository or a folder above it.</summary>
    private static string Nearest(string root)
    {
        for (var at = Path.GetDirectoryName(root); at is not null; at = Path.GetDirectoryName(at))
        {
            var folder = Path.Combine(at, "shared", "conformance");
            if (Directory.Exists(folder))
                return folder;
        }

        return Path.Combine(root, "..", "shared", "conformance");
    }
}
