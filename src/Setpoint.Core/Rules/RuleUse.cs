using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rules;

/// <summary>A namespace that a rule reads beside its own.</summary>
/// <param name="Namespace">Its name, or <see cref="Dependents"/>.</param>
/// <param name="Alias">Its name below <c>$uses</c>; the namespace itself unless <c>as</c> says otherwise.</param>
public sealed record RuleUse(string Namespace, string Alias)
{
    /// <summary>Stands for all namespaces that include or reference the rule's own. Only for rules across namespaces.</summary>
    public const string Dependents = "@dependents";

    public bool IsDependents => Namespace == Dependents;

    /// <summary>Reads <c>"db-main"</c>, <c>{"namespace": "a.b", "as": "ab"}</c> or <c>"@dependents"</c>; null if it is none of them.</summary>
    internal static RuleUse? Parse(JsonValue value, RuleReach reach, Address address, string path, ViolationList violations)
    {
        string? name;
        string? alias = null;
        switch (value)
        {
            case JsonString text:
                name = text.Value;
                break;
            case JsonObject members:
                var shape = new ShapeReader(address, members, violations, path);
                name = shape.RequiredString("namespace", Names.LengthMax);
                alias = shape.OptionalString("as");
                shape.RefuseUnknown();
                break;
            default:
                violations.Add(address, path, ViolationCode.InvalidParameterType,
                    $"An entry of 'uses' is the name of a namespace or {{\"namespace\": ..., \"as\": ...}}, not {JsonKinds.Describe(value.Kind)}.");
                return null;
        }

        if (name is null)
            return null;
        if (name == Dependents)
        {
            if (reach == RuleReach.Namespaces)
                return new(name, alias ?? name);
            violations.Add(address, path, ViolationCode.ConstraintViolation, $"'{Dependents}' is for rules with \"across\": \"namespaces\", which read it from $namespaces.");
            return null;
        }

        if (!Names.IsValid(name))
        {
            violations.Add(address, path, ViolationCode.ConstraintViolation, Names.Explain("Namespace", name));
            return null;
        }

        if (alias is not null && !Names.IsValid(alias))
        {
            violations.Add(address, path + "/as", ViolationCode.ConstraintViolation, Names.Explain("Alias", alias));
            return null;
        }

        alias ??= name;
        // A path of `var` would be split there. Across namespaces the rule reads a list, in which names are values.
        if (reach == RuleReach.Namespaces || !alias.Contains('.', StringComparison.Ordinal))
            return new(name, alias);
        violations.Add(address, path, ViolationCode.ConstraintViolation,
            $"No path leads to '$uses.{alias}', because dots separate names; write {{\"namespace\": \"{name}\", \"as\": ...}} with a name that has none.");
        return null;
    }
}
