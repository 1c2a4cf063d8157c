using Setpoint.Core.Json;
using Setpoint.Server.Configs;

namespace Setpoint.Server.Delivery;

/// <summary>
/// The bytes of one configuration's states and changes, made once for all who are told the same: feeds of different audiences that have the
/// same arms, or none, share them. Safe for concurrent use.
/// </summary>
/// <param name="target">Without arms; it is what messages call the configuration.</param>
internal sealed class FrameShelf(ViewKey target)
{
    // States that slow subscribers come from, and arms that a commit changes, are few; bytes for more of them are made again when asked for.
    private const int FramesKept = 8;

    private readonly Lock _rendering = new();
    private readonly Queue<Rendered> _older = new();
    private Rendered? _newest;

    /// <summary>Feeds that take their frames here. Guarded by the table of feeds.</summary>
    public int Feeds { get; set; }

    /// <summary>The bytes that bring a reader from one state to the other.</summary>
    /// <param name="from">Null: nothing is known of what the reader has. It has a view.</param>
    /// <param name="revision">That the message says.</param>
    public PushFrame FrameOf(FeedState? from, FeedState to, long revision)
    {
        var newest = Volatile.Read(ref _newest);
        if (newest is not null && newest.Is(from, to, revision))
            return newest.Frame;
        lock (_rendering)
        {
            if (_newest is { } first && first.Is(from, to, revision))
                return first.Frame;
            foreach (var kept in _older)
            {
                if (kept.Is(from, to, revision))
                    return kept.Frame;
            }

            return Render(from, to, revision);
        }
    }

    private PushFrame Render(FeedState? from, FeedState to, long revision)
    {
        var frame = to.View is { } view
            ? PushMessage.Update(target, from?.View, view, revision)
            : PushMessage.Gone(target, to.Gone!, revision);

        // What a newer commit has changed serves few any more. The arms that one commit changes have one revision.
        if (_newest is { } old && old.Revision < revision)
            _older.Clear();
        else if (_newest is not null)
            _older.Enqueue(_newest);
        if (_older.Count > FramesKept)
            _older.Dequeue();
        Volatile.Write(ref _newest, new Rendered(from?.View?.Effective.Fingerprint, to, revision, frame));
        return frame;
    }

    /// <param name="From">What the reader has; null if nothing is known of that.</param>
    private sealed record Rendered(Fingerprint? From, FeedState To, long Revision, PushFrame Frame)
    {
        public bool Is(FeedState? from, FeedState to, long revision) =>
            Revision == revision && ReferenceEquals(To.View, to.View) && ReferenceEquals(To.Gone, to.Gone) && From == from?.View?.Effective.Fingerprint;
    }
}
