using Setpoint.Core.Flags;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Flags;

/// <summary>
/// Compiles flags when a snapshot comes, before anybody asks for them. At the start it lets the server listen first: what somebody asks for
/// meanwhile is compiled for him alone, and not behind all the rest.
/// </summary>
internal sealed class FlagWarmer(SnapshotBoard board, FlagBoard flags, IHostApplicationLifetime lifetime, ILogger<FlagWarmer> logger) : BackgroundService
{
    // Flags times environments. At 2 KiB each this is 400 MB at worst, which is what a server of that size has; beyond it flags are compiled
    // where somebody asks for them.
    private const int PlansMax = 200_000;

    private (object Flags, object Segments, object Environments) _seen;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await StartedAsync(stoppingToken);
            while (true)
            {
                // The signal is taken before the value, or a change between the two would be slept through.
                var changed = board.Changed;
                Compile(board.Current);
                await changed.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private void Compile(Snapshot snapshot)
    {
        // Most commits are about none of these, and their indexes are the same instances then.
        var now = (snapshot.Flags(), snapshot.Segments(), snapshot.Environments());
        if (ReferenceEquals(now.Item1, _seen.Flags) && ReferenceEquals(now.Item2, _seen.Segments) && ReferenceEquals(now.Item3, _seen.Environments))
            return;
        _seen = now;
        var plans = 0;
        foreach (var ns in snapshot.Flags().Namespaces)
        {
            foreach (var environment in snapshot.Environments().All)
            {
                plans += snapshot.Flags().In(ns).Flags.Count;
                if (plans > PlansMax)
                    return;
                CompileOne(snapshot, ns, environment.Name);
            }
        }
    }

    private void CompileOne(Snapshot snapshot, string ns, string environment)
    {
        try
        {
            flags.Find(snapshot, ns, environment);
        }
#pragma warning disable CA1031 // The loop's edge: flags that cannot be compiled because of a bug must not keep all others waiting for a reader.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            FlagLog.CompileFailed(logger, ns, environment, snapshot.Revision, bug);
        }
    }
}
