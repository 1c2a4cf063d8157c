using System.Globalization;
using System.Net;
using Setpoint.Core.Json;
using Setpoint.Faults.Host;

namespace Setpoint.Faults.Ledger;

/// <summary>
/// Writers of every sort, side by side, until the server is gone: whole layers, conditions, patches, commits of several documents, and
/// requests with an idempotency key. Each notes what was acknowledged.
/// </summary>
/// <param name="name">Begins every token of this load; no other load on the same ledger has it.</param>
internal sealed class WriteLoad(ServerUnderTest server, string name, Acknowledged acknowledged)
{
    /// <summary>The documents of one commit by the writer of several: they always carry the same batch.</summary>
    public static readonly string[] BatchNamespaces = ["batch-a", "batch-b", "batch-c", "batch-d", "batch-e"];

    public const string CounterNamespace = "counter";
    public const string LogNamespace = "log";

    private const string MergePatch = "application/merge-patch+json";
    private const string JsonPatch = "application/json-patch+json";

    private volatile bool _stopping;
    private int _serial;

    /// <summary>The request with an idempotency key whose answer never came.</summary>
    public IdempotentRequest? Unanswered { get; private set; }

    /// <summary>The last request with an idempotency key that was answered.</summary>
    public IdempotentRequest? Answered { get; private set; }

    /// <summary>Writes until the server has gone or <see cref="Stop"/> is called.</summary>
    /// <exception cref="ShouldAssertException">The server answered something else than success or, on a condition, 412.</exception>
    public Task RunAsync() => Task.WhenAll(
        PutAsync("plain-1", environment: null),
        PutAsync("plain-2", environment: "production"),
        CountAsync(),
        CountAsync(),
        PatchAsync(),
        BatchAsync(),
        BatchAsync(),
        AppendAsync());

    public void Stop() => _stopping = true;

    /// <summary>Sends again what may have been lost on the way, as a client with an idempotency key does.</summary>
    public static async Task<long> SendAsync(ServerUnderTest server, IdempotentRequest request)
    {
        var reply = await server.PatchAsync(request.Path, request.Body, JsonPatch, ("Idempotency-Key", request.Token));
        reply.Succeeded.ShouldBeTrue($"{request.Token}: {(int)reply.Status} {reply.Text}");
        return reply.Number("revision");
    }

    private string NextToken(string writer) => $"{name}-{writer}-{Interlocked.Increment(ref _serial).ToString(CultureInfo.InvariantCulture)}";

    private async Task PutAsync(string ns, string? environment)
    {
        while (!_stopping)
        {
            var token = NextToken(ns);
            var where = environment is null ? "" : $"\"environment\":\"{environment}\",";
            var reply = await TryAsync(() => server.PutAsync(
                $"/api/config/{ns}", $$$"""{ {{{where}}} "description":"{{{token}}}","config":{"token":"{{{token}}}","nested":{"list":[1,2,3],"ratio":0.10} } }"""));
            if (reply is null)
                return;
            Note(token, reply);
        }
    }

    /// <summary>Adds one to a number that another writer adds to as well, on condition that it is still the number that was read.</summary>
    private async Task CountAsync()
    {
        while (!_stopping)
        {
            var read = await TryAsync(() => server.GetAsync($"/api/config/{CounterNamespace}"));
            if (read is null)
                return;
            long version = 0, number = 0;
            if (read.Status != HttpStatusCode.NotFound)
            {
                read.Succeeded.ShouldBeTrue(read.Text);
                version = read.Number("version");
                number = ((JsonNumber)((JsonObject)read.Json["config"]!)["number"]!).TryGetInt64(out var found) ? found : throw new InvalidDataException(read.Text);
            }

            var token = NextToken("count");
            var condition = version == 0 ? ("If-None-Match", "*") : ("If-Match", $"\"{version}\"");
            var reply = await TryAsync(() => server.PutAsync(
                $"/api/config/{CounterNamespace}", $$$"""{"description":"{{{token}}}","config":{"number":{{{number + 1}}} }}""", condition));
            if (reply is null)
                return;
            if (reply.Status != HttpStatusCode.PreconditionFailed)
                Note(token, reply);
        }
    }

    private async Task PatchAsync()
    {
        for (var i = 0; !_stopping; i++)
        {
            var token = NextToken("patch");
            var reply = await TryAsync(() => server.PatchAsync(
                $"/api/config/patched?environment=staging&description={token}", $$$"""{"key{{{i % 20}}}":"{{{token}}}"}""", MergePatch));
            if (reply is null)
                return;
            Note(token, reply);
        }
    }

    private async Task BatchAsync()
    {
        while (!_stopping)
        {
            var token = NextToken("batch");
            var changes = string.Join(",", BatchNamespaces.Select(ns => $$$"""{"address":"config/{{{ns}}}/base","document":{"batch":"{{{token}}}"}}"""));
            var reply = await TryAsync(() => server.PostAsync("/api/commits", $$$"""{"message":"{{{token}}}","changes":[{{{changes}}}]}"""));
            if (reply is null)
                return;
            Note(token, reply);
        }
    }

    /// <summary>Adds to the end of an array: done twice, it would be seen.</summary>
    private async Task AppendAsync()
    {
        // The array begins empty for each load, or it would grow for ever.
        var first = NextToken("log-start");
        var started = await TryAsync(() => server.PutAsync(
            $"/api/config/{LogNamespace}", $$$"""{"description":"{{{first}}}","config":{"load":"{{{name}}}","entries":[]}}"""));
        if (started is null)
            return;
        Note(first, started);
        while (!_stopping)
        {
            var token = NextToken("log");
            var request = new IdempotentRequest(
                token, $"/api/config/{LogNamespace}?description={token}", $$$"""[{"op":"add","path":"/entries/-","value":"{{{token}}}"}]""");
            Unanswered = request;
            var reply = await TryAsync(() => server.PatchAsync(request.Path, request.Body, JsonPatch, ("Idempotency-Key", token)));
            if (reply is null)
                return;
            Note(token, reply);
            Unanswered = null;
            Answered = request;
        }
    }

    private void Note(string token, Reply reply)
    {
        reply.Succeeded.ShouldBeTrue($"{token}: {(int)reply.Status} {reply.Text}");
        acknowledged.Add(token, reply.Number("revision"));
    }

    /// <returns>Null when the server has gone before it answered.</returns>
    private static async Task<Reply?> TryAsync(Func<Task<Reply>> call)
    {
        try
        {
            return await call();
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <param name="Token">Its message and its idempotency key.</param>
internal sealed record IdempotentRequest(string Token, string Path, string Body);
