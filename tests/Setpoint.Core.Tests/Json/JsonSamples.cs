using System.Text;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Tests.Json;

/// <summary>Short ways to say JSON in tests.</summary>
internal static class JsonSamples
{
    public static JsonValue JsonOf(string text) =>
        JsonReader.Parse(text).TryGet(out var value, out var fault) ? value : throw new FormatException($"{fault.Message} in {text}");

    public static JsonObject ObjectOf(string text) => (JsonObject)JsonOf(text);

    public static Fault Refusal(string text) => Refusal(Encoding.UTF8.GetBytes(text));

    public static Fault Refusal(byte[] utf8) =>
        JsonReader.Parse(utf8, JsonLimits.Document).Fault.ShouldNotBeNull($"accepted: {Convert.ToHexString(utf8)}");
}
