using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Configs;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Delivery;

/// <summary>
/// One effective configuration, for who is asking, and all who follow it. Whoever brings it a newer snapshot moves it; every subscriber then takes its
/// newest state when its socket is free, as bytes that are made once for all who had the same state before.
/// </summary>
/// <remarks>
/// 1. <see cref="Advance"/> looks at a snapshot and replaces the state if the effective value differs. 2. Its followers are offered
/// the news, over several lanes. 3. A subscriber whose socket is free asks <see cref="FrameOf"/> for the bytes from
/// what it had to what is now. Nothing is queued per subscriber: the newest state is the queue.
/// </remarks>
internal sealed class ViewFeed(FeedKey key, ViewCache views, ArmExposures exposures, FrameShelf frames, int lanes)
{
    private readonly Lock _gate = new();
    private FeedState? _state;
    private long _checked = -1;
    private long _generation = -1;

    public FeedKey Key { get; } = key;

    /// <summary>The newest state. A feed has one as soon as it was advanced.</summary>
    public FeedState State => Volatile.Read(ref _state) ?? throw new InvalidOperationException("The feed was not advanced yet.");

    /// <summary>The newest revision at which the state is known to hold.</summary>
    public long CheckedRevision => Math.Max(Volatile.Read(ref _checked), 0);

    /// <summary>All who follow it.</summary>
    public FeedLanes Followers { get; } = new(lanes);

    /// <summary>Looks at a snapshot that is on the board already.</summary>
    /// <param name="since">Timestamp of its swap.</param>
    /// <returns>True if subscribers have something to learn.</returns>
    public bool Advance(Snapshot snapshot, long since)
    {
        var generation = snapshot.Providers().Generation;
        if (snapshot.Revision <= Volatile.Read(ref _checked) && generation == Volatile.Read(ref _generation))
            return false;
        lock (_gate)
        {
            if (snapshot.Revision <= _checked && generation == _generation)
                return false;
            var old = _state;
            var found = views.Find(snapshot, Key.Target, Key.Audience);
            var view = found.IsFault ? null : found.Value;
            if (view is not null)
                exposures.Note(snapshot, view.Effective, Key.Audience);

            // The cache may know a newer snapshot's view; then this is that snapshot's state.
            var revision = Math.Max(Math.Max(snapshot.Revision, _checked), view?.Effective.Version ?? 0);
            Volatile.Write(ref _generation, generation);
            // Something outside the ledger that it refers to is gone: whoever runs on the last good state goes on with it.
            if (found.Fault is Fault.Invalid && old is { View: not null })
            {
                Volatile.Write(ref _checked, revision);
                return false;
            }

            if (old is null || !ReferenceEquals(old.View, view) || view is null)
            {
                var next = new FeedState(view, found.Fault, revision, (old?.Sequence ?? 0) + 1, since);
                var same = old is not null && old.ShowsSameAs(next);

                // A shadowed value changed: the version moves for those who come later, and nobody is told.
                Volatile.Write(ref _state, same ? next with { Sequence = old!.Sequence, Since = old.Since } : next);
                Volatile.Write(ref _checked, revision);
                return old is not null && !same;
            }

            Volatile.Write(ref _checked, revision);
            return false;
        }
    }

    /// <summary>The bytes that bring a reader from one state to the other.</summary>
    /// <param name="from">Null: nothing is known of what the reader has.</param>
    public PushFrame FrameOf(FeedState? from, FeedState to)
    {
        // After an error the reader may have dropped what it had; it gets the state as if it were new.
        if (from is { View: null })
            from = null;

        // A first state says the revision up to which it holds, or it would look older than SUBSCRIBED. A change says its own. The
        // revision is read before the state, because they are written the other way round: it is never newer than the state.
        var known = CheckedRevision;
        var revision = from is null && ReferenceEquals(to, State) ? Math.Max(known, to.Revision) : to.Revision;
        return frames.FrameOf(from, to, revision);
    }
}
