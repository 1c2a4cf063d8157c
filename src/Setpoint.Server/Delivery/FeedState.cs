using System.Diagnostics;
using Setpoint.Core.Faults;
using Setpoint.Server.Configs;

namespace Setpoint.Server.Delivery;

/// <summary>What the subscribers of a feed should have. Immutable.</summary>
/// <param name="View">Null if the namespace or the environment does not exist.</param>
/// <param name="Gone">Why there is no view.</param>
/// <param name="Revision">Of the snapshot that brought it.</param>
/// <param name="Sequence">Counts the states of a feed that differ in effect.</param>
/// <param name="Since">Timestamp of the swap that brought it.</param>
internal sealed record FeedState(View? View, Fault? Gone, long Revision, long Sequence, long Since)
{
    /// <summary>True if a reader of this one learns nothing from the other.</summary>
    public bool ShowsSameAs(FeedState other)
    {
        Debug.Assert((View is null) == (Gone is not null), "A state is a view or the reason that there is none.");
        if (Sequence == other.Sequence)
            return true;
        return View is { } mine && other.View is { } theirs
            ? mine.Effective.Fingerprint == theirs.Effective.Fingerprint
            : View is null && other.View is null && Gone!.Code == other.Gone!.Code;
    }
}
