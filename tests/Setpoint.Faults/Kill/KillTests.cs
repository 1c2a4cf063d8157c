using System.Diagnostics;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Faults.Host;
using Setpoint.Faults.Ledger;
using Setpoint.TestKit;

namespace Setpoint.Faults.Kill;

/// <summary>kill -9 at any moment loses nothing that was acknowledged and leaves nothing half done.</summary>
public sealed class KillTests
{
    private const int StartKills = 6;

    /// <summary>The longest time that writers are left alone before the kill.</summary>
    private const int WritingMillisecondsMax = 350;

    [Fact]
    public async Task Killed_under_load_again_and_again_the_server_keeps_every_acknowledged_write()
    {
        var random = Runs.NewRandom(nameof(KillTests));
        using var folder = new TempFolder();
        var acknowledged = new Acknowledged();
        var audit = new LedgerAudit();
        var answeredAgain = 0;
        var clock = Stopwatch.StartNew();
        var server = await ServerUnderTest.StartAsync(folder.File("data"));
        try
        {
            for (var cycle = 1; cycle <= Runs.KillCycles; cycle++)
            {
                var acknowledgedNow = new Acknowledged();
                var load = new WriteLoad(server, $"c{cycle}", acknowledgedNow);
                var writing = load.RunAsync();
                // Every other time something has been acknowledged by then, however slow the machine is.
                if (cycle % 2 == 0)
                    await Eventually.TrueAsync(() => acknowledgedNow.Count > 0 || writing.IsCompleted, "the writers write");
                await Task.WhenAny(writing, Task.Delay(random.Next(WritingMillisecondsMax), TestContext.Current.CancellationToken));
                await server.KillAsync();
                load.Stop();
                await writing;

                var port = server.Port;
                await server.DisposeAsync();
                server = await ServerUnderTest.StartAsync(folder.File("data"), port);
                await audit.CatchUpAsync(server);
                audit.CheckAll(acknowledgedNow);
                CheckBatches(audit);
                answeredAgain += await AnswerAgainAsync(server, load, audit, acknowledgedNow);
                await audit.CheckEffectiveAsync(server);
                foreach (var (token, revision) in acknowledgedNow.All)
                    acknowledged.Add(token, revision);
            }

            // Once more from the first commit, with everything that was ever acknowledged.
            var whole = await LedgerAudit.OfAsync(server);
            whole.CheckAll(acknowledged);
            whole.Snapshot.Hash.ShouldBe(audit.Snapshot.Hash);
            acknowledged.Count.ShouldBeGreaterThanOrEqualTo(Runs.KillCycles / 2, "the writers hardly wrote");
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{Runs.KillCycles} kills, {acknowledged.Count} acknowledged writes, {whole.Snapshot.Revision} commits, {answeredAgain} requests answered again, {clock.Elapsed.TotalSeconds:F1} s.");
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Killed_while_it_starts_the_server_starts_the_next_time()
    {
        var random = Runs.NewRandom(nameof(Killed_while_it_starts_the_server_starts_the_next_time));
        using var folder = new TempFolder();
        var clock = Stopwatch.StartNew();
        await using (var first = await ServerUnderTest.StartAsync(folder.File("measured")))
            clock.Stop();

        for (var cycle = 0; cycle < StartKills; cycle++)
        {
            var data = folder.File($"data{cycle}");
            // Twice on the same folder: the ledger is made in the first start and opened in the second.
            for (var kill = 0; kill < 2; kill++)
            {
                await using var killed = ServerUnderTest.Launch(data, Ports.Next());
                await Task.Delay(clock.Elapsed * random.NextDouble(), TestContext.Current.CancellationToken);
                await killed.KillAsync();
            }

            await using var server = await ServerUnderTest.StartAsync(data);
            var audit = await LedgerAudit.OfAsync(server);
            audit.Snapshot.Revision.ShouldBe(1, "the first commit is made once");
            audit.Snapshot.Environments().All.Select(environment => environment.Name).ShouldBe(["development", "production", "staging"]);
        }
    }

    /// <summary>A commit of several documents is there as a whole or not at all.</summary>
    private static void CheckBatches(LedgerAudit audit)
    {
        var batches = WriteLoad.BatchNamespaces
            .Select(ns => audit.Snapshot.Configs().Find(LayerSlot.BaseOf(ns))?.Content?.Config["batch"])
            .Distinct()
            .ToList();
        batches.Count.ShouldBe(1, $"HALF: the documents of one commit differ: {string.Join(", ", batches)}");
        if (batches[0] is JsonString token)
            audit.Find(token.Value).ShouldNotBeNull().Changes.Count(change => change.Address.Kind == ConfigKind.KindName).ShouldBe(WriteLoad.BatchNamespaces.Length);
    }

    /// <summary>
    /// Sends again what was not answered, and once more what was: each has one effect, which the audit's tokens and the array tell.
    /// </summary>
    private static async Task<int> AnswerAgainAsync(ServerUnderTest server, WriteLoad load, LedgerAudit audit, Acknowledged acknowledged)
    {
        var head = audit.Snapshot.Revision;
        var sent = 0;
        if (load.Answered is { } answered)
        {
            (await WriteLoad.SendAsync(server, answered)).ShouldBe(acknowledged.RevisionOf(answered.Token));
            (await audit.CatchUpAsync(server)).ShouldBe(0, "a request that had been answered had a second effect");
            sent++;
        }

        if (load.Unanswered is { } unanswered)
        {
            var known = audit.Find(unanswered.Token)?.Revision;
            var revision = await WriteLoad.SendAsync(server, unanswered);
            revision.ShouldBe(known ?? head + 1);
            (await audit.CatchUpAsync(server)).ShouldBe(known is null ? 1 : 0);
            acknowledged.Add(unanswered.Token, revision);
            sent++;
        }

        if (sent > 0)
        {
            var log = audit.Snapshot.Configs().Find(LayerSlot.BaseOf(WriteLoad.LogNamespace))!.Content!.Config;
            var entries = ((JsonArray)log["entries"]!).Items.Select(entry => ((JsonString)entry).Value).ToList();
            entries.ShouldBeUnique();
            entries.ShouldBe(acknowledged.All.Where(one => one.Key.Contains("-log-", StringComparison.Ordinal) && !one.Key.Contains("-start-", StringComparison.Ordinal)).OrderBy(one => one.Value).Select(one => one.Key));
        }

        return sent;
    }
}
