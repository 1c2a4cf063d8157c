using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Services;

/// <summary>The environment of a registered service exists, and stays as long as a service is registered in it.</summary>
internal sealed class ServiceEnvironmentRule : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        foreach (var change in context.Changes)
        {
            switch (change.Address.Kind)
            {
                case ServiceKind.KindName when change.After.Exists && !context.Candidate.Environments().Contains(change.Address.Segments[2])
                    && !context.IsRefused(EnvironmentKind.KindName, change.Address.Segments[2]):
                    violations.Add(change.Address, "", ViolationCode.UnknownReference,
                        $"{change.Address} is for environment '{change.Address.Segments[2]}', which does not exist. Create it first, or in the same commit.");
                    break;
                case EnvironmentKind.KindName when !change.After.Exists:
                    CheckRemoved(context.Candidate, change.Address, violations);
                    break;
            }
        }
    }

    private static void CheckRemoved(Snapshot candidate, Address address, ViolationList violations)
    {
        var environment = address.Segments[1];
        var services = candidate.Services().NamesIn(environment).ToList();
        if (services.Count == 0)
            return;
        violations.Add(address, "", ViolationCode.ConstraintViolation,
            $"In environment '{environment}' services are registered: {Phrase.List(services)}; remove them first (DELETE /api/services/{{name}}?environment={environment}).");
    }
}
