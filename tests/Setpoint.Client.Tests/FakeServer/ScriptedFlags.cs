using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Setpoint.Client.Tests.FakeServer;

/// <summary>The flags of a scripted server: definitions by namespace, the events about them, and the exposures it was told of.</summary>
internal sealed class ScriptedFlags(string environment, Action signal)
{
    /// <summary>The namespace of which streams tell.</summary>
    public const string Told = "notification-service";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Version, string Flags, string Segments)> _namespaces = new(StringComparer.Ordinal);
    private readonly List<string> _events = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _revision = 1;

    public long Revision
    {
        get
        {
            lock (_lock)
                return _revision;
        }
    }

    /// <summary>From the root to the environment.</summary>
    public string Chain { get; set; } = $"""["{environment}"]""";

    /// <summary>Answers a request for definitions instead of the contract.</summary>
    public Func<HttpContext, Task>? DefinitionsScript { get; set; }

    /// <summary>Answers exposures instead of the contract.</summary>
    public Func<HttpContext, Task>? ExposuresScript { get; set; }

    /// <summary>The bodies of exposures, in the order in which they came.</summary>
    public ConcurrentQueue<string> Exposures { get; } = new();

    /// <summary>How many requests for definitions are held.</summary>
    public int Held => _held;

    private int _held;

    /// <summary>Sets the flags of a namespace at the next revision.</summary>
    /// <param name="flags">Members of an object: <c>"key": document, ...</c>.</param>
    /// <param name="told">How many events go out over the streams.</param>
    public void Publish(string ns, string flags, string segments = "", int told = 1, long? revision = null)
    {
        TaskCompletionSource previous;
        lock (_lock)
        {
            _revision = revision ?? _revision + 1;
            _namespaces[ns] = (_revision, flags, segments);
            for (var i = 0; i < told && ns == Told; i++)
            {
                _events.Add(
                    $"event: feature-flag-update\nid: {_revision}\ndata: {{\"type\":\"FEATURE_FLAG_UPDATE\",\"serviceName\":\"{ns}\",\"flagKey\":\"any\",\"enabled\":true,"
                    + $"\"environment\":\"{environment}\",\"revision\":{_revision}}}\n\n");
            }

            previous = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        previous.SetResult();
        signal();
    }

    /// <summary>The events since a number of them, and the number of all.</summary>
    public (IReadOnlyList<string> Events, int Count) EventsSince(int count)
    {
        lock (_lock)
            return ([.. _events.Skip(count)], _events.Count);
    }

    public async Task DefinitionsAsync(HttpContext context, CancellationToken stopping)
    {
        if (DefinitionsScript is { } script)
        {
            await script(context);
            return;
        }

        var ns = context.Request.Query["namespace"].ToString();
        var (state, revision, changed) = Look(ns);
        var tag = TagOf(state);
        if (long.TryParse(context.Request.Headers["Setpoint-Min-Revision"], out var least) && least > revision)
        {
            await ScriptedServer.Status(503, """{"code":"Behind","detail":"This server is behind."}""")(context);
            return;
        }

        if (context.Request.Query["wait"].FirstOrDefault() is { } wait && context.Request.Headers.IfNoneMatch == tag)
        {
            Interlocked.Increment(ref _held);
            await ScriptedServer.HoldAsync(context, changed, wait, TimeProvider.System, stopping);
            Interlocked.Decrement(ref _held);
            (state, revision, _) = Look(ns);
            tag = TagOf(state);
        }

        context.Response.Headers["Setpoint-Revision"] = revision.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.ETag = tag;
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = 304;
            return;
        }

        await ScriptedServer.Body(
            $$"""{"namespace":"{{ns}}","environment":"{{environment}}","version":{{state.Version}},"etag":{{tag}},"chain":{{Chain}},"flags":[{{Listed(state.Flags)}}],"segments":[{{state.Segments}}]}""")(context);
    }

    public async Task ExposuresAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        Exposures.Enqueue(await reader.ReadToEndAsync(context.RequestAborted));
        if (ExposuresScript is { } script)
            await script(context);
        else
            await ScriptedServer.Status(202)(context);
    }

    private ((long Version, string Flags, string Segments) State, long Revision, Task Changed) Look(string ns)
    {
        lock (_lock)
            return (_namespaces.GetValueOrDefault(ns, (0, "", "")), _revision, _changed.Task);
    }

    private static string TagOf((long Version, string Flags, string Segments) state) =>
        $"\"flags-{state.Version}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(state.Flags + state.Segments)))[..8]}\"";

    private static string Listed(string flags)
    {
        using var document = System.Text.Json.JsonDocument.Parse("{" + flags + "}");
        return string.Join(',', document.RootElement.EnumerateObject().Select(flag => $$"""{"key":"{{flag.Name}}","document":{{flag.Value.GetRawText()}}}"""));
    }
}
