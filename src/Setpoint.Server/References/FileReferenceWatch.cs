using Setpoint.Core.Layers;
using Setpoint.Core.References;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.References;

/// <summary>
/// Looks once a second whether a file that the ledger refers to has changed, and wakes the readers if one has. A look costs a few calls to
/// the file system for each such file, and nothing where there is none.
/// </summary>
internal sealed class FileReferenceWatch(FileReferences files, SnapshotBoard board, TimeProvider time, ILogger<FileReferenceWatch> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Reads every file in use again, also those that look the same.</summary>
    public void Reread() => Look(force: true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (files.IsOff)
            return;
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                LookOrLog();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void LookOrLog()
    {
        try
        {
            Look(force: false);
        }
#pragma warning disable CA1031 // The loop's edge: one look that fails because of a bug must not end all following.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            ReferencesLog.LookFailed(logger, bug);
        }
    }

    private void Look(bool force)
    {
        var inUse = board.Current.Configs().Referring
            .SelectMany(layer => layer.Value.References)
            .Where(reference => reference.Provider == Reference.File)
            .Select(reference => reference.Key)
            .ToHashSet(StringComparer.Ordinal);
        var changed = files.Look(inUse, force);
        if (changed.Count == 0)
            return;
        foreach (var (key, value) in changed)
        {
            if (value.Reason is { } reason)
                ReferencesLog.Lost(logger, key, reason);
            else
                ReferencesLog.Changed(logger, key);
        }

        board.Nudge();
    }
}
