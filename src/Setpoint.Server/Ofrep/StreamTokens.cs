using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Setpoint.Server.Access;
using Setpoint.Server.Flags;
using Setpoint.Server.Process;

namespace Setpoint.Server.Ofrep;

/// <summary>
/// The addresses of event streams. Browsers send no headers when they open one, so the address holds a token: it opens this one stream, for a
/// day at most, and nothing else. Safe for concurrent use.
/// </summary>
/// <remarks>
/// The address is the same for all answers of half a day, so that a provider that asks again keeps its connection; and it works for half a day
/// after that. A browser opens the address that it has again and again, after each break of the network and each time its page comes to the front, and
/// providers take another only once one was refused: so an address outlives a working day and the night after it. What it opens tells when
/// flags change and nothing of what they are. The key is kept in the data folder, so that a restart refuses nobody.
/// </remarks>
internal sealed class StreamTokens(ServerSettings settings, ILogger<StreamTokens> logger) : IHostedService
{
    public const string Path = "/ofrep/v1/stream";

    public const string KeyFileName = "stream.key";

    public static readonly TimeSpan Period = TimeSpan.FromHours(12);

    private static readonly long PeriodSeconds = (long)Period.TotalSeconds;

    private byte[]? _key;

    private byte[] Key => _key ?? throw new InvalidOperationException("The server has not started.");

    /// <summary>Reads the key or makes one: once the data folder is this server's, and before anybody is answered.</summary>
    /// <exception cref="IOException">The file cannot be read or written, or holds no key.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read or written.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var file = KeyFile.Open(
            settings.DataFolder, KeyFileName, "key of event streams",
            make: () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes)),
            flaw: text => TryRead(text, out _) ? null : $"does not hold {HMACSHA256.HashSizeInBytes * 2} hexadecimal digits",
            logger);
        TryRead(file.Key, out _key);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

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
        Key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ofrep-stream\n{ns}\n{environment}\n{period}"))));

    private static bool TryRead(string text, [NotNullWhen(true)] out byte[]? key)
    {
        key = new byte[HMACSHA256.HashSizeInBytes];
        if (Convert.FromHexString(text, key, out var read, out var written) == OperationStatus.Done && read == text.Length && written == key.Length)
            return true;
        key = null;
        return false;
    }

    /// <param name="period">Whose queries these are. There are as many as there are namespaces and environments that were asked for in it.</param>
    private sealed class PeriodAddresses(long period)
    {
        public long Period => period;

        public ConcurrentDictionary<(string Namespace, string Environment), string> Queries { get; } = new();
    }
}
