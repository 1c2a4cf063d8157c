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
internal sealed class FlagBoard(SnapshotBoard board)
{
    private readonly ConcurrentDictionary<(string Namespace, string Environment), Slot> _slots = new();

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
            _slots.TryRemove((ns, environment), out _);
            return missing;
        }

        return _slots.GetOrAdd((ns, environment), static _ => new Slot()).Refresh(snapshot, ns, environment);
    }

    /// <summary>Why nothing can be evaluated there.</summary>
    public static Fault? CheckTarget(Snapshot snapshot, string ns, string environment)
    {
        // A commit of documents may bring flags to a namespace that has nothing else.
        if (!snapshot.Namespaces().Contains(ns) && snapshot.Flags().In(ns).Flags.IsEmpty)
            return Fault.Missing.Namespace(ns);
        return snapshot.Environments().Contains(environment) ? null : Fault.Missing.Environment(environment);
    }

    private sealed class Slot
    {
        private readonly Lock _gate = new();
        private ActiveFlags? _kept;
        private long _revision = -1;

        /// <summary>The newest revision for which what is kept is known to hold. Read it before that.</summary>
        public long Revision => Volatile.Read(ref _revision);

        public ActiveFlags? Kept => Volatile.Read(ref _kept);

        public ActiveFlags Refresh(Snapshot snapshot, string ns, string environment)
        {
            lock (_gate)
            {
                if (_kept is { } kept && _revision >= snapshot.Revision)
                    return kept;
                var next = _kept is not null && _kept.HoldsIn(snapshot) ? _kept : ActiveFlags.Compile(snapshot, ns, environment, _kept);

                // The flags before their revision: who sees the revision sees them.
                Volatile.Write(ref _kept, next);
                Volatile.Write(ref _revision, snapshot.Revision);
                return next;
            }
        }
    }
}
