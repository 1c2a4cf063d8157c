using System.Security.Cryptography;

namespace Setpoint.Core.Json;

/// <summary>The canonical form of RFC 8785, and the fingerprint over it.</summary>
public static class CanonicalJson
{
    /// <summary>SHA-256 over the canonical form with number digits as written (ADR 0004).</summary>
    public static Fingerprint FingerprintOf(JsonValue value) => new(SHA256.HashData(JsonWriter.ToUtf8(Sorted(value))));

    private static JsonValue Sorted(JsonValue value) => value switch
    {
        JsonArray array => new JsonArray([.. array.Items.Select(Sorted)]),
        JsonObject members => Enumerable.Range(0, members.Count)
            .OrderBy(members.NameAt, StringComparer.Ordinal)
            .Aggregate(new JsonObjectBuilder(), (builder, i) => builder.Add(members.NameAt(i), Sorted(members.ValueAt(i))))
            .Build(),
        _ => value,
    };
}
