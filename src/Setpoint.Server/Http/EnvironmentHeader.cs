namespace Setpoint.Server.Http;

/// <summary>The environment of a caller that says it once for all its requests, or whose gateway does.</summary>
internal static class EnvironmentHeader
{
    public const string Name = "X-Environment";

    /// <summary>Null where there is none, an empty one, or more than one.</summary>
    public static string? Of(HttpRequest request) => request.Headers[Name] is { Count: 1 } header && header[0] is { Length: > 0 } name ? name : null;
}
