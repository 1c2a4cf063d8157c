namespace Setpoint.Server.Access;

/// <summary>Where a request carries its key.</summary>
internal static class Credentials
{
    private const string Scheme = "Bearer ";

    /// <summary>The key of <c>Authorization: Bearer</c> or <c>X-API-Key</c>; empty if there is none.</summary>
    /// <param name="presented">True if one of the headers is there, whatever is in it.</param>
    public static ReadOnlySpan<char> Find(HttpRequest request, out bool presented)
    {
        var authorization = request.Headers.Authorization;
        if (authorization.Count == 1 && authorization[0] is { } line)
        {
            presented = true;
            return line.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? line.AsSpan(Scheme.Length).Trim() : default;
        }

        var key = request.Headers["X-API-Key"];
        presented = key.Count == 1;
        return presented ? key[0].AsSpan().Trim() : default;
    }
}
