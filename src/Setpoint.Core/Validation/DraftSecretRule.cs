using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Validation;

/// <summary>
/// A stopped rollout is a draft, which is checked when it starts; but what is written stays in the history for ever. So a secret in plain
/// text is refused at once. An arm is looked at alone: what a schema says of a place only where something else stands beside it, is seen at the start.
/// </summary>
internal sealed class DraftSecretRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != RolloutKind.KindName || !change.After.Exists
                || context.Candidate.Rollouts().Find(change.Address.Segments[1], change.Address.Segments[2]) is not { IsRunning: false } rollout
                || context.Candidate.Schemas().Find(rollout.Namespace) is not { } entry
                || !entry.Compiled.TryGet(out var schema, out _) || !schema.HasMarks)
                continue;
            foreach (var arm in rollout.Arms)
                Check(schema, arm, change.Address, violations);
        }
    }

    private static void Check(JsonSchema schema, RolloutArm arm, Address address, ViolationList violations)
    {
        var marks = new List<SchemaMark>();
        schema.FindMarks(arm.Config, marks);
        foreach (var mark in marks)
        {
            if (mark.Kind == SchemaMarkKind.Secret && !SecretPlace.Allows(mark.Value))
                violations.Add(address, $"/arms{JsonPointer.Of(arm.Name)}/config{mark.InstancePath}", ViolationCode.ConstraintViolation, SecretPlace.Refusal(mark.InstancePath));
        }
    }
}
