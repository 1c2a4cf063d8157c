using Setpoint.TestKit;

namespace Setpoint.Faults.Host;

/// <summary>A subscriber by server-sent events.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, StreamReader reader)
    {
        _response = response;
        _reader = reader;
    }

    public static async Task<EventStream> OpenAsync(ServerUnderTest server, string path)
    {
        var response = await server.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return new(response, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>The data of the next event of this type.</summary>
    /// <exception cref="OperationCanceledException">None came soon.</exception>
    public async Task<string> NextAsync(string type)
    {
        using var timeout = new CancellationTokenSource(Eventually.Soon);
        var isType = false;
        while (await _reader.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line.StartsWith("event:", StringComparison.Ordinal))
                isType = line["event:".Length..].Trim() == type;
            else if (isType && line.StartsWith("data:", StringComparison.Ordinal))
                return line["data:".Length..].Trim();
        }

        throw new EndOfStreamException("The stream ended.");
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
