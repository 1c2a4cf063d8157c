using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Setpoint.Server.Flags;

namespace Setpoint.Server.Ofrep;

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

    // A signature takes longer than the evaluation of a flag, and all answers of a period have the same. Threads that see a new period at once
    // make it twice.
    private volatile PeriodAddresses _kept = new(-1);

    /// <summary>Which of the periods of time it is: the addresses of one are the same.</summary>
    public static long PeriodOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / PeriodSeconds;

    public string UrlFor(HttpRequest request, string ns, string environment, DateTimeOffset now)
    {
        var period = PeriodOf(now);
        var kept = _kept;
        if (kept.Period != period)
            _kept = kept = new(period);
        if (!kept.Queries.TryGetValue((ns, environment), out var query))
        {
            query = string.Create(CultureInfo.InvariantCulture,
                $"namespace={Uri.EscapeDataString(ns)}&environment={Uri.EscapeDataString(environment)}&token={period}.{Sign(ns, environment, period)}");
            kept.Queries[(ns, environment)] = query;
        }

        return $"{request.Scheme}://{request.Host.ToUriComponent()}{Path}?{query}";
    }

    /// <summary>True if the token opens the stream now.</summary>
    public bool Opens(FlagTarget target, ReadOnlySpan<char> token, DateTimeOffset now)
    {
        var dot = token.IndexOf('.');
        if (dot <= 0 || !long.TryParse(token[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var period))
            return false;
        var current = PeriodOf(now);
        return (period == current || period == current - 1)
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(target.Namespace, target.Environment, period)), Encoding.UTF8.GetBytes(token[(dot + 1)..].ToString()));
    }

    // Names hold no line breaks, so no two targets have the same text.
    private string Sign(string ns, string environment, long period) => Base64Url.EncodeToString(HMACSHA256.HashData(
        _key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ofrep-stream\n{ns}\n{environment}\n{period}"))));

    /// <param name="period">Whose queries these are. There are as many as there are namespaces and environments that were asked for in it.</param>
    private sealed class PeriodAddresses(long period)
    {
        public long Period => period;

        public ConcurrentDictionary<(string Namespace, string Environment), string> Queries { get; } = new();
    }
}
