using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Setpoint.Server.Flags;

namespace Setpoint.Server.Ofrep;

/// <param name="Period">Which of the periods of time it belongs to.</param>
internal readonly record struct StreamAddress(string Url, long Period);

/// <summary>
/// The addresses of event streams. Browsers send no headers when they open one, so the address holds a token: it opens this one stream, for an
/// hour at most, and nothing else. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The address is the same for all answers of half an hour, so that a provider that asks again keeps its connection; and it works for half an
/// hour after that. The key is this process's own: after a restart a provider is refused, asks again and gets another address.
/// </remarks>
internal sealed class StreamTokens
{
    public const string Path = "/ofrep/v1/stream";

    private static readonly long PeriodSeconds = (long)TimeSpan.FromMinutes(30).TotalSeconds;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    public StreamAddress UrlFor(HttpRequest request, string ns, string environment, DateTimeOffset now)
    {
        var period = now.ToUnixTimeSeconds() / PeriodSeconds;
        var query = string.Create(CultureInfo.InvariantCulture,
            $"namespace={Uri.EscapeDataString(ns)}&environment={Uri.EscapeDataString(environment)}&token={period}.{Sign(ns, environment, period)}");
        return new($"{request.Scheme}://{request.Host.ToUriComponent()}{Path}?{query}", period);
    }

    /// <summary>True if the token opens the stream now.</summary>
    public bool Opens(FlagTarget target, ReadOnlySpan<char> token, DateTimeOffset now)
    {
        var dot = token.IndexOf('.');
        if (dot <= 0 || !long.TryParse(token[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var period))
            return false;
        var current = now.ToUnixTimeSeconds() / PeriodSeconds;
        return (period == current || period == current - 1)
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(target.Namespace, target.Environment, period)), Encoding.UTF8.GetBytes(token[(dot + 1)..].ToString()));
    }

    // Names hold no line breaks, so no two targets have the same text.
    private string Sign(string ns, string environment, long period) => Base64Url.EncodeToString(HMACSHA256.HashData(
        _key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ofrep-stream\n{ns}\n{environment}\n{period}"))));
}
