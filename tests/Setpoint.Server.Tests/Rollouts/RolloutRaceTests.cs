using System.Collections.Immutable;
using Setpoint.Core;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Configs;
using Setpoint.Server.Ledger;
using Setpoint.Server.Process;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>Readers while rollouts start and stop: what a reader sees is what one snapshot gives.</summary>
public sealed class RolloutRaceTests : IDisposable
{
    private static readonly ViewKey Key = new("mail", "production", User: null);
    private static readonly Audience Ann = Audience.Of("ann", null)!;

    private readonly ServerMeter _meter = new();
    private readonly SnapshotBoard _board = new(StandardCatalog.Default);
    private readonly ViewCache _views;

    public RolloutRaceTests()
    {
        _views = new(_board, new ConfigMetrics(_meter));
        Commit(new ProposedChange(Address.Parse("environment/production"), JsonObject.Empty));
        Publish(0);
    }

    public void Dispose() => _meter.Dispose();

    [Fact]
    public void A_reader_of_an_older_snapshot_never_gets_the_base_of_a_newer_one_without_its_arm()
    {
        var old = _board.Current;
        Read(old, Ann).ShouldBe((0, 0));
        Publish(1);
        // Somebody without an arm has brought the common view to the new snapshot.
        Read(_board.Current, audience: null).ShouldBe((1, -1));

        Read(old, Ann).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Readers_that_race_starts_and_stops_never_see_half_of_one()
    {
        using var stop = new CancellationTokenSource();
        var seen = 0;
        var readers = Enumerable.Range(0, 3).Select(number => Task.Factory.StartNew(
            () =>
            {
                long last = 0;
                var audience = number == 0 ? null : Ann;
                while (!stop.IsCancellationRequested)
                {
                    var (at, value) = Read(_board.Current, audience);
                    at.ShouldBeGreaterThanOrEqualTo(last);
                    value.ShouldBe(audience is not null && at % 2 == 1 ? at : -at, $"at {at}");
                    Interlocked.Add(ref seen, at > last ? 1 : 0);
                    last = at;
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();

        for (var i = 1; i <= 3_000 && readers.All(reader => !reader.IsCompleted); i++)
            Publish(i);
        // Readers that were never given the processor would have seen nothing, and proved nothing.
        SpinWait.SpinUntil(() => Volatile.Read(ref seen) > 0, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    /// <summary>In one commit: a base that says when it was, and a rollout that runs at odd times and says the same. Who has the arm sees one number twice.</summary>
    private void Publish(long at) => Commit(
        new(Address.Parse("config/mail/base"), Parse($$$"""{"at":{{{at}}},"value":{{{-at}}} }"""), null),
        new(Address.Parse("rollout/mail/pool"), Parse(
            $$$"""{"state":"{{{(at % 2 == 1 ? "running" : "stopped")}}}","split":{"weights":{"new":1} },"arms":{"new":{"config":{"value":{{{at}}} } } } }"""), null));

    private void Commit(params ProposedChange[] changes)
    {
        var verdict = Gate.Judge(_board.Current, new("tester", "", [], _ => ImmutableArray.Create(changes)), DateTimeOffset.UnixEpoch);
        _board.Replace(verdict.Value.After);
    }

    private (long At, long Value) Read(Snapshot snapshot, Audience? audience)
    {
        var config = _views.Find(snapshot, Key, audience).Value.Effective.Config;
        return (Number(config["at"]), Number(config["value"]));
    }

    private static long Number(JsonValue? value) => value is JsonNumber number && number.TryGetInt64(out var found) ? found : throw new InvalidOperationException($"{value} is no number.");

    private static JsonObject Parse(string json) => JsonReader.ParseObject(System.Text.Encoding.UTF8.GetBytes(json), JsonLimits.Document).Value;
}
