using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Setpoint.Client.Hosting;

namespace Setpoint.Client.Transport;

/// <summary>Speaks to the server. Expected trouble comes back as <see cref="FetchOutcome.Failed"/>; only cancellation is thrown.</summary>
internal sealed class SetpointTransport : IDisposable
{
    private const string RevisionHeader = "Setpoint-Revision";
    private const string MinRevisionHeader = "Setpoint-Min-Revision";

    // A server that asks for more than this is not obeyed: an operator's mistake must not silence a fleet for hours.
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromMinutes(5);

    private const int RefusalSizeMax = 256 * 1024;

    private readonly SetpointSettings _settings;
    private readonly HttpClient _http;
    private readonly string _subscriptions;

    public SetpointTransport(SetpointSettings settings)
    {
        _settings = settings;
        _subscriptions = settings.Flags?.Namespaces.Contains(settings.Identity.Service) == true ? "config-updates,feature-flags" : "config-updates";
        var handler = settings.HttpHandler?.Invoke() ?? new SocketsHttpHandler
        {
            // A redirect would carry the request, and what it asks about, to a place that nobody configured.
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // New connections look the name up again, so that a server that moved is found.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = settings.Identity.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = settings.ResponseSizeMax,
        };
    }

    /// <summary>Reads the configuration on the calling thread: for the start, which .NET's configuration makes synchronous.</summary>
    public FetchOutcome Fetch(string? etag, CancellationToken cancellationToken) =>
        Get(() => ConfigurationRequest(etag, minRevision: 0, wait: null), Fetched, cancellationToken);

    /// <summary>Reads the configuration.</summary>
    /// <param name="etag">The tag of what is known; null reads it in any case.</param>
    /// <param name="minRevision">The revision that the answer must have reached; 0 for any.</param>
    /// <param name="wait">How long the server may hold the answer until there is something new; null for not at all.</param>
    /// <param name="cancellationToken">Bounds it all.</param>
    public Task<FetchOutcome> FetchAsync(string? etag, long minRevision, TimeSpan? wait, CancellationToken cancellationToken) =>
        GetAsync(() => ConfigurationRequest(etag, minRevision, wait), Fetched, cancellationToken);

    /// <summary>Sends a request for something that the server tags, on the calling thread.</summary>
    /// <param name="make">Makes the request; what it throws for want of a key is an outcome, too.</param>
    /// <param name="read">Reads the body of a 200.</param>
    /// <param name="cancellationToken">Bounds it all.</param>
    public FetchOutcome Get(Func<HttpRequestMessage> make, ReadAnswer read, CancellationToken cancellationToken)
    {
        try
        {
            using var request = make();
            using var response = _http.Send(request, cancellationToken);
            return Outcome(response, ReadBody(response), read);
        }
        catch (Exception trouble) when (Describe(trouble, cancellationToken) is not null)
        {
            return Describe(trouble, cancellationToken)!;
        }
    }

    /// <inheritdoc cref="Get"/>
    public async Task<FetchOutcome> GetAsync(Func<HttpRequestMessage> make, ReadAnswer read, CancellationToken cancellationToken)
    {
        try
        {
            using var request = make();
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            // The body was read with the response; this only hands it over.
            return Outcome(response, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false), read);
        }
        catch (Exception trouble) when (Describe(trouble, cancellationToken) is not null)
        {
            return Describe(trouble, cancellationToken)!;
        }
    }

    /// <summary>Posts to the server. Null when that worked.</summary>
    /// <param name="path">Relative, without a slash before it.</param>
    /// <param name="body">JSON in UTF-8.</param>
    /// <param name="cancellationToken">Bounds it all.</param>
    public async Task<FetchOutcome.Failed?> PostAsync(string path, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            Prepare(request, minRevision: 0);
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return null;
            var refusal = Refusal(response, ReadBody(response));
            return refusal is { Kind: FailureKind.Unreachable } && (int)response.StatusCode is >= 400 and < 500 and not 408
                ? refusal with { Kind = FailureKind.Refused }
                : refusal;
        }
        catch (Exception trouble) when (Describe(trouble, cancellationToken) is not null)
        {
            return Describe(trouble, cancellationToken)!;
        }
    }

    /// <summary>A request that carries the key, and the tag and revision that are known.</summary>
    /// <param name="path">Relative, without a slash before it.</param>
    /// <param name="etag">The tag of what is known; null for nothing.</param>
    /// <param name="minRevision">The revision that the answer must have reached; 0 for any.</param>
    /// <exception cref="UnauthorizedAccessException">The key cannot be read.</exception>
    public HttpRequestMessage Conditional(string path, string? etag, long minRevision)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        Prepare(request, minRevision);
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", etag);
        return request;
    }

    /// <summary>Opens the stream of changes. Exactly one of the results is there.</summary>
    /// <param name="lastRevision">The revision that the client has; 0 for none.</param>
    /// <param name="minRevision">The revision that the server must have reached; 0 for any.</param>
    /// <param name="cancellationToken">Bounds the wait for the headers.</param>
    public async Task<(HttpResponseMessage? Response, FetchOutcome.Failed? Failure)> OpenStreamAsync(
        long lastRevision, long minRevision, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            var identity = _settings.Identity;
            var query = identity.Query();
            using var request = new HttpRequestMessage(
                HttpMethod.Get,
                $"api/stream?service={Uri.EscapeDataString(identity.Service)}{(query.Length > 0 ? "&" : "")}{query}&subscriptions={_subscriptions}");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
            Prepare(request, minRevision);
            if (lastRevision > 0)
                request.Headers.TryAddWithoutValidation("Last-Event-ID", lastRevision.ToString(CultureInfo.InvariantCulture));
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                var opened = response;
                response = null;
                return (opened, null);
            }

            // A refusal is a small document that says why; it is read with the wait for the headers, and within a bound.
            await response.Content.LoadIntoBufferAsync(RefusalSizeMax, cancellationToken).ConfigureAwait(false);
            return (null, StreamRefusal(response, ReadBody(response)));
        }
        catch (Exception trouble) when (Describe(trouble, cancellationToken) is not null)
        {
            return (null, Describe(trouble, cancellationToken));
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <summary>The failure that an exception of reading stands for; null if it is none that belongs to the wire.</summary>
    public static FetchOutcome.Failed? Describe(Exception trouble, CancellationToken cancellationToken) => trouble switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException => new(FailureKind.Unreachable, "The request was cut off."),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            new(FailureKind.Garbage, "The answer is larger than ResponseSizeMax allows."),
        HttpRequestException http => new(FailureKind.Unreachable, $"The server does not answer: {Sentence(http.Message)}"),
        JsonException garbage => new(FailureKind.Garbage, $"The answer is not what was asked for: {Sentence(garbage.Message)}"),
        InvalidDataException garbage => new(FailureKind.Garbage, garbage.Message),
        UnauthorizedAccessException => new(FailureKind.Unauthorized, Sentence(trouble.Message)),
        IOException io => new(FailureKind.Unreachable, $"The connection broke: {Sentence(io.Message)}"),
        _ => null,
    };

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage ConfigurationRequest(string? etag, long minRevision, TimeSpan? wait)
    {
        var identity = _settings.Identity;
        var query = identity.Query();
        if (wait is { } bound)
            query += $"{(query.Length > 0 ? "&" : "")}wait={(int)bound.TotalSeconds}s";
        return Conditional($"api/config/{Uri.EscapeDataString(identity.Service)}{(query.Length > 0 ? "?" : "")}{query}", etag, minRevision);
    }

    private void Prepare(HttpRequestMessage request, long minRevision)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _settings.ApiKey.Read());
        if (minRevision > 0)
            request.Headers.TryAddWithoutValidation(MinRevisionHeader, minRevision.ToString(CultureInfo.InvariantCulture));
    }

    private FetchOutcome Outcome(HttpResponseMessage response, byte[] body, ReadAnswer read)
    {
        if (Refusal(response, body) is { } refusal)
            return refusal;
        return response.StatusCode == HttpStatusCode.NotModified
            ? new FetchOutcome.Unchanged(RevisionOf(response) ?? 0)
            : read(body, response.Headers.ETag?.ToString(), RevisionOf(response));
    }

    private FetchOutcome Fetched(byte[] body, string? etag, long? revision) =>
        new FetchOutcome.Fetched(WireMessage.Read(body, _settings.Identity, etag, revision));

    private static long? RevisionOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(RevisionHeader, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;

    private static byte[] ReadBody(HttpResponseMessage response)
    {
        // Buffered with the response already; this only hands it over, once.
        using var body = response.Content.ReadAsStream();
        using var copy = new MemoryStream();
        body.CopyTo(copy);
        return copy.ToArray();
    }

    private FetchOutcome.Failed? Refusal(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotModified)
            return null;
        var (code, detail) = Problem(body);
        var said = detail is null ? $"The server answered {status}." : $"The server answered {status} {code}: {detail}";
        var retryAfter = RetryAfterOf(response);
        return status switch
        {
            401 or 403 => new(FailureKind.Unauthorized, $"{said} It refuses the key of {_settings.ApiKey.Origin}."),
            404 => new(FailureKind.Missing, said),
            503 when code == "Behind" => new(FailureKind.Behind, said, retryAfter),
            429 => new(FailureKind.Busy, said, retryAfter),
            503 when retryAfter is not null => new(FailureKind.Busy, said, retryAfter),
            >= 200 and < 400 => new(FailureKind.Garbage, said),
            _ => new(FailureKind.Unreachable, said),
        };
    }

    private FetchOutcome.Failed StreamRefusal(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        if (Refusal(response, body) is not { } refusal)
        {
            var mediaType = response.Content.Headers.ContentType?.MediaType ?? "nothing";
            return new(FailureKind.NoStream, $"The stream answered {(int)response.StatusCode} with {mediaType}, not text/event-stream.");
        }

        return (int)response.StatusCode switch
        {
            // A missing namespace or environment has a code that names it; without one, it is the route that is missing.
            404 when Problem(body).Code is null or "NotFound" => new(FailureKind.NoStream, "The server answered 404 for the stream."),
            401 or 403 or 404 or 429 or 503 => refusal,
            // A proxy's trouble or a server that starts: the stream may well work in a moment.
            408 or 500 or 502 or 504 => refusal,
            var status => new(FailureKind.NoStream, $"The stream answered {status}."),
        };
    }

    private static (string? Code, string? Detail) Problem(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return default;
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object ? (Member(root, "code"), Member(root, "detail")) : default;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // A proxy's HTML page: the status alone has to do.
            return default;
        }
    }

    private static string? Member(JsonElement root, string name)
    {
        const int LengthMax = 500;
        if (!root.TryGetProperty(name, out var member) || member.ValueKind != JsonValueKind.String)
            return null;
        var text = member.GetString()!;
        return text.Length <= LengthMax ? text : text[..LengthMax];
    }

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _settings.Time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked is not { } time || time <= TimeSpan.Zero ? null : time < RetryAfterMax ? time : RetryAfterMax;
    }
}

/// <summary>Reads the body of an answer, with its quoted tag and its revision where the headers have them.</summary>
/// <exception cref="JsonException">It is not what was asked for.</exception>
internal delegate FetchOutcome ReadAnswer(byte[] body, string? etag, long? revision);
