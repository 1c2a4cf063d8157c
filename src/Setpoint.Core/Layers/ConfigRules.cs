using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>A layer's environment exists.</summary>
internal sealed class ConfigTargetRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != ConfigKind.KindName || !change.After.Exists || !LayerSlot.TryParse(change.Address, out var slot, out _))
                continue;
            if (slot.Scope is LayerScope.Environment or LayerScope.Runtime && !context.Candidate.Environments().Contains(slot.Key)
                && !context.IsRefused(EnvironmentKind.KindName, slot.Key))
            {
                violations.Add(change.Address, "", ViolationCode.UnknownReference,
                    $"{change.Address} is for environment '{slot.Key}', which does not exist. Create it first, or in the same commit.");
            }
        }
    }
}

/// <summary>A namespace has at most <see cref="Limits.NamespaceKeysMax"/> keys in all its layers.</summary>
internal sealed class ConfigKeysRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != ConfigKind.KindName || !change.After.Exists)
                continue;
            var keys = context.Candidate.Configs().Find(change.Address.Segments[1])?.Keys ?? 0;
            if (keys > Limits.NamespaceKeysMax)
            {
                violations.Add(change.Address, "", ViolationCode.ConstraintViolation,
                    $"Namespace '{change.Address.Segments[1]}' would have {keys} keys; the limit is {Limits.NamespaceKeysMax}. Move some to a namespace of their own and include it.");
            }
        }
    }
}

/// <summary>A runtime override ends in the future, and not too far.</summary>
internal sealed class ConfigExpiryRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != ConfigKind.KindName || !change.After.Exists || !LayerSlot.TryParse(change.Address, out var slot, out _))
                continue;
            if (context.Candidate.Configs().Find(slot)?.Content?.ExpiresAt is not { } end)
                continue;
            if (end <= context.Now)
                violations.Add(change.Address, "/expiresAt", ViolationCode.ConstraintViolation, $"{change.Address} would end at {CommitHash.Timestamp(end)}, which is past.");
            else if (end - context.Now > ConfigKind.RuntimeLifetimeMax)
                violations.Add(change.Address, "/expiresAt", ViolationCode.ConstraintViolation, $"{change.Address} would end at {CommitHash.Timestamp(end)}; a runtime override lasts {ConfigKind.RuntimeLifetimeMax.TotalDays} days at most.");
        }
    }
}
