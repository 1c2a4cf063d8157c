using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Validation;

/// <summary>Holds effective configurations to the rules of their schemas.</summary>
internal sealed class RuleCheck(Snapshot candidate)
{
    private readonly CandidateViews _views = new(candidate);

    // What found no end in one environment is not tried in twenty: the writer waits for this.
    private readonly HashSet<ConfigRule> _endless = [];

    /// <summary>Rules about a namespace in one environment, those that read other namespaces included.</summary>
    public void Check(CheckedView view, SchemaEntry entry, JsonSchema? schema)
    {
        foreach (var rule in entry.Content!.Rules)
        {
            if (rule.Reach != RuleReach.Environments)
                Apply(rule, DataFor(rule, view), view, entry, schema);
        }
    }

    /// <summary>Rules about a namespace in all environments at once.</summary>
    public void CheckAcross(CheckedView view, SchemaEntry entry, JsonSchema? schema)
    {
        foreach (var rule in entry.Content!.Rules)
        {
            if (rule.Reach != RuleReach.Environments)
                continue;
            var environments = candidate.Environments().All
                .Where(environment => EffectiveConfiguration.IsConfigured(candidate, entry.Namespace, ResolveContext.Of(environment.Name)))
                .Select(environment => new RuleEnvironment(environment.Name, environment.Production, _views.ConfigOf(entry.Namespace, ResolveContext.Of(environment.Name))));
            Apply(rule, new RuleData(entry.Namespace, null, JsonObject.Empty) { Environments = [.. environments] }, view, entry, schema);
        }
    }

    private RuleData DataFor(ConfigRule rule, CheckedView view)
    {
        var data = new RuleData(view.Namespace, view.Context.Environment, view.Config);
        if (rule.Uses.IsEmpty)
            return data;
        if (rule.Reach == RuleReach.One)
            return data with { Uses = [.. rule.Uses.Select(use => KeyValuePair.Create(use.Alias, _views.ConfigOf(use.Namespace, view.Context)))] };

        var context = view.Context;
        var namespaces = rule.Uses
            .SelectMany(use => use.IsDependents ? Dependents.Of(candidate, view.Namespace) : [use.Namespace])
            .Distinct(StringComparer.Ordinal)
            .Where(ns => EffectiveConfiguration.IsConfigured(candidate, ns, context))
            .Select(ns => new RuleNamespace(ns, candidate.Namespaces().TryFind(ns, out var found) ? found.NamespaceKind : null, _views.ConfigOf(ns, context)));
        return data with { Namespaces = [.. namespaces] };
    }

    private void Apply(ConfigRule rule, RuleData data, CheckedView view, SchemaEntry entry, JsonSchema? schema)
    {
        if (_endless.Contains(rule))
            return;
        var name = $"{entry.Document.Address} rule {rule.Name}";
        switch (rule.Check(data))
        {
            case ConfigRuleOutcome.Broken:
                view.Report(PathOf(rule), ViolationCode.ConstraintViolation, name, rule.Explain(data, new SecretPaths(schema, view.Config).Contains), rule.Severity);
                break;
            case ConfigRuleOutcome.TimedOut:
                _endless.Add(rule);
                view.Report("", ViolationCode.ValidationTimeout, name, $"Rule '{rule.Name}' takes more steps than a rule may; make it read less.", RuleSeverity.Error);
                break;
        }
    }

    /// <summary>The value at fault, where the rule looks at one alone.</summary>
    private static string PathOf(ConfigRule rule) =>
        !rule.ReadsAnything && rule.Variables is [var path] && !path.StartsWith('$') && KeyPath.TryParse(path, out var key, out _)
            ? key.Pointer.ToString()
            : "";
}
