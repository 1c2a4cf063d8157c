using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags;

/// <summary>What a snapshot knows of flags and segments.</summary>
public static class SnapshotFlags
{
    public static FlagIndex Flags(this Snapshot snapshot) => snapshot.Index<FlagIndex>(FlagKind.KindName);

    public static SegmentIndex Segments(this Snapshot snapshot) => snapshot.Index<SegmentIndex>(SegmentKind.KindName);
}
