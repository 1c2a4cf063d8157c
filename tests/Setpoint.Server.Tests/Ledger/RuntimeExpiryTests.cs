using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Setpoint.Server.Ledger;
using Setpoint.Server.Tests.Host;
using Setpoint.Storage;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Ledger;

public sealed class RuntimeExpiryTests
{
    [Fact]
    public async Task A_start_that_fails_while_it_begins_to_clean_ends_it_without_a_fault()
    {
        await using var server = await RunningServer.StartAsync();
        var services = server.App.Services;
        using var clock = new StoppingClock();
        var expiry = new RuntimeExpiry(
            server.Board, services.GetRequiredService<LedgerWriter>(), services.GetRequiredService<ILedgerStore>(), clock, NullLogger<RuntimeExpiry>.Instance);
        await expiry.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => clock.IsAsked, "it is about to clean");

        // As the host does when a port is taken: it is disposed of, and nobody was told to stop.
        expiry.Dispose();
        clock.GoOn();

        await expiry.ExecuteTask!.WaitAsync(Eventually.Soon, TestContext.Current.CancellationToken);
        expiry.ExecuteTask.IsCompletedSuccessfully.ShouldBeTrue();
    }

    /// <summary>Stops whoever asks for the second time: between the look at the token and the call of the store.</summary>
    private sealed class StoppingClock : TimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim _goOn = new();
        private int _asked;

        public bool IsAsked => Volatile.Read(ref _asked) >= 2;

        public void GoOn() => _goOn.Set();

        public override DateTimeOffset GetUtcNow()
        {
            if (Interlocked.Increment(ref _asked) == 2)
                _goOn.Wait(Eventually.Soon);
            return base.GetUtcNow();
        }

        public void Dispose() => _goOn.Dispose();
    }
}
