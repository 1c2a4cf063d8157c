namespace Setpoint.Client.Snapshots;

/// <summary>
/// Lets one thread see another snapshot than the current one: a candidate while it is judged, or the same snapshot throughout while
/// options are bound, so that binding never mixes two versions. Binding is synchronous, therefore the thread is the right scope.
/// </summary>
internal static class PinnedSnapshot
{
    // Readers look at this first: an ordinary read pays one load of a shared, rarely written line and no thread-static access.
    private static int _underWay;

    [ThreadStatic]
    private static Scope? _innermost;

    /// <summary>True while any thread has a pinned snapshot.</summary>
    public static bool Any => Volatile.Read(ref _underWay) != 0;

    /// <summary>The snapshot of the board pinned to this thread, or null.</summary>
    public static ConfigurationSnapshot? For(SnapshotBoard board)
    {
        for (var scope = _innermost; scope is not null; scope = scope.Outer)
        {
            if (ReferenceEquals(scope.Board, board))
                return scope.Snapshot;
        }

        return null;
    }

    /// <summary>Pins until the result is disposed, on the same thread.</summary>
    public static Scope Pin(SnapshotBoard board, ConfigurationSnapshot snapshot)
    {
        Interlocked.Increment(ref _underWay);
        return _innermost = new Scope(board, snapshot, _innermost);
    }

    public sealed class Scope(SnapshotBoard board, ConfigurationSnapshot snapshot, Scope? outer) : IDisposable
    {
        public SnapshotBoard Board { get; } = board;

        public ConfigurationSnapshot Snapshot { get; } = snapshot;

        public Scope? Outer { get; } = outer;

        public void Dispose()
        {
            if (!ReferenceEquals(_innermost, this))
                throw new InvalidOperationException("Pinned snapshots are released on their own thread, the innermost first.");
            _innermost = Outer;
            Interlocked.Decrement(ref _underWay);
        }
    }
}
