using System.Text.Json;
using Setpoint.Client.Flags;

namespace Setpoint.Client.Transport;

/// <summary>Asks for the flags of one namespace.</summary>
internal sealed class FlagTransport(SetpointTransport transport, string ns, string environment)
{
    /// <summary>On the calling thread, for the start.</summary>
    public FetchOutcome Fetch(CancellationToken cancellationToken) =>
        transport.Get(() => Request(known: null, minRevision: 0, wait: null), Reader(known: null), cancellationToken);

    /// <param name="known">What there is; null asks for everything.</param>
    /// <param name="minRevision">The revision that the answer must have reached; 0 for any.</param>
    /// <param name="wait">How long the server may hold the answer until there is something new; null for not at all.</param>
    /// <param name="cancellationToken">Bounds it all.</param>
    public Task<FetchOutcome> FetchAsync(FlagDefinitions? known, long minRevision, TimeSpan? wait, CancellationToken cancellationToken) =>
        transport.GetAsync(() => Request(known, minRevision, wait), Reader(known), cancellationToken);

    private HttpRequestMessage Request(FlagDefinitions? known, long minRevision, TimeSpan? wait)
    {
        var held = wait is { } bound ? $"&wait={(int)bound.TotalSeconds}s" : "";
        return transport.Conditional(
            $"api/flags/definitions?namespace={Uri.EscapeDataString(ns)}&environment={Uri.EscapeDataString(environment)}{held}", known?.ETag, minRevision);
    }

    private ReadAnswer Reader(FlagDefinitions? known) => (body, etag, revision) =>
    {
        var read = FlagDefinitionsReader.Read(body, etag, revision, known);
        if (read.Namespace != ns || read.Environment != environment)
            throw new JsonException($"The answer is for the flags of '{read.Namespace}' in '{read.Environment}', not of '{ns}' in '{environment}'.");
        return new FetchOutcome.Defined(read);
    };
}
