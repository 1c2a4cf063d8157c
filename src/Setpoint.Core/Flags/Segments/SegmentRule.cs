using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Segments;

/// <summary>The condition of a segment compiles.</summary>
internal sealed class SegmentRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != SegmentKind.KindName || !change.After.Exists)
                continue;
            var segment = context.Candidate.Segments().In(change.Address.Segments[1])[change.Address.Segments[2]];
            if (segment.When is null || JsonLogic.Compile(segment.When, FlagLogic.Segment(slots: null)).TryGet(out _, out var fault))
                continue;
            foreach (var violation in ((Fault.Invalid)fault).Violations)
                violations.Add(change.Address, "/when" + violation.Path, violation.Code, violation.Message);
        }
    }
}
