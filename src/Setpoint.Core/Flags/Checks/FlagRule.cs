using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Checks;

/// <summary>Expressions compile and come to variants, and what flags name exists and goes on existing. It looks at what the commit touches.</summary>
internal sealed class FlagRule : Rule
{
    private const int NamedMax = 20;

    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            switch (change.Address.Kind)
            {
                case FlagKind.KindName when change.After.Exists:
                    var flag = context.Candidate.Flags().Find(change.Address.Segments[1], change.Address.Segments[2])!;
                    new FlagCheck(context, flag, change.Address, violations).Check();
                    break;
                case FlagKind.KindName:
                    CheckRemoved(context.Candidate, change.Address, violations);
                    break;
                case SegmentKind.KindName when !change.After.Exists:
                    CheckSegmentRemoved(context.Candidate, change.Address, violations);
                    break;
                case EnvironmentKind.KindName when !change.After.Exists:
                    var users = context.Candidate.Flags().UsersOfEnvironment(change.Address.Segments[1]);
                    Refuse(change.Address, $"Environment '{change.Address.Segments[1]}' has settings of", users, "remove those first", violations);
                    break;
            }
        }
    }

    private static void CheckRemoved(Snapshot candidate, Address address, ViolationList violations)
    {
        var dependents = candidate.Flags().In(address.Segments[1]).DependentsOf(address.Segments[2]);
        Refuse(address, $"Flag '{address.Segments[2]}' is depended on by", dependents, "take the dependency out of them first", violations);
    }

    private static void CheckSegmentRemoved(Snapshot candidate, Address address, ViolationList violations)
    {
        var key = address.Segments[2];
        var left = candidate.Flags().UsersOfSegment(key)
            .Where(user => candidate.Segments().Find(Address.Parse(user).Segments[1], key) is null)
            .ToImmutableArray();
        Refuse(address, $"Segment '{key}' is named in the rules of", left, "take it out of them first", violations);
    }

    private static void Refuse(Address address, string what, IReadOnlyCollection<string> users, string wayOut, ViolationList violations)
    {
        if (users.Count == 0)
            return;
        var more = users.Count > NamedMax ? $" and {users.Count - NamedMax} more" : "";
        violations.Add(address, "", ViolationCode.ConstraintViolation, $"{what} {string.Join(", ", users.Take(NamedMax))}{more}; {wayOut}.");
    }
}
