using Setpoint.Core.Faults;
using Setpoint.Server.Http;

namespace Setpoint.Server.Delivery;

/// <summary>
/// Which pages may open a socket from a browser. WebSockets are not subject to CORS, so this keeps them to the same rule: the page's own
/// server, or an origin of <c>SETPOINT_CORS_ORIGINS</c>.
/// </summary>
internal static class OriginRule
{
    /// <returns>Why not; null if it may, or if no browser is calling.</returns>
    public static Fault? Check(HttpRequest request, IReadOnlyList<string> allowed)
    {
        var header = request.Headers.Origin;
        if (header.Count == 0)
            return null;
        var origin = header.ToString();
        foreach (var one in allowed)
        {
            if (string.Equals(one, origin, StringComparison.OrdinalIgnoreCase))
                return null;
        }

        // The scheme is left out: behind a proxy that ends TLS, the page's is https and ours is not.
        if (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return new AccessFault.Denied($"Pages of origin '{origin}' may not connect here; add it to SETPOINT_CORS_ORIGINS.");
    }
}
