using System.Net;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Faults.Host;

/// <summary>What came back.</summary>
internal sealed record Reply(HttpStatusCode Status, string Text, string? Revision)
{
    // A page of commits is larger than any document.
    private static readonly JsonLimits Limits = new(int.MaxValue, JsonLimits.DepthCeiling);

    public bool Succeeded => (int)Status is >= 200 and < 300;

    public JsonObject Json => JsonReader.Parse(Encoding.UTF8.GetBytes(Text), Limits).TryGet(out var value, out _) && value is JsonObject body
        ? body
        : throw new InvalidDataException($"{(int)Status} with a body that is no JSON object: {Text}");

    public string? Code => (Json["code"] as JsonString)?.Value;

    public long Number(string name) => Json[name] is JsonNumber number && number.TryGetInt64(out var found)
        ? found
        : throw new InvalidDataException($"'{name}' is no number in {Text}");
}
