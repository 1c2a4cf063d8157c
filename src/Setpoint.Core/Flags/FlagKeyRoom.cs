namespace Setpoint.Core.Flags;

/// <summary>
/// How many flags may have a sketch of their targeting keys at a time, over any number of sets: 4 KiB each. A flag that finds no room counts its
/// answers and not its keys. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Room is taken by flags and given by whoever looks at the sets: sets are replaced while threads still count in them, so that nobody could
/// tell when the last sketch of one is gone. Between two looks there may be a few more than there is room for.
/// </remarks>
public sealed class FlagKeyRoom
{
    private int _left;
    private long _refused;

    /// <param name="sketches">0 or more.</param>
    public FlagKeyRoom(int sketches) => Sketches = sketches;

    /// <summary>How many there may be.</summary>
    public int Sketches
    {
        get;
        private init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = _left = value;
        }
    }

    /// <summary>There are this many now.</summary>
    public void Recount(int sketches) => Volatile.Write(ref _left, Sketches - sketches);

    /// <summary>Takes out how many flags found no room since the last time.</summary>
    public long TakeRefused() => Interlocked.Exchange(ref _refused, 0);

    // Looked at first: where there is no room, cores that evaluate must not contend for the news of it.
    internal bool TryTake() => Volatile.Read(ref _left) > 0 && Interlocked.Decrement(ref _left) >= 0;

    internal void Refuse() => Interlocked.Increment(ref _refused);
}
