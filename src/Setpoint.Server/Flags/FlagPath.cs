namespace Setpoint.Server.Flags;

/// <summary>Keys of flags in paths.</summary>
internal static class FlagPath
{
    /// <summary>The key. Servers leave an escaped slash in a path as it came, because of proxies; keys may hold slashes, so it is read here.</summary>
    public static string KeyOf(HttpContext context) =>
        ((string)context.Request.RouteValues["key"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
