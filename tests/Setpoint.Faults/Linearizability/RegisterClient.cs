using System.Diagnostics;
using System.Net;
using Setpoint.Core.Json;
using Setpoint.Faults.Host;

namespace Setpoint.Faults.Linearizability;

/// <summary>
/// A client that reads and writes registers over HTTP and notes what it saw. A register is a namespace's base layer, its version the
/// layer's version.
/// </summary>
internal sealed class RegisterClient(int number, Random random, IReadOnlyList<string> keys)
{
    private readonly List<Operation> _history = [];
    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);
    private int _serial;
    private int _done;

    /// <summary>Values whose write was answered with "nothing was changed": it must not have happened.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>What it saw, with versions as the server counts them.</summary>
    public IReadOnlyList<Operation> History => _history;

    /// <summary>How often it was answered. Any thread may ask.</summary>
    public int Done => Volatile.Read(ref _done);

    public async Task RunAsync(ServerUnderTest server, Func<bool> isOver)
    {
        while (!isOver())
        {
            var key = keys[random.Next(keys.Count)];
            var goesOn = random.Next(3) == 0 ? await GetAsync(server, key) : await PutAsync(server, key);
            if (!goesOn)
                return;
            Interlocked.Increment(ref _done);
        }
    }

    private async Task<bool> GetAsync(ServerUnderTest server, string key)
    {
        var call = Stopwatch.GetTimestamp();
        if (await TryAsync(() => server.GetAsync($"/api/config/{key}")) is not { } reply)
            return false;
        var ret = Stopwatch.GetTimestamp();
        long version = 0;
        string? value = null;
        if (reply.Status != HttpStatusCode.NotFound)
        {
            reply.Succeeded.ShouldBeTrue(reply.Text);
            version = reply.Number("version");
            value = ((JsonString)((JsonObject)reply.Json["config"]!)["value"]!).Value;
        }

        _known[key] = version;
        _history.Add(new(number, key, OperationKind.Get, OperationOutcome.Ok, call, ret, Operation.Any, null, version, value));
        return true;
    }

    private async Task<bool> PutAsync(ServerUnderTest server, string key)
    {
        // Mostly on the version seen last, which others have often overtaken; now and then on none, or on that there is nothing.
        var expect = random.Next(6) switch
        {
            0 => Operation.Any,
            1 => 0,
            _ => _known.GetValueOrDefault(key),
        };
        var value = $"{number}-{++_serial}";
        (string, string)[] condition = expect switch
        {
            Operation.Any => [],
            0 => [("If-None-Match", "*")],
            _ => [("If-Match", $"\"{expect}\"")],
        };
        var operation = new Operation(
            number, key, OperationKind.Put, OperationOutcome.Unknown, Stopwatch.GetTimestamp(), null, expect, value, 0, null);
        var reply = await TryAsync(() => server.PutAsync($"/api/config/{key}", $$$"""{"description":"{{{value}}}","config":{"value":"{{{value}}}"} }""", condition));
        var ret = Stopwatch.GetTimestamp();
        switch (reply?.Status)
        {
            case null:
                _history.Add(operation);
                return false;
            case HttpStatusCode.InsufficientStorage:
            case HttpStatusCode.ServiceUnavailable when reply.Text.Contains("nothing was changed", StringComparison.Ordinal):
                Refused.Add(value);
                return true;
            case HttpStatusCode.ServiceUnavailable:
                // The store failed in an unknown way, so the write may have happened.
                _history.Add(operation);
                return true;
            case HttpStatusCode.PreconditionFailed:
                _known[key] = reply.Number("actualVersion");
                _history.Add(operation with { Outcome = OperationOutcome.Conflict, Return = ret, Version = _known[key] });
                return true;
            default:
                reply.Succeeded.ShouldBeTrue($"{(int)reply.Status} {reply.Text}");
                _known[key] = reply.Number("version");
                _history.Add(operation with { Outcome = OperationOutcome.Ok, Return = ret, Version = _known[key] });
                return true;
        }
    }

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
