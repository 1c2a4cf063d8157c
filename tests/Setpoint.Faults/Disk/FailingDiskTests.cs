using System.Net;
using Setpoint.Faults.Host;
using Setpoint.Faults.Ledger;
using Setpoint.Faults.Linearizability;
using Setpoint.TestKit;

namespace Setpoint.Faults.Disk;

/// <summary>
/// A disk that fails now and then. The system calls of the server are made to fail by strace; nothing of the server is built for it.
/// </summary>
public sealed class FailingDiskTests
{
    private const int Rounds = 2;

    /// <param name="calls">The system calls that fail.</param>
    /// <param name="error">How.</param>
    /// <param name="first">The first of a thread's calls that fails; those before it are the start of the server.</param>
    /// <param name="step">Then each so-manieth. Recovering takes some calls of its own, so that it fails too, but not always.</param>
    [Theory]
    [InlineData("fdatasync,fsync", "EIO", 15, 7)]
    [InlineData("fdatasync,fsync", "ENOSPC", 15, 7)]
    [InlineData("fdatasync,fsync", "EIO", 11, 2)]
    [InlineData("pwrite64", "EIO", 70, 23)]
    [InlineData("pwrite64", "ENOSPC", 70, 23)]
    [InlineData("pread64", "EIO", 150, 31)]
    public async Task Whatever_fails_nothing_acknowledged_is_lost_and_nothing_refused_is_done(string calls, string error, int first, int step)
    {
        Assert.SkipUnless(Strace.Works(out var reason), reason);
        var random = Runs.NewRandom($"{calls} {error}");
        using var folder = new TempFolder();
        string[] keys = ["reg-a", "reg-b"];
        var clients = Enumerable.Range(0, 5).Select(number => new RegisterClient(number, new Random(random.Next()), keys)).ToList();

        // The ledger is made on a sound disk.
        await using (await ServerUnderTest.StartAsync(folder.File("data")))
        {
        }

        for (var round = 0; round < Rounds; round++)
        {
            await using var failing = ServerUnderTest.Launch(folder.File("data"), Ports.Next(), Strace.Inject(calls, error, first, step));
            if (!await failing.IsReadyAsync())
            {
                // The failure came while it was starting: that ends it with one line, and harms nothing.
                (await failing.Process.ErrorLinesAsync()).ShouldHaveSingleItem().ShouldStartWith("setpoint: ");
                continue;
            }

            var isOver = false;
            var running = Task.WhenAll(clients.Select(client => client.RunAsync(failing, () => Volatile.Read(ref isOver))));
            await Task.WhenAny(running, Task.Delay(500 + random.Next(300), TestContext.Current.CancellationToken));

            // Reads from memory do not care.
            (await failing.GetAsync("/api/namespaces")).Succeeded.ShouldBeTrue();
            await failing.KillAsync();
            Volatile.Write(ref isOver, true);
            await running;
        }

        await using var server = await ServerUnderTest.StartAsync(folder.File("data"));
        var audit = await LedgerAudit.OfAsync(server);
        foreach (var value in clients.SelectMany(client => client.Refused))
            audit.Find(value).ShouldBeNull($"{value} was answered with \"nothing was changed\", and is in the ledger");
        var history = RegisterHistory.Count(clients.SelectMany(client => client.History), audit);
        Checker.FindViolation(history).ShouldBeNull();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{history.Count} operations, {history.Count(operation => operation.Outcome == OperationOutcome.Unknown)} of unknown outcome, {clients.Sum(client => client.Refused.Count)} refused.");
    }

    [Fact]
    public async Task After_a_failed_sync_the_server_goes_on_by_itself()
    {
        Assert.SkipUnless(Strace.Works(out var reason), reason);
        using var folder = new TempFolder();
        await using var server = await ServerUnderTest.StartAsync(folder.File("data"), wrapper: Strace.Inject("fdatasync,fsync", "EIO", 20, 1000));
        var acknowledged = new Acknowledged();
        var refused = 0;
        for (var i = 0; refused == 0 || acknowledged.Count < 30; i++)
        {
            i.ShouldBeLessThan(500, "no sync failed, or nothing worked after it");
            var reply = await server.PutAsync("/api/config/synced", $$$"""{"description":"sync-{{{i}}}","config":{"i":{{{i}}} } }""");
            if (reply.Succeeded)
            {
                acknowledged.Add($"sync-{i}", reply.Number("revision"));
                continue;
            }

            reply.Status.ShouldBe(HttpStatusCode.ServiceUnavailable, reply.Text);
            reply.Code.ShouldBe("StoreUnavailable");
            refused++;
        }

        refused.ShouldBe(1, "one failed sync refuses one write");
        (await LedgerAudit.OfAsync(server)).CheckAll(acknowledged);
    }
}
