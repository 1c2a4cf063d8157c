using System.Collections.Concurrent;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Flags;

/// <summary>
/// The compiled flags of every namespace and environment. <see cref="FlagWarmer"/> compiles them when a snapshot comes; a reader that is faster
/// than that compiles them itself, so that whoever was told of a commit never evaluates what was before it. Safe for concurrent use; a
/// reader takes no lock unless something has changed.
/// </summary>
internal sealed class FlagBoard(SnapshotBoard board, FlagMetrics metrics, ILogger<FlagBoard> logger)
{
    /// <summary>Flags whose targeting keys are counted at a time, over all environments: 16 MiB at worst.</summary>
    internal const int KeyedFlagsMax = 4_000;

    // A bug that many flags have is understood from a few.
    private const int ToldFailuresMax = 5;

    private readonly FlagKeyRoom _keyRoom = new(KeyedFlagsMax);
    private readonly ConcurrentDictionary<(string Namespace, string Environment), Slot> _slots = new();
    private readonly ReplacedFlags _replaced = new();

    /// <summary>The flags as of the newest snapshot; or that namespace or environment does not exist.</summary>
    public Result<ActiveFlags> Find(string ns, string environment) => Find(board.Current, ns, environment);

    /// <summary>The flags as of this snapshot or a newer one.</summary>
    public Result<ActiveFlags> Find(Snapshot snapshot, string ns, string environment)
    {
        if (_slots.TryGetValue((ns, environment), out var slot) && slot.Revision >= snapshot.Revision && slot.Kept is { } kept)
            return kept;
        return Refresh(snapshot, ns, environment);
    }

    private Result<ActiveFlags> Refresh(Snapshot snapshot, string ns, string environment)
    {
        if (CheckTarget(snapshot, ns, environment) is { } missing)
        {
            // What names can be asked for is bounded by what exists.
            if (_slots.TryRemove((ns, environment), out var gone) && gone.Kept is { } last)
                _replaced.Add(last.Set);
            return missing;
        }

        return _slots.GetOrAdd((ns, environment), static (_, board) => new Slot(board), this).Refresh(snapshot, ns, environment);
    }

    /// <summary>Flags that found no room for their keys since the last time.</summary>
    public long TakeKeysRefused() => _keyRoom.TakeRefused();

    /// <summary>
    /// Takes out how often flags gave which answer since the last time, and to whom, those that were replaced since included. One caller at a
    /// time, who goes to the end.
    /// </summary>
    public IEnumerable<FlagSetUsage> DrainUsage(KeysTaken keys)
    {
        foreach (var usage in _replaced.Drain())
            yield return usage;
        var sketches = 0;
        foreach (var slot in _slots.Values)
        {
            if (slot.Kept is not { Set: { } set })
                continue;
            switch (keys)
            {
                case KeysTaken.All:
                    yield return FlagSetUsage.Drain(set);
                    break;
                case KeysTaken.New:
                    var added = set.NewKeys(out var open);
                    sketches += open;
                    yield return new(set.Namespace, set.Environment, set.DrainUsage(), added);
                    break;
                default:
                    yield return new(set.Namespace, set.Environment, set.DrainUsage(), []);
                    break;
            }
        }

        if (keys != KeysTaken.None)
            _keyRoom.Recount(sketches);
    }

    /// <summary>Why nothing can be evaluated there.</summary>
    public static Fault? CheckTarget(Snapshot snapshot, string ns, string environment)
    {
        if (!snapshot.Namespaces().Contains(ns))
            return Fault.Missing.Namespace(ns);
        return snapshot.Environments().Contains(environment) ? null : Fault.Missing.Environment(environment);
    }

    /// <summary>Once for each flag and environment, until either changes: what is taken over from the set before is not told again.</summary>
    private void Tell(FlagSet set, long revision)
    {
        metrics.CompileFailed(set.Failures.Length);
        foreach (var failure in set.Failures.Take(ToldFailuresMax))
            FlagLog.FlagFailed(logger, failure.Address, set.Environment, failure.Flag.Version, revision, failure.Exception);
        if (set.Failures.Length > ToldFailuresMax)
            FlagLog.MoreFlagsFailed(logger, set.Failures.Length - ToldFailuresMax, set.Namespace, set.Environment, revision);
    }

    private sealed class Slot(FlagBoard owner)
    {
        private readonly Lock _gate = new();
        private ActiveFlags? _kept;
        private long _revision = -1;

        /// <summary>The newest revision for which what is kept is known to hold. Read it before that.</summary>
        public long Revision => Volatile.Read(ref _revision);

        public ActiveFlags? Kept => Volatile.Read(ref _kept);

        public ActiveFlags Refresh(Snapshot snapshot, string ns, string environment)
        {
            var (flags, isNew) = Next(snapshot, ns, environment);
            // Not while others wait: a bug may be that of thousands of flags.
            if (isNew && !flags.Set.Failures.IsEmpty)
                owner.Tell(flags.Set, snapshot.Revision);
            return flags;
        }

        private (ActiveFlags Flags, bool IsNew) Next(Snapshot snapshot, string ns, string environment)
        {
            lock (_gate)
            {
                if (_kept is { } kept && _revision >= snapshot.Revision)
                    return (kept, false);
                var next = _kept is not null && _kept.HoldsIn(snapshot) ? _kept : ActiveFlags.Compile(snapshot, ns, environment, _kept, owner._keyRoom);
                var isNew = _kept != next;
                if (isNew && _kept is not null)
                    owner._replaced.Add(_kept.Set);

                // The flags before their revision: who sees the revision sees them.
                Volatile.Write(ref _kept, next);
                Volatile.Write(ref _revision, snapshot.Revision);
                return (next, isNew);
            }
        }
    }
}

/// <summary>Whose targeting keys are taken out along with the counts.</summary>
internal enum KeysTaken
{
    /// <summary>Nobody's.</summary>
    None,

    /// <summary>Those of flags that somebody new asked for; all are remembered, so that a key that comes again is no news.</summary>
    New,

    /// <summary>Everybody's that were not taken yet, and all are forgotten.</summary>
    All,
}
