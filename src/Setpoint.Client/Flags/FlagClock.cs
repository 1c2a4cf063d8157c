using System.Collections.Immutable;
using Setpoint.Core.Flags;

namespace Setpoint.Client.Flags;

/// <summary>Tells of flags that a schedule changes by the clock of this process, when it does: nothing arrives then that would tell.</summary>
internal sealed class FlagClock(FlagBoard board, TimeProvider time, Action<FlagsChangedEventArgs> changed)
{
    // Timers stand still while a machine sleeps, and know nothing of a clock that is set. A look costs nothing, and there is none where no schedule is to come.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private DateTimeOffset _told;

    /// <summary>Tells until it is told to stop. Never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        _told = time.GetUtcNow();
        while (!stop.IsCancellationRequested)
        {
            // The signal is taken before the flags, or flags that come between the two would be slept through.
            var replaced = board.Replaced;
            var wait = Look(time.GetUtcNow());
            await replaced.WaitAsync(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Tells what came since the last look, and returns for how long there is nothing to tell.</summary>
    private TimeSpan Look(DateTimeOffset now)
    {
        // Set back, a clock takes back what it had brought: those flags change as well, and again when their time comes.
        var (from, to) = now < _told ? (now, _told) : (_told, now);
        _told = now;
        DateTimeOffset? next = null;
        foreach (var (ns, definitions, set, _) in board.Current.Namespaces)
        {
            if (set is null)
                continue;
            var due = Due(set, from, to);
            if (!due.IsEmpty)
                changed(new(ns, definitions!.Revision, due));
            if (set.NextChange(now)?.At is { } at && (next is null || at < next))
                next = at;
        }

        if (next is not { } moment)
            return Timeout.InfiniteTimeSpan;
        // A timer may be early by less than it can tell apart; one millisecond more is cheaper than a second round.
        var wait = moment - now + TimeSpan.FromMilliseconds(1);
        return wait < LongestWait ? wait : LongestWait;
    }

    private static ImmutableArray<string> Due(FlagSet set, DateTimeOffset after, DateTimeOffset until)
    {
        var due = new SortedSet<string>(StringComparer.Ordinal);
        for (var change = set.NextChange(after); change is not null && change.At <= until; change = set.NextChange(change.At))
            due.UnionWith(change.Keys);
        return due.Count == 0 ? [] : [.. FlagDifference.WithDependents(set, due)];
    }
}
