using Setpoint.Core.Json;

namespace Setpoint.Server.Configs.Formats;

internal static class EnvFormat
{
    public const string ContentType = "text/plain; charset=utf-8";

    public static byte[] Write(JsonObject config) => JsonWriter.ToUtf8(config);
}
