using Setpoint.Faults.Host;
using Setpoint.Faults.Ledger;
using Setpoint.TestKit;

namespace Setpoint.Faults.Linearizability;

/// <summary>Writes are strictly serialisable, also across crashes.</summary>
public sealed class RegisterTests
{
    private const int Clients = 5;
    private const int Rounds = 6;
    private const int RoundMilliseconds = 250;

    // Enough that clients overtake each other, however slow the machine is.
    private const int AnswersOfRoundMin = 30;
    private static readonly string[] Keys = ["reg-a", "reg-b", "reg-c"];

    [Fact]
    public async Task What_clients_saw_across_kills_can_be_explained_by_one_order()
    {
        var random = Runs.NewRandom(nameof(RegisterTests));
        using var folder = new TempFolder();
        var clients = Enumerable.Range(0, Clients).Select(number => new RegisterClient(number, new Random(random.Next()), Keys)).ToList();
        var server = await ServerUnderTest.StartAsync(folder.File("data"));
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                var isOver = false;
                var running = Task.WhenAll(clients.Select(client => client.RunAsync(server, () => Volatile.Read(ref isOver))));
                await Task.WhenAny(running, Task.Delay(random.Next(RoundMilliseconds / 2, RoundMilliseconds), TestContext.Current.CancellationToken));
                await Eventually.TrueAsync(() => running.IsCompleted || clients.Sum(client => client.Done) >= (round + 1) * AnswersOfRoundMin, "the clients are answered");
                await server.KillAsync();
                Volatile.Write(ref isOver, true);
                await running;
                var port = server.Port;
                await server.DisposeAsync();
                server = await ServerUnderTest.StartAsync(folder.File("data"), port);
            }

            var audit = await LedgerAudit.OfAsync(server);
            var history = RegisterHistory.Count(clients.SelectMany(client => client.History), audit);
            Checker.FindViolation(history).ShouldBeNull();

            history.Count(operation => operation.Outcome == OperationOutcome.Conflict).ShouldBeGreaterThan(0, "no client was ever overtaken");
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{history.Count} operations, {history.Count(operation => operation.Outcome == OperationOutcome.Unknown)} of unknown outcome, {history.Count(operation => operation.Outcome == OperationOutcome.Conflict)} conflicts.");

            // The same history with one mistake in it is told from the right one: the check is able to fail.
            var write = history.FindLastIndex(operation => operation is { Kind: OperationKind.Get, Version: > 1 });
            history[write] = history[write] with { Version = history[write].Version - 1 };
            Checker.FindViolation(history).ShouldBe(history[write].Key);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }
}
