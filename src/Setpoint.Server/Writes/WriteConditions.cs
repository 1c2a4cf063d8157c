using System.Globalization;
using System.Security.Cryptography;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Writes;

/// <summary>What a write request demands besides its content: the version it starts from, and that a retry has no second effect.</summary>
/// <param name="ExpectedVersion">From <c>If-Match</c>, <c>If-None-Match: *</c> or <c>expectedVersion</c>; 0 = must not exist.</param>
internal sealed record WriteConditions(long? ExpectedVersion, IdempotencyKey? Idempotency)
{
    private const int KeyLengthMax = 255;

    /// <param name="expectedVersion">What the body says.</param>
    /// <param name="body">The body, for the idempotency key; null if there is none.</param>
    public static Result<WriteConditions> Read(HttpContext context, long? expectedVersion, JsonValue? body)
    {
        var headers = context.Request.Headers;
        long? fromHeader = null;
        if (headers.IfMatch is { Count: > 0 } match)
        {
            var tag = ETags.Bare(match.ToString().AsSpan().Trim());
            if (!long.TryParse(tag, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                return new Fault.Malformed($"If-Match is '{match}'; it must be the ETag of what is written, which is its version in quotes, such as \"42\".");
            fromHeader = version;
        }

        if (headers.IfNoneMatch is { Count: > 0 } noneMatch)
        {
            if (noneMatch.ToString().Trim() != "*")
                return new Fault.Malformed($"If-None-Match is '{noneMatch}'; on a write only * is understood: the layer must not exist.");
            if (fromHeader is not null)
                return new Fault.Malformed("If-Match and If-None-Match contradict each other; send one of them.");
            fromHeader = 0;
        }

        if (fromHeader is not null && expectedVersion is not null && fromHeader != expectedVersion)
            return new Fault.Malformed($"The header expects version {fromHeader} and the body {expectedVersion}; send one of them.");
        if (!ReadKey(context, body).TryGet(out var key, out var fault))
            return fault;
        return new WriteConditions(fromHeader ?? expectedVersion, key);
    }

    private static Result<IdempotencyKey?> ReadKey(HttpContext context, JsonValue? body)
    {
        if (context.Request.Headers["Idempotency-Key"] is not { Count: > 0 } values)
            return (IdempotencyKey?)null;
        var key = values.ToString();
        if (key.Length is 0 or > KeyLengthMax || key.Any(c => c is < '!' or > '~'))
            return new Fault.Malformed($"Idempotency-Key must have 1 to {KeyLengthMax} visible ASCII characters.");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var request = context.Request;
        foreach (var part in (ReadOnlySpan<string>)[request.Method, request.Path.Value ?? "", request.QueryString.Value ?? "", request.Headers.IfMatch.ToString()])
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        if (body is not null)
            hash.AppendData(CanonicalJson.FingerprintOf(body).ToArray());
        return new IdempotencyKey(key, new Fingerprint(hash.GetHashAndReset()));
    }
}
