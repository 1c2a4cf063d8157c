namespace Setpoint.TestKit;

/// <summary>Counts what work allocates.</summary>
public static class Allocation
{
    // A collection, which tests beside this one cause, takes buffers out of pools, and the runtime allocates when it compiles anew: both
    // happen in some rounds and not in all.
    private const int Rounds = 20;

    /// <summary>The bytes that the work allocates on this thread by itself: the least of several rounds, after one that warms up.</summary>
    public static long Of(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        work();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
