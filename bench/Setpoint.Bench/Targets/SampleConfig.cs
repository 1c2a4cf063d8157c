using System.Globalization;
using System.Text.Json.Nodes;

namespace Setpoint.Bench.Targets;

/// <summary>Configurations like those people write: nested objects, short strings, numbers, switches. The same seed, the same bytes.</summary>
internal static class SampleConfig
{
    /// <summary>About this many bytes of compact JSON.</summary>
    public static JsonObject OfSize(int bytes, int seed = 1)
    {
        var config = new JsonObject();
        for (int section = 0, written = 2; written < bytes; section++)
        {
            var name = $"section{section.ToString(CultureInfo.InvariantCulture)}";
            var content = Section(seed + section);
            written += name.Length + content.ToJsonString().Length + 4;
            config[name] = content;
        }

        return config;
    }

    /// <summary>Exactly this many values, ten in a section.</summary>
    public static JsonObject OfKeys(int keys, int seed = 1)
    {
        var config = new JsonObject();
        for (var key = 0; key < keys; key += 10)
        {
            var section = new JsonObject();
            for (var i = 0; i < Math.Min(10, keys - key); i++)
                section[$"setting{i}"] = $"value-{seed}-{key + i}";
            config[$"section{key / 10}"] = section;
        }

        return config;
    }

    private static JsonObject Section(int seed) => new()
    {
        ["enabled"] = seed % 2 == 0,
        ["timeoutMilliseconds"] = 1000 + seed,
        ["endpoint"] = $"https://service-{seed}.internal.example:8443/api",
        ["retry"] = new JsonObject { ["attempts"] = seed % 7, ["backoff"] = 0.25, ["codes"] = new JsonArray(502, 503, 504) },
    };
}
