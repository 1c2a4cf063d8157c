using System.Net;
using Setpoint.Faults.Host;
using Setpoint.Faults.Ledger;
using Setpoint.Faults.Linearizability;

namespace Setpoint.Faults.Disk;

/// <summary>A full disk stops writes and nothing else, and once there is room they go on by themselves.</summary>
public sealed class FullDiskTests
{
    private const int DiskKiB = 8 * 1024;
    private const int WritesUntilFullMax = 500;

    [Fact]
    public async Task A_full_disk_answers_507_reads_go_on_and_writes_work_again_when_there_is_room()
    {
        using var disk = SmallDisk.TryMount(DiskKiB, out var reason);
        Assert.SkipWhen(disk is null, reason ?? "");
        var acknowledged = new Acknowledged();
        await using (var server = await ServerUnderTest.StartAsync(disk!.File("data")))
        {
            var first = await server.PutAsync("/api/config/before", """{"description":"before","config":{"kept":1}}""");
            first.Status.ShouldBe(HttpStatusCode.Created);
            acknowledged.Add("before", first.Number("revision"));
            var etag = (await server.GetAsync("/api/config/before")).Json["etag"]!.ToString();
            var poll = server.SendAsync(HttpMethod.Get, "/api/config/before?wait=60s", null, "application/json", ("If-None-Match", etag));

            await using var stream = await EventStream.OpenAsync(server, "/api/stream?service=before");
            (await stream.NextAsync("configuration-update")).ShouldContain("\"kept\":1");

            disk.Fill();
            await WriteUntilRefusedAsync(server, acknowledged);

            // The head stands, and all that was there can still be read: from memory and from the store.
            var head = acknowledged.All.Max(one => one.Value);
            var read = await server.GetAsync("/api/config/before");
            read.Json["config"]!.ToString().ShouldBe("""{"kept":1}""");
            read.Revision.ShouldBe(head.ToString());
            (await server.GetAsync($"/api/commits/{head}")).Succeeded.ShouldBeTrue();
            (await server.GetAsync("/api/config/before/history")).Succeeded.ShouldBeTrue();
            (await server.GetAsync("/api/config/before?version=2")).Succeeded.ShouldBeTrue();
            (await server.PutAsync("/api/config/before?dryRun=true", """{"config":{"kept":2}}""")).Succeeded.ShouldBeTrue();
            (await server.PutAsync("/api/config/before", """{"config":{"kept":2}}""", ("If-Match", "\"77\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
            poll.IsCompleted.ShouldBeFalse();

            disk.Free();
            var second = await server.PutAsync("/api/config/before", """{"description":"after","config":{"kept":2}}""");
            second.Status.ShouldBe(HttpStatusCode.OK, second.Text);
            second.Number("revision").ShouldBe(head + 1, "what was refused took no revision");
            acknowledged.Add("after", head + 1);
            (await poll).Json["config"]!.ToString().ShouldBe("""{"kept":2}""");
            (await stream.NextAsync("configuration-update")).ShouldContain("\"kept\":2");
            (await LedgerAudit.OfAsync(server)).CheckAll(acknowledged);
        }

        await using var restarted = await ServerUnderTest.StartAsync(disk!.File("data"));
        var audit = await LedgerAudit.OfAsync(restarted);
        audit.CheckAll(acknowledged);
        audit.Find("refused").ShouldBeNull("a refused write is in the ledger");
        await audit.CheckEffectiveAsync(restarted);
    }

    [Fact]
    public async Task A_server_killed_on_a_full_disk_starts_on_it_and_has_every_acknowledged_write()
    {
        using var disk = SmallDisk.TryMount(DiskKiB, out var reason);
        Assert.SkipWhen(disk is null, reason ?? "");
        var acknowledged = new Acknowledged();
        await using (var server = await ServerUnderTest.StartAsync(disk!.File("data")))
        {
            disk.Fill();
            await WriteUntilRefusedAsync(server, acknowledged);
            await server.KillAsync();
        }

        await using (var restarted = await ServerUnderTest.StartAsync(disk.File("data")))
        {
            (await LedgerAudit.OfAsync(restarted)).CheckAll(acknowledged);
            disk.Free();
            (await restarted.PutAsync("/api/config/room", """{"config":{"again":true}}""")).Status.ShouldBe(HttpStatusCode.Created);
        }
    }

    [Fact]
    public async Task What_clients_see_while_the_disk_fills_and_empties_can_be_explained_by_one_order()
    {
        using var disk = SmallDisk.TryMount(DiskKiB, out var reason);
        Assert.SkipWhen(disk is null, reason ?? "");
        var random = Runs.NewRandom(nameof(FullDiskTests));
        string[] keys = ["reg-a", "reg-b"];
        var clients = Enumerable.Range(0, 8).Select(number => new RegisterClient(number, new Random(random.Next()), keys)).ToList();
        await using var server = await ServerUnderTest.StartAsync(disk!.File("data"));
        var isOver = false;
        var running = Task.WhenAll(clients.Select(client => client.RunAsync(server, () => Volatile.Read(ref isOver))));
        for (var round = 0; round < 8; round++)
        {
            disk.Fill();
            var refusals = clients.Sum(client => client.Refused.Count);
            await TestKit.Eventually.TrueAsync(() => running.IsCompleted || clients.Sum(client => client.Refused.Count) > refusals + 10, "writes are refused");
            disk.Free();
            var seen = clients.Sum(client => client.History.Count);
            await TestKit.Eventually.TrueAsync(() => running.IsCompleted || clients.Sum(client => client.History.Count) > seen + 20, "writes go on");
        }

        Volatile.Write(ref isOver, true);
        await running;
        var audit = await LedgerAudit.OfAsync(server);
        foreach (var value in clients.SelectMany(client => client.Refused))
            audit.Find(value).ShouldBeNull($"{value} was refused for want of room, and is in the ledger");
        Checker.FindViolation(RegisterHistory.Count(clients.SelectMany(client => client.History), audit)).ShouldBeNull();
    }

    /// <summary>
    /// Writes until there is no room, even for the smallest. The log's file has room of its own until it must grow, so the first writes may
    /// still succeed.
    /// </summary>
    private static async Task WriteUntilRefusedAsync(ServerUnderTest server, Acknowledged acknowledged)
    {
        var refusals = 0;
        for (var i = 0; refusals < 5; i++)
        {
            i.ShouldBeLessThan(WritesUntilFullMax, "the full disk took every write");
            // Large until the first refusal, then small, so that what room is left goes too.
            var filling = new string('x', refusals == 0 ? 30_000 : 10);
            var token = $"fill-{i}";
            var reply = await server.PutAsync($"/api/config/filling", $$$"""{"description":"{{{token}}}","config":{"token":"{{{token}}}","filling":"{{{filling}}}"} }""");
            if (reply.Succeeded)
            {
                acknowledged.Add(token, reply.Number("revision"));
                continue;
            }

            reply.Status.ShouldBe(HttpStatusCode.InsufficientStorage, reply.Text);
            reply.Code.ShouldBe("StoreFull");
            refusals++;
        }
    }
}
