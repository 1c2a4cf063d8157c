using System.Collections.Concurrent;
using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Server.Ledger;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Configs;

/// <summary>Which effective configuration.</summary>
/// <param name="Arms">Null: without any.</param>
internal readonly record struct ViewKey(string Namespace, string? Environment, string? User, ArmChoice? Arms = null)
{
    public ResolveContext Context => new(Environment, User) { Arms = Arms };
}

/// <summary>
/// The effective configurations that are being read, resolved and rendered once per version of what contributes to them. A commit elsewhere
/// costs a reader a few look-ups; nothing is ever invalidated from outside. Safe for concurrent use; readers take no lock.
/// </summary>
internal sealed class ViewCache(SnapshotBoard board, ConfigMetrics metrics)
{
    // 1,000 namespaces in 20 environments. Past this the views that were not read lately go.
    private const int ViewsMax = 20_000;

    private readonly ConcurrentDictionary<ViewKey, Slot> _slots = new();

    public int Count => _slots.Count;

    /// <summary>The view as of the newest snapshot, or why there is none.</summary>
    public Result<View> Find(in ViewKey key) => Find(board.Current, key);

    /// <summary>The view as of this snapshot or a newer one. One whose references lead nowhere is a fault: nobody gets a part of it.</summary>
    public Result<View> Find(Snapshot snapshot, in ViewKey key)
    {
        var found = FindAsWritten(snapshot, key);
        return found.IsFault || found.Value.Problem is not { } problem ? found : problem;
    }

    /// <summary>The view with the arms of who is asking, as of this snapshot or a newer one.</summary>
    /// <param name="key">Without arms.</param>
    /// <param name="audience">Null: nobody in particular.</param>
    public Result<View> Find(Snapshot snapshot, in ViewKey key, Audience? audience)
    {
        var found = FindAsWritten(snapshot, key, audience);
        return found.IsFault || found.Value.Problem is not { } problem ? found : problem;
    }

    /// <inheritdoc cref="Find(Snapshot, in ViewKey, Audience?)"/>
    public Result<View> FindAsWritten(Snapshot snapshot, in ViewKey key, Audience? audience)
    {
        while (true)
        {
            var found = FindAsWritten(snapshot, key with { Arms = Rollouts.Arms.Of(snapshot, key.Namespace, key.Environment, audience) });
            if (audience is null || found.IsFault || found.Value.Effective.Version <= snapshot.Revision)
                return found;
            // Somebody else has brought the view to a newer snapshot, in which these may not be the arms of who is asking here. It is on
            // the board already; another round is only needed if another commit came in between.
            snapshot = board.Current;
        }
    }

    /// <summary>The view as <see cref="Find(Snapshot, in ViewKey)"/> finds it, or one with a problem, for who shows layers and not their merge.</summary>
    public Result<View> FindAsWritten(Snapshot snapshot, in ViewKey key)
    {
        if (key.User is null || HasLayer(snapshot, key.Namespace, key.User))
            return FindExactly(snapshot, key);

        // A user without settings sees what everybody sees, unless that refers to something where the user has some. Keeping it once
        // bounds the cache by what is stored, not by what is asked.
        var common = FindExactly(snapshot, key with { User = null });
        if (!common.IsFault)
        {
            foreach (var other in common.Value.Effective.Dependencies)
            {
                if (HasLayer(snapshot, other, key.User))
                    return FindExactly(snapshot, key);
            }
        }

        return common;
    }

    /// <summary>Whether namespace and environment exist.</summary>
    public static Fault? CheckTarget(Snapshot snapshot, string ns, string? environment)
    {
        if (!snapshot.Namespaces().Contains(ns))
            return Fault.Missing.Namespace(ns);
        if (environment is not null && !snapshot.Environments().Contains(environment))
            return Fault.Missing.Environment(environment);
        return null;
    }

    private static bool HasLayer(Snapshot snapshot, string ns, string user) =>
        snapshot.Configs().Find(new LayerSlot(ns, LayerScope.User, user)) is not null;

    private Result<View> FindExactly(Snapshot snapshot, in ViewKey key)
    {
        if (_slots.TryGetValue(key, out var slot))
        {
            var kept = slot.Kept;
            if (kept.Revision >= snapshot.Revision && !kept.View.Effective.IsOutdated(snapshot))
            {
                slot.Touch();
                return kept.View;
            }
        }

        return Refresh(snapshot, key, slot);
    }

    private Result<View> Refresh(Snapshot snapshot, in ViewKey key, Slot? slot)
    {
        if (CheckTarget(snapshot, key.Namespace, key.Environment) is { } fault)
        {
            _slots.TryRemove(key, out _);
            return fault;
        }

        var old = slot?.Kept.View;
        var view = old?.Effective.HoldsAt(snapshot) == true ? old : Resolve(snapshot, key);
        if (slot is null)
        {
            if (_slots.Count >= ViewsMax)
                DropOldest();
            slot = _slots.GetOrAdd(key, static (_, first) => new Slot(first), new Checked(view, snapshot.Revision));
        }

        return slot.Keep(new Checked(view, snapshot.Revision)).View;
    }

    private View Resolve(Snapshot snapshot, in ViewKey key)
    {
        metrics.Resolved();
        return new View(EffectiveConfiguration.Resolve(snapshot, key.Namespace, key.Context));
    }

    private void DropOldest()
    {
        foreach (var (key, _) in _slots.OrderBy(pair => pair.Value.LastUsed).Take(ViewsMax / 4).ToList())
            _slots.TryRemove(key, out _);
    }

    /// <summary>A view, and the newest revision for which it is known to hold.</summary>
    private sealed record Checked(View View, long Revision)
    {
        public long Generation => View.Effective.References?.Generation ?? 0;
    }

    private sealed class Slot(Checked first)
    {
        private Checked _kept = first;
        private long _lastUsed = Environment.TickCount64;

        public Checked Kept => Volatile.Read(ref _kept);

        public long LastUsed => Volatile.Read(ref _lastUsed);

        public void Touch()
        {
            // Once a second at most: readers on several cores must not fight over this line of memory.
            var now = Environment.TickCount64;
            if (now - Volatile.Read(ref _lastUsed) > 1000)
                Volatile.Write(ref _lastUsed, now);
        }

        /// <summary>Keeps the newer of the two, by revision and then by what was read outside the ledger, and returns it.</summary>
        public Checked Keep(Checked next)
        {
            while (true)
            {
                var current = Kept;
                if (current.Revision > next.Revision || (current.Revision == next.Revision && current.Generation >= next.Generation))
                    return current;
                if (Interlocked.CompareExchange(ref _kept, next, current) == current)
                    return next;
            }
        }
    }
}
