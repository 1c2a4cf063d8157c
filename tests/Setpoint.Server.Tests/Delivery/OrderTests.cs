using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Core.Json;
using Setpoint.Server.Delivery;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Delivery;

/// <summary>Watchers that come and go while many write: what they see is a part of what happened, in its order, up to its end.</summary>
public sealed class OrderTests
{
    private const int Writers = 4;
    private const int CommitsEach = 400;
    private static readonly string[] Services = ["mail", "pay"];

    [Fact]
    public async Task Watchers_that_reconnect_at_random_see_only_true_states_in_order_and_end_at_the_last()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SETPOINT_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20261120;
        await using var server = await RunningServer.StartAsync();
        server.App.Services.GetRequiredService<DeliveryLimits>().Lanes = 3;
        foreach (var service in Services)
            await server.PutAsync($"/api/config/{service}", """{"config":{}}""");
        var written = new ConcurrentBag<(string Service, long Revision, string Key, int Value)>();
        var ends = new ConcurrentDictionary<string, long>();

        var watchers = Enumerable.Range(0, 8)
            .Select(i => WatchAsync(server, Services[i % 2], overSocket: i / 2 % 2 == 0, new Random(seed + i), ends))
            .ToList();
        await Task.WhenAll(Services.Select(async service =>
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(server, service, $"w{writer}", written)));
            ends[service] = written.Where(write => write.Service == service).Max(write => write.Revision);
        }));
        var heard = await Task.WhenAll(watchers);

        var states = Services.ToDictionary(service => service, service => StatesOf(written, service));
        foreach (var (service, connections) in heard)
        {
            var told = string.Join("\n", connections.Select(connection => string.Join(" ", connection.Select(message => message.Revision))));
            AssertTrueAndInOrder(states[service], connections, $"seed {seed}, {service}, revisions by connection:\n{told}");
            connections.SelectMany(connection => connection).Last().At("/version").ShouldBe($"{ends[service]}", $"seed {seed}");
        }

        heard.Sum(watcher => watcher.Connections.Count).ShouldBeGreaterThan(heard.Length, "watchers have reconnected");
    }

    private static void AssertTrueAndInOrder(SortedList<long, JsonObject> states, List<List<Heard>> connections, string context)
    {
        var last = 0L;
        JsonValue? before = null;
        foreach (var connection in connections)
        {
            for (var i = 0; i < connection.Count; i++)
            {
                var message = connection[i];
                message.Revision.ShouldBeGreaterThan(last, context);
                last = message.Revision;
                var config = message.Json["config"]!;
                config.Equals(StateAt(states, last)).ShouldBeTrue($"At revision {last} it was {StateAt(states, last)}, not {config}; {context}");

                // Whoever comes back gets either the state, without changes, or nothing until the next change to what it had.
                var changes = before is null ? "[]" : Changes(before, config);
                if (i > 0 || message.At("/changes") != "[]")
                    message.At("/changes").ShouldBe(changes, context);
                before = config;
            }
        }
    }

    private static string Changes(JsonValue before, JsonValue after) =>
        Setpoint.Server.Http.ChangesJson.Of(JsonDiff.Compare(before, after)).ToString();

    private static JsonObject StateAt(SortedList<long, JsonObject> states, long revision)
    {
        var at = states.Keys.Count(key => key <= revision);
        return at == 0 ? JsonObject.Empty : states.Values[at - 1];
    }

    /// <summary>What the configuration was after each of its commits, from what their writers were answered.</summary>
    private static SortedList<long, JsonObject> StatesOf(IEnumerable<(string Service, long Revision, string Key, int Value)> written, string service)
    {
        var states = new SortedList<long, JsonObject>();
        var state = JsonObject.Empty;
        foreach (var (_, revision, key, value) in written.Where(write => write.Service == service).OrderBy(write => write.Revision))
        {
            state = state.With(key, JsonNumber.Of(value));
            states.Add(revision, state);
        }

        return states;
    }

    private static async Task WriteAsync(
        RunningServer server, string service, string key, ConcurrentBag<(string Service, long Revision, string Key, int Value)> written)
    {
        for (var i = 1; i <= CommitsEach; i++)
        {
            var reply = await server.PutAsync($"/api/config/{service}/keys/{key}", $$"""{"value":{{i}}}""");
            written.Add((service, long.Parse(reply.At("/version")!, CultureInfo.InvariantCulture), key, i));
        }
    }

    /// <summary>Follows until the last state, leaving without a word after some messages and coming back with the last revision.</summary>
    private static async Task<(string Service, List<List<Heard>> Connections)> WatchAsync(
        RunningServer server, string service, bool overSocket, Random random, ConcurrentDictionary<string, long> ends)
    {
        var connections = new List<List<Heard>>();
        long? last = null;
        while (true)
        {
            var heard = new List<Heard>();
            connections.Add(heard);
            await using IFollower follower = overSocket
                ? await SocketFollower.SubscribedAsync(server, service, lastRevision: last)
                : await StreamFollower.OpenAsync(server, $"service={service}&environment=production", last?.ToString(CultureInfo.InvariantCulture));
            for (var stay = random.Next(1, 60); stay > 0; stay--)
            {
                if (IsAtEnd())
                    return (service, connections);
                var next = follower.NextAsync();

                // The last message may have been heard while it was not known to be the last: then there is nothing more to wait for.
                await Eventually.TrueAsync(() => next.IsCompleted || IsAtEnd(), "a message comes or all were heard");
                if (!next.IsCompleted)
                {
                    if (follower is SocketFollower socket)
                        socket.Socket.Abort();
                    await Should.ThrowAsync<Exception>(async () => { await follower.DisposeAsync(); await next; });
                    return (service, connections);
                }

                var message = (await next).ShouldNotBeNull();
                message.Type.ShouldBe("CONFIGURATION_UPDATE");
                heard.Add(message);
                last = message.Revision;
            }

            if (follower is SocketFollower leaving && random.Next(2) == 0)
                await leaving.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        bool IsAtEnd() => ends.TryGetValue(service, out var end) && last >= end;
    }
}
