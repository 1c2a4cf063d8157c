using System.Collections.Immutable;
using Setpoint.Core.Flags;
using Setpoint.Core.Ledger;
using Setpoint.Server.Flags;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Delivery;

/// <summary>
/// The flags of a namespace in an environment and all who follow them: a list of news, in order, that holds each flag's newest alone. A
/// follower remembers how far it has read, so that a slow one skips what is outdated and misses no flag. Safe for concurrent use.
/// </summary>
/// <remarks>
/// 1. <see cref="CatchUp"/> compares the flags of the newest snapshot with those before it, looks which schedules have come to something since,
/// and adds news of both. 2. <see cref="Next"/> gives a follower the first news beyond what it has. 3. News that a newer one of the same flag has
/// outdated are passed over, and dropped once they are the half.
/// </remarks>
internal sealed class FlagFeed(FlagTarget target, FlagBoard flags, SnapshotBoard board, TimeProvider time, int lanes)
{
    // Below this the list is not worth cleaning.
    private const int OutdatedMin = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _newest = new(StringComparer.Ordinal);
    private List<FlagNews> _news = [];
    private ActiveFlags? _active;
    private DateTimeOffset _at;
    private long _nextChange = DateTimeOffset.MaxValue.UtcTicks;
    private long _checked = -1;
    private long _sequence;

    public FlagTarget Target { get; } = target;

    public FeedLanes Followers { get; } = new(lanes);

    /// <summary>The sequence of the newest news; 0 for none.</summary>
    public long Sequence => Volatile.Read(ref _sequence);

    /// <summary>The newest revision that was looked at.</summary>
    public long CheckedRevision => Math.Max(Volatile.Read(ref _checked), 0);

    /// <summary>When a schedule changes a flag next.</summary>
    public DateTimeOffset NextChange => new(Volatile.Read(ref _nextChange), TimeSpan.Zero);

    /// <summary>Looks at what is on the board and at the clock.</summary>
    /// <returns>True if followers have something to learn.</returns>
    public bool CatchUp()
    {
        // The timestamp first: it may then be older than the snapshot's, and a lag is never shown too small.
        var since = board.ReplacedAt;
        var snapshot = board.Current;
        var now = time.GetUtcNow();
        if (snapshot.Revision <= Volatile.Read(ref _checked) && now.UtcTicks < Volatile.Read(ref _nextChange))
            return false;
        lock (_gate)
        {
            var before = _sequence;
            var next = flags.Find(snapshot, Target.Namespace, Target.Environment).TryGet(out var found, out _) ? found : null;
            if (_checked >= 0)
            {
                foreach (var key in Changed(_active, next))
                    Add(key, next, Math.Max(snapshot.Revision, _checked), now, since);
                foreach (var key in Due(next, now))
                    Add(key, next, Math.Max(snapshot.Revision, _checked), now, since: 0);
            }

            _active = next;
            _at = now;
            Volatile.Write(ref _nextChange, next?.Set.NextChange(now)?.At.UtcTicks ?? DateTimeOffset.MaxValue.UtcTicks);
            Volatile.Write(ref _checked, Math.Max(snapshot.Revision, _checked));
            return _sequence > before;
        }
    }

    /// <summary>The first news beyond a sequence; null if there is none.</summary>
    public FlagNews? Next(long sequence)
    {
        if (sequence >= Sequence)
            return null;
        lock (_gate)
        {
            for (var i = FirstBeyond(sequence); i < _news.Count; i++)
            {
                if (_newest[_news[i].Key] == _news[i].Sequence)
                    return _news[i];
            }

            return null;
        }
    }

    /// <summary>What somebody may lack who has seen everything before a revision, of it perhaps a part, and nothing since.</summary>
    public ImmutableArray<FlagNews> Since(long revision)
    {
        lock (_gate)
        {
            var snapshot = board.Current;
            var own = snapshot.Flags().In(Target.Namespace);
            var keys = _active is null ? [] : ChangedSince(snapshot, own, _active, revision);
            return [.. keys.Select(key => Describe(key, _active, Math.Max(_checked, 0), time.GetUtcNow(), since: 0))];
        }
    }

    private static IEnumerable<string> ChangedSince(Snapshot snapshot, NamespaceFlags own, ActiveFlags active, long revision)
    {
        // Put back to a backup, the server has another past than the reader.
        if (revision > snapshot.Revision || active.ChainVersion >= revision)
            return active.Keys;
        var changed = own.ChangedSince(revision).ToHashSet(StringComparer.Ordinal);
        foreach (var flag in active.Flags)
        {
            // When the revision was seen is unknown, and so is what its schedule has come to since.
            if (flag.SettingsIn(active.Chain).Schedule is not null
                || flag.Segments.Any(key => Math.Max(snapshot.Segments().VersionOf(flag.Namespace, key), snapshot.Segments().VersionOf(Names.Global, key)) >= revision))
            {
                changed.Add(flag.Key);
            }
        }

        return FlagDifference.WithDependents(active.Set, changed);
    }

    private static IEnumerable<string> Changed(ActiveFlags? before, ActiveFlags? after)
    {
        if (ReferenceEquals(before, after))
            return [];
        if (before is null || after is null)
            return (before ?? after)!.Keys;
        return FlagDifference.Between(before.Set, after.Set);
    }

    private IEnumerable<string> Due(ActiveFlags? next, DateTimeOffset now)
    {
        if (next is null)
            return [];
        var due = new SortedSet<string>(StringComparer.Ordinal);
        for (var change = next.Set.NextChange(_at); change is not null && change.At <= now; change = next.Set.NextChange(change.At))
            due.UnionWith(change.Keys);
        return due.Count == 0 ? due : FlagDifference.WithDependents(next.Set, due);
    }

    private void Add(string key, ActiveFlags? flags, long revision, DateTimeOffset now, long since)
    {
        var news = Describe(key, flags, revision, now, since) with { Sequence = _sequence + 1 };
        _news.Add(news);
        _newest[key] = news.Sequence;
        Volatile.Write(ref _sequence, news.Sequence);
        if (_news.Count > OutdatedMin + (2 * _newest.Count))
            _news = _news.FindAll(one => _newest[one.Key] == one.Sequence);
    }

    private FlagNews Describe(string key, ActiveFlags? flags, long revision, DateTimeOffset now, long since)
    {
        var state = flags?.Set.StateAt(key, now);
        var variant = state is null ? null : flags!.Set.Peek(key, FlagContext.Empty, now).Variant;
        return new(Target, key, state?.IsEnabled ?? false, variant, state is null, revision, Sequence: 0, since);
    }

    private int FirstBeyond(long sequence)
    {
        var (low, high) = (0, _news.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_news[middle].Sequence > sequence)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
