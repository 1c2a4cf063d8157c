using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rollouts;

/// <summary><c>rollout/{ns}/{id}</c>: layer 6 of the namespace, for who falls into one of its arms (docs/guides/rollouts.md).</summary>
public sealed class RolloutKind : Kind
{
    public const string KindName = "rollout";

    public override string Name => KindName;

    public override KindIndex EmptyIndex => RolloutIndex.Empty;

    public override ImmutableArray<Rule> Rules { get; } = [new RolloutRule(), new RolloutConflictRule(), new RolloutExperimentRule()];

    public override string? NamespaceOf(Address address) => address.Segments[1];

    /// <exception cref="FormatException">The id breaks the grammar; callers pass only checked names.</exception>
    public static Address AddressOf(string ns, string id) => Address.Of(KindName, ns, id);

    public override object? Parse(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        if (address.Segments.Length != 3)
        {
            violations.Add(address, "", ViolationCode.MalformedDocument, $"{address} is no rollout; the address is {KindName}/{{ns}}/{{id}}.");
        }
        else
        {
            if (!Names.IsValid(address.Segments[1]))
                violations.Add(address, "", ViolationCode.ConstraintViolation, Names.Explain("Namespace", address.Segments[1]));
            if (!Names.IsValid(address.Segments[2]))
                violations.Add(address, "", ViolationCode.ConstraintViolation, Names.Explain("Rollout", address.Segments[2]));
        }

        var rollout = new RolloutReader(address, body, violations).Read();
        return violations.Count > before ? null : rollout;
    }
}
