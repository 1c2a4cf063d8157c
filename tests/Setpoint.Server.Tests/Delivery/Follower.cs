using System.Net;
using System.Net.WebSockets;
using System.Text;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Delivery;

/// <summary>One message of the server.</summary>
/// <param name="Event">Null over a WebSocket.</param>
/// <param name="Id">The event's id; null where there is none.</param>
internal sealed record Heard(string Text, string? Event = null, string? Id = null)
{
    public JsonObject Json => (JsonObject)JsonReader.Parse(Text).Value;

    public string Type => ((JsonString)Json["type"]!).Value;

    public long Revision => At("/revision") is { } text ? long.Parse(text) : throw new InvalidOperationException($"No revision in {Text}");

    public string? Code => (Json["code"] as JsonString)?.Value;

    public string? At(string pointer) => JsonPointer.Parse(pointer).Value.Resolve(Json)?.ToString();
}

/// <summary>Reads what the server pushes, whatever carries it.</summary>
internal interface IFollower : IAsyncDisposable
{
    /// <summary>The next message; null when the connection is over.</summary>
    Task<Heard?> NextAsync();
}

/// <summary>A WebSocket client that waits for nothing longer than <see cref="Eventually.Soon"/>.</summary>
internal sealed class SocketFollower : IFollower
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    private SocketFollower(ClientWebSocket socket) => Socket = socket;

    public ClientWebSocket Socket { get; }

    public static Uri UriOf(RunningServer server, string path = "/ws") => new UriBuilder(new Uri(server.Address, path)) { Scheme = "ws" }.Uri;

    public static async Task<SocketFollower> ConnectAsync(
        RunningServer server, string? key = RunningServer.AdminKey, string? origin = null, Uri? uri = null)
    {
        var socket = new ClientWebSocket();
        if (key is not null)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        if (origin is not null)
            socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            using var patience = new CancellationTokenSource(Eventually.Soon);
            await socket.ConnectAsync(uri ?? UriOf(server), patience.Token);
            return new(socket);
        }
        catch (WebSocketException refused)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new UpgradeRefusedException(status, refused);
        }
    }

    public static async Task<SocketFollower> SubscribedAsync(
        RunningServer server, string ns, string environment = "production", long? lastRevision = null)
    {
        var follower = await ConnectAsync(server);
        await follower.SubscribeAsync(ns, environment, lastRevision);
        (await follower.NextAsync()).ShouldNotBeNull().Type.ShouldBe("SUBSCRIBED");
        return follower;
    }

    public Task SubscribeAsync(string ns, string environment = "production", long? lastRevision = null) =>
        SayAsync($$"""{"type":"SUBSCRIBE","serviceName":"{{ns}}","environment":"{{environment}}"{{(lastRevision is { } n ? $",\"lastRevision\":{n}" : "")}}}""");

    public Task SayAsync(string text) =>
        Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    public async Task<Heard?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Soon);
        using var text = new MemoryStream();
        while (true)
        {
            var received = await Socket.ReceiveAsync(_buffer, patience.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            text.Write(_buffer, 0, received.Count);
            if (received.EndOfMessage)
                return new(Encoding.UTF8.GetString(text.ToArray()));
        }
    }

    /// <summary>Asserts that nothing was sent: a PING is answered by its PONG and by nothing before it.</summary>
    public async Task HeardNothingAsync()
    {
        await SayAsync("""{"type":"PING"}""");
        (await NextAsync()).ShouldNotBeNull().Text.ShouldBe("""{"type":"PONG"}""");
    }

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        return ValueTask.CompletedTask;
    }
}

internal sealed class UpgradeRefusedException(HttpStatusCode status, Exception inner) : Exception($"Refused with {status}.", inner)
{
    public HttpStatusCode Status { get; } = status;
}

/// <summary>An event stream, read line by line.</summary>
internal sealed class StreamFollower : IFollower
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private StreamFollower(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _lines = new StreamReader(body, Encoding.UTF8);
    }

    /// <summary>Comments seen so far.</summary>
    public int Comments { get; private set; }

    public HttpResponseMessage Response => _response;

    public static async Task<StreamFollower> OpenAsync(RunningServer server, string query, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/stream?{query}");
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        using var patience = new CancellationTokenSource(Eventually.Soon);
        var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        return new(response, await response.Content.ReadAsStreamAsync(patience.Token));
    }

    public async Task<Heard?> NextAsync()
    {
        string? name = null;
        string? id = null;
        string? data = null;
        while (await LineAsync() is { } line)
        {
            if (line.StartsWith(':'))
                Comments++;
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line[6..];
            else if (line.Length == 0 && data is not null)
                return new(data, name, id);
        }

        return null;
    }

    /// <summary>The next line; null when the stream has ended.</summary>
    public async Task<string?> LineAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Soon);
        return await _lines.ReadLineAsync(patience.Token);
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
