using System.Globalization;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Server.Delivery;

/// <summary>
/// A message as bytes, made once and shared by everybody who gets it. The event of a stream holds the JSON text as a line, so one buffer
/// serves both transports.
/// </summary>
internal sealed class PushFrame
{
    private readonly byte[] _event;
    private readonly int _jsonStart;
    private readonly int _jsonLength;

    private PushFrame(byte[] bytes, int jsonStart, int jsonLength)
    {
        _event = bytes;
        _jsonStart = jsonStart;
        _jsonLength = jsonLength;
    }

    /// <summary><c>event:</c>, <c>id:</c> and <c>data:</c> with the empty line that ends them.</summary>
    public ReadOnlyMemory<byte> Event => _event;

    /// <summary>The JSON text alone.</summary>
    public ReadOnlyMemory<byte> Json => _event.AsMemory(_jsonStart, _jsonLength);

    /// <param name="type">The message's type, as in the JSON.</param>
    /// <param name="id">
    /// The revision a reader may resume from once it has this; null for messages that bring no state, after which it must not.
    /// </param>
    public static PushFrame Of(string type, long? id, JsonObject message) => OfEvent(type, id?.ToString(CultureInfo.InvariantCulture), message);

    /// <param name="type">The event's type, also in upper case with underscores.</param>
    /// <param name="id">What a reader may resume from; null if it must not. One line.</param>
    public static PushFrame OfEvent(string type, string? id, JsonObject message)
    {
        // Compact JSON has no line breaks: inside strings they are escaped. So one data line always holds it.
        var head = $"event: {EventName(type)}\n{(id is null ? "" : $"id: {id}\n")}data: ";
        var json = JsonWriter.ToUtf8(message);
        var bytes = new byte[head.Length + json.Length + 2];
        Encoding.ASCII.GetBytes(head, bytes);
        json.CopyTo(bytes.AsSpan(head.Length));
        "\n\n"u8.CopyTo(bytes.AsSpan(head.Length + json.Length));
        return new(bytes, head.Length, json.Length);
    }

    private static string EventName(string type) => type.ToLowerInvariant().Replace('_', '-');
}
