using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Setpoint.Client.Cache;

/// <summary>What was read from a slot.</summary>
/// <param name="Sequence">Grows with each write: the newer of two slots has the larger one, whatever the clock or the revision did.</param>
/// <param name="SavedAt">When it was written.</param>
/// <param name="Snapshot">What was saved.</param>
internal sealed record Cached<T>(long Sequence, DateTimeOffset SavedAt, T Snapshot)
    where T : ICacheable<T>;

/// <summary>
/// The bytes of one slot: <c>setpoint-cache 1 &lt;SHA-256 of all that follows, hex&gt;\n</c>, a header of one line of JSON, the
/// content as the server sent it. The header is text, so that a person can see what a slot holds; the checksum makes a torn write visible.
/// </summary>
internal static class CacheSlot
{
    private const int ChecksumLength = 64;
    private static ReadOnlySpan<byte> Magic => "setpoint-cache 1 "u8;

    public static byte[] Encode<T>(Cached<T> cached, string identity)
        where T : ICacheable<T>
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            writer.WriteNumber("sequence", cached.Sequence);
            writer.WriteNumber("revision", cached.Snapshot.Revision);
            writer.WriteNumber("version", cached.Snapshot.Version);
            writer.WriteString("etag", cached.Snapshot.ETag);
            writer.WriteString("savedAt", cached.SavedAt.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteString("identity", identity);
            writer.WriteEndObject();
        }

        body.WriteByte((byte)'\n');
        body.Write(cached.Snapshot.Json.Span);
        var content = body.ToArray();
        return [.. Magic, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(content))), (byte)'\n', .. content];
    }

    /// <summary>Reads a slot; <paramref name="problem"/> says why it is of no use.</summary>
    public static Cached<T>? Decode<T>(ReadOnlyMemory<byte> bytes, string identity, out string? problem)
        where T : ICacheable<T>
    {
        problem = null;
        var span = bytes.Span;
        var head = Magic.Length + ChecksumLength + 1;
        if (span.Length <= head || !span.StartsWith(Magic) || span[head - 1] != (byte)'\n')
        {
            problem = "it is not a cache of this format";
            return null;
        }

        var content = bytes[head..];
        if (!span.Slice(Magic.Length, ChecksumLength).SequenceEqual(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(content.Span)))))
        {
            problem = "its checksum does not match: it was cut off or changed";
            return null;
        }

        var lineEnd = content.Span.IndexOf((byte)'\n');
        try
        {
            using var header = JsonDocument.Parse(content[..Math.Max(lineEnd, 0)]);
            var root = header.RootElement;
            if (!string.Equals(root.GetProperty("identity"u8).GetString(), identity, StringComparison.Ordinal))
            {
                problem = "it belongs to another server, service, environment, user or context";
                return null;
            }

            return new(
                root.GetProperty("sequence"u8).GetInt64(),
                root.GetProperty("savedAt"u8).GetDateTimeOffset(),
                T.Of(
                    root.GetProperty("revision"u8).GetInt64(),
                    root.GetProperty("version"u8).GetInt64(),
                    root.GetProperty("etag"u8).GetString(),
                    content[(lineEnd + 1)..].ToArray()));
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // The checksum holds, so another program wrote this: a format of the same name that is not ours.
            problem = $"its content is not understood: {broken.Message}";
            return null;
        }
    }
}
