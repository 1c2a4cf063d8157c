using Microsoft.AspNetCore.Http.Features;

namespace Setpoint.Server.Flags;

/// <summary>Keys of flags in paths.</summary>
internal static class FlagPath
{
    /// <summary>
    /// The key. Servers leave an escaped slash in a path as it came, because of proxies, and read everything else; so a key that holds
    /// <c>%2F</c> itself looks like one with a slash, and only the target as it was sent tells which of them is meant.
    /// </summary>
    public static string KeyOf(HttpContext context)
    {
        var routed = (string)context.Request.RouteValues["key"]!;
        if (!routed.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            return routed;
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var sent = (end < 0 ? target : target[..end]).Split('/');
        var read = (context.Request.PathBase.Value + context.Request.Path.Value).Split('/');
        // Where they cannot be laid beside each other (a target with the host in it, or with dots), a slash is what nearly everybody means.
        return Array.IndexOf(read, routed) is >= 0 and var at && sent.Length == read.Length
            ? Uri.UnescapeDataString(sent[at])
            : routed.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
    }
}
