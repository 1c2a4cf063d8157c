using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Setpoint.Core.Json;

namespace Setpoint.Faults.Agreement;

/// <summary>What somebody says that a flag came to, in words that all can be brought to.</summary>
/// <param name="Value">Null where the default in the caller's code stands.</param>
internal sealed record Answer(string? Variant, string Reason, string? Error, string? Value)
{
    public override string ToString() => $"{Value ?? "(default)"} as {Variant ?? "-"}, {Reason}{(Error is null ? "" : " " + Error)}";

    /// <summary>Numbers are what they are worth: 1e21 and 1E+21 are the same.</summary>
    public static string TextOf(JsonValue value) => value is JsonNumber number ? JsonNumber.Of(number.ToDouble()).Text : value.ToString();

    /// <summary>One flag of <c>/api/features/evaluate</c>.</summary>
    public static Answer OfEvaluation(JsonObject answer) => Of(answer, Text(answer, "reason") ?? "-");

    /// <summary>One flag of OFREP, which has no word for two reasons and names them in the metadata, and none for that of an error.</summary>
    public static Answer OfOfrep(JsonObject answer) => Of(
        answer, Text(answer, "reason") is var reason and not "UNKNOWN" ? reason ?? "ERROR" : Text(answer["metadata"] as JsonObject ?? JsonObject.Empty, "setpoint.reason") ?? "UNKNOWN");

    private static Answer Of(JsonObject answer, string reason) =>
        new(Text(answer, "variant"), reason, Text(answer, "errorCode"), answer["value"] is { } value ? TextOf(value) : null);

    private static string? Text(JsonObject members, string name) => (members[name] as JsonString)?.Value;
}

/// <summary>Answers that were read before, by their bytes: millions come, and of each flag a handful is different. Safe for concurrent use.</summary>
internal sealed class AnswerBook(Func<JsonObject, Answer> read)
{
    private readonly ConcurrentDictionary<byte[], Answer> _known = new(ByContent.Instance);

    public Answer Of(ReadOnlySpan<byte> json)
    {
        var known = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(json, out var answer))
            return answer;
        return _known[json.ToArray()] = read((JsonObject)JsonReader.Parse(json, JsonLimits.Document).Value);
    }

    private sealed class ByContent : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByContent Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
