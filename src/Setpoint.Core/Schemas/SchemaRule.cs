using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Schemas;

/// <summary>Every schema that a commit touches is one, and so is every schema that leans on it.</summary>
internal sealed class SchemaRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        var schemas = context.Candidate.Index<SchemaIndex>(SchemaKind.KindName);
        SortedDictionary<string, SchemaEntry>? touched = null;
        foreach (var change in context.Changes)
        {
            if (change.Address.Kind != SchemaKind.KindName)
                continue;
            touched ??= new(schemas.Leaning.ToDictionary(entry => entry.Namespace), StringComparer.Ordinal);
            if (schemas.Find(change.Address.Segments[1]) is { } changed)
                touched[changed.Namespace] = changed;
        }

        if (touched is null)
            return;
        // One that leans on others cannot be judged where one of those could not be read.
        var isOtherRefused = context.Refused.Any(address => address.Kind == SchemaKind.KindName);
        foreach (var entry in touched.Values)
        {
            if (isOtherRefused && entry.Content?.MayReferToOthers == true)
                continue;
            switch (entry.Compiled.Fault)
            {
                case null:
                    break;
                case Fault.Invalid invalid:
                    foreach (var violation in invalid.Violations)
                        violations.Add(violation);
                    break;
                case var other:
                    violations.Add(entry.Document.Address, "/schema", ViolationCode.ConstraintViolation, other.Message);
                    break;
            }
        }
    }
}
