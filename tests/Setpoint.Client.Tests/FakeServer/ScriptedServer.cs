using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Setpoint.TestKit;

namespace Setpoint.Client.Tests.FakeServer;

/// <summary>A request as the server saw it.</summary>
internal sealed record SeenRequest(string Path, string Query, string? IfNoneMatch, string? LastEventId, string? MinRevision, string? Authorization);

/// <summary>
/// A server that speaks the wire contract for one configuration, and misbehaves on demand. Every script replaces one endpoint's answer
/// until it is set back to null.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string Key = "test-key";

    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = NewSignal();
    private State _state;

    private ScriptedServer(WebApplication app, State state)
    {
        _app = app;
        _state = state;
        Flags = new("production", () => Signal());
    }

    public string Service { get; init; } = "notification-service";

    public string Environment { get; init; } = "production";

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    /// <summary>Answers a configuration request instead of the contract.</summary>
    public Func<HttpContext, Task>? ConfigScript { get; set; }

    /// <summary>Answers a stream request instead of the contract.</summary>
    public Func<HttpContext, Task>? StreamScript { get; set; }

    /// <summary>Answers a registration instead of the contract.</summary>
    public Func<HttpContext, Task>? RegisterScript { get; set; }

    /// <summary>The bodies of registrations, in the order in which they came.</summary>
    public ConcurrentQueue<string> Registrations { get; } = new();

    /// <summary>The clock by which it holds polls of the configuration.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The feature flags of the environment production.</summary>
    public ScriptedFlags Flags { get; }

    public string Url { get; private set; } = string.Empty;

    public int Port => new Uri(Url).Port;

    public long Revision => _state.Revision;

    public int OpenStreams => _openStreams;

    private int _openStreams;

    /// <param name="config">What it has to tell.</param>
    /// <param name="port">The port that another one had before; any if null.</param>
    public static async Task<ScriptedServer> StartAsync(string config = "{}", int? port = null, long revision = 1, string environment = "production")
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartAsync(config, port ?? Ports.Next(), revision, environment);
            }
            catch (IOException) when (port is null && attempt < 5)
            {
                // Another process was quicker.
            }
        }
    }

    private static async Task<ScriptedServer> StartAsync(string config, int port, long revision, string environment)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        var app = builder.Build();
        var server = new ScriptedServer(app, new(revision, config)) { Environment = environment };
        app.MapGet("/api/config/{service}", server.ConfigAsync);
        app.MapGet("/api/stream", server.StreamAsync);
        app.MapPost("/api/services/register", server.RegisterAsync);
        app.MapGet("/api/flags/definitions", server.DefinitionsAsync);
        app.MapPost("/api/features/exposures", server.ExposuresAsync);
        await app.StartAsync();
        server.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return server;
    }

    /// <summary>A new configuration at the next revision, or at a revision of choice.</summary>
    public void Publish(string config, long? revision = null)
    {
        lock (_lock)
            _state = new(revision ?? _state.Revision + 1, config);
        Signal();
    }

    public void Reload() => Signal(reload: true);

    /// <summary>Ends every open stream, as a restart of the server would.</summary>
    public void CutStreams()
    {
        lock (_lock)
            _cut++;
        Signal();
    }

    private int _cut;
    private int _reloads;

    public static Func<HttpContext, Task> Status(int status, string? body = null, string? retryAfter = null) => async context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        if (body is not null)
        {
            context.Response.ContentType = "application/problem+json";
            await context.Response.WriteAsync(body);
        }
    };

    public static Func<HttpContext, Task> Body(string body, string type = "application/json") => async context =>
    {
        context.Response.ContentType = type;
        await context.Response.WriteAsync(body);
    };

    /// <summary>Accepts the request and never answers it.</summary>
    public static Func<HttpContext, Task> Hang { get; } = async context =>
    {
        using var held = UnderWay.Hold(context.Connection.LocalPort);
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
    };

    /// <summary>A proxy that buffers: headers, then nothing.</summary>
    public static Func<HttpContext, Task> SilentStream { get; } = async context =>
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
    };

    /// <summary>Holds a long poll until something changes or it has waited for as long as it may.</summary>
    public static async Task HoldAsync(HttpContext context, Task changed, string wait, TimeProvider time, CancellationToken stopping)
    {
        using var held = UnderWay.Hold(context.Connection.LocalPort);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.WhenAny(changed, Task.Delay(TimeSpan.FromSeconds(int.Parse(wait.TrimEnd('s'), CultureInfo.InvariantCulture)), time, either.Token));
    }

    public IReadOnlyList<SeenRequest> RequestsTo(string path) => [.. Requests.Where(request => request.Path.StartsWith(path, StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal(bool reload = false)
    {
        TaskCompletionSource previous;
        lock (_lock)
        {
            if (reload)
                _reloads++;
            previous = _changed;
            _changed = NewSignal();
        }

        previous.SetResult();
    }

    private (State State, Task Changed, int Cut, int Reloads) Look()
    {
        lock (_lock)
            return (_state, _changed.Task, _cut, _reloads);
    }

    private void Note(HttpContext context)
    {
        var headers = context.Request.Headers;
        Requests.Enqueue(new(
            context.Request.Path, context.Request.QueryString.Value ?? "", headers.IfNoneMatch, headers["Last-Event-ID"], headers["Setpoint-Min-Revision"], headers.Authorization));
    }

    private async Task ConfigAsync(HttpContext context, string service)
    {
        Note(context);
        if (ConfigScript is { } script)
        {
            await AbortableAsync(script, context);
            return;
        }

        if (await RefusedAsync(context))
            return;
        var (state, changed, _, _) = Look();
        if (context.Request.Query["wait"].FirstOrDefault() is { } wait && context.Request.Headers.IfNoneMatch == state.ETag)
        {
            await HoldAsync(context, changed, wait, Time, _stopping.Token);
            state = Look().State;
        }

        context.Response.Headers["Setpoint-Revision"] = state.Revision.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.ETag = state.ETag;
        if (context.Request.Headers.IfNoneMatch == state.ETag)
        {
            context.Response.StatusCode = 304;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            $$"""{"serviceName":"{{service}}","environment":"{{Environment}}","version":{{state.Revision}},"etag":{{state.ETag}},"config":{{state.Config}}}""");
    }

    private async Task RegisterAsync(HttpContext context)
    {
        Note(context);
        using var reader = new StreamReader(context.Request.Body);
        Registrations.Enqueue(await reader.ReadToEndAsync(context.RequestAborted));
        if (RegisterScript is { } script)
            await AbortableAsync(script, context);
        else if (!await RefusedAsync(context))
            await Status(201, "{}")(context);
    }

    private async Task DefinitionsAsync(HttpContext context)
    {
        Note(context);
        await AbortableAsync(script => Flags.DefinitionsAsync(script, _stopping.Token), context);
    }

    private async Task ExposuresAsync(HttpContext context)
    {
        Note(context);
        await AbortableAsync(Flags.ExposuresAsync, context);
    }

    private async Task StreamAsync(HttpContext context)
    {
        Note(context);
        if (StreamScript is { } script)
        {
            await AbortableAsync(script, context);
            return;
        }

        if (await RefusedAsync(context))
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        Interlocked.Increment(ref _openStreams);
        try
        {
            await SendAsync(context, either.Token);
        }
        catch (OperationCanceledException)
        {
            // The client or the test is done.
        }
        finally
        {
            Interlocked.Decrement(ref _openStreams);
        }
    }

    private async Task SendAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream";
        var sent = long.TryParse(context.Request.Headers["Last-Event-ID"], out var last) ? last : -1;
        var (_, _, cut, reloads) = Look();
        var flagEvents = Flags.EventsSince(0).Count;
        var tellsFlags = context.Request.Query["subscriptions"].ToString().Contains("feature-flags", StringComparison.Ordinal);
        await context.Response.WriteAsync(": hello\n\n", cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
        while (true)
        {
            var now = Look();
            if (now.Cut != cut)
                return;
            if (now.State.Revision != sent)
            {
                sent = now.State.Revision;
                await context.Response.WriteAsync(Update(now.State), cancellationToken);
            }

            if (now.Reloads != reloads)
            {
                reloads = now.Reloads;
                await context.Response.WriteAsync(
                    $"event: configuration-reload\nid: {sent}\ndata: {{\"type\":\"CONFIGURATION_RELOAD\",\"revision\":{sent}}}\n\n", cancellationToken);
            }

            var (events, count) = Flags.EventsSince(flagEvents);
            flagEvents = count;
            foreach (var one in tellsFlags ? events : [])
                await context.Response.WriteAsync(one, cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
            await now.Changed.WaitAsync(cancellationToken);
        }
    }

    private string Update(State state) =>
        $"event: configuration-update\nid: {state.Revision}\ndata: {{\"type\":\"CONFIGURATION_UPDATE\",\"serviceName\":\"{Service}\",\"environment\":\"{Environment}\","
        + $"\"version\":{state.Revision},\"revision\":{state.Revision},\"etag\":{state.ETag},\"config\":{state.Config},\"changes\":[]}}\n\n";

    private async Task<bool> RefusedAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != $"Bearer {Key}")
        {
            await Status(401, """{"code":"Unauthenticated","detail":"Unknown key."}""")(context);
            return true;
        }

        if (!long.TryParse(context.Request.Headers["Setpoint-Min-Revision"], out var least) || least <= Revision)
            return false;
        await Status(503, $$"""{"code":"Behind","detail":"This server is at {{Revision}}, not at {{least}}."}""")(context);
        return true;
    }

    private async Task AbortableAsync(Func<HttpContext, Task> script, HttpContext context)
    {
        using var abort = _stopping.Token.Register(context.Abort);
        try
        {
            await script(context);
        }
        catch (OperationCanceledException)
        {
            // The client gave up, which is what such a script is for.
        }
    }

    private sealed record State(long Revision, string Config)
    {
        /// <summary>Of the content and its version, quoted.</summary>
        public string ETag { get; } = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{Revision}{Config}")))[..16]}\"";
    }
}
