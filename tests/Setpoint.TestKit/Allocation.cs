namespace Setpoint.TestKit;

/// <summary>Counts what work allocates.</summary>
public static class Allocation
{
    private const int Calls = 1000;
    private const int Rounds = 1000;

    /// <summary>
    /// The bytes that a thousand calls of the work allocate on this thread by themselves: none as soon as one round allocated none,
    /// else the least of a thousand rounds.
    /// </summary>
    /// <remarks>
    /// One round says nothing of the work. A collection, which tests beside this one cause, takes buffers out of pools; the runtime
    /// allocates where it compiles anew; and boxes are gone only in a method's final form. Each happens in some rounds and not in all.
    /// </remarks>
    public static long Of(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < Calls; call++)
                work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
