using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Validation;

/// <summary>
/// Collects what is wrong with effective configurations and says it once for all environments in which it is so: a limit crossed in a base
/// layer is one mistake, not five. Not thread-safe.
/// </summary>
internal sealed class ViolationGroups
{
    private readonly Dictionary<Finding, SortedSet<string>> _environments = [];
    private readonly List<Finding> _order = [];
    private readonly HashSet<(string Namespace, string? Environment, string Path, string Rule, ArmChoice? Arms)> _common = [];

    /// <summary>More would not be shown.</summary>
    public bool IsFull => _order.Count >= Limits.ViolationsMax;

    /// <param name="environment">Null: in all of them together.</param>
    public void Add(Finding finding, string? environment)
    {
        // What is wrong for everybody and now need not be said again for a user, an arm, or for the time after an override; nor what is wrong
        // with an arm, for that arm with others.
        if (IsCommon(finding, environment))
            return;
        if (finding.User is null && !finding.AfterRuntime)
            _common.Add((finding.Namespace, environment, finding.Path, finding.Rule, finding.Arms));

        if (_environments.TryGetValue(finding, out var known))
        {
            if (environment is not null)
                known.Add(environment);
            return;
        }

        if (IsFull)
            return;
        _environments.Add(finding, environment is null ? [] : new(StringComparer.Ordinal) { environment });
        _order.Add(finding);
    }

    private bool IsCommon(Finding finding, string? environment)
    {
        var isSpecial = finding.User is not null || finding.AfterRuntime;
        if ((isSpecial || finding.Arms is not null) && _common.Contains((finding.Namespace, environment, finding.Path, finding.Rule, null)))
            return true;
        return finding.Arms is { } arms && (isSpecial || arms.Picks.Length > 1)
            && arms.Picks.Any(pick => _common.Contains((finding.Namespace, environment, finding.Path, finding.Rule, new(arms.Namespace, [pick]))));
    }

    public void MoveTo(ViolationList violations)
    {
        foreach (var finding in _order)
        {
            var violation = finding.ToViolation([.. _environments[finding]]);
            if (finding.Severity == RuleSeverity.Error)
                violations.Add(violation);
            else
                violations.Warn(violation);
        }
    }
}

/// <summary>One thing that is wrong in the effective configuration of a namespace, in whatever environments.</summary>
/// <param name="Arms">Null: without any.</param>
/// <param name="AfterRuntime">It is so once the runtime override has ended.</param>
/// <param name="Address">The layer that supplies the value, or where to put right what none supplies.</param>
/// <param name="IsSupplied">Whether the value at fault is there, and the address is where it comes from.</param>
internal sealed record Finding(
    string Namespace,
    string? User,
    ArmChoice? Arms,
    bool AfterRuntime,
    string Path,
    string Code,
    string Rule,
    string Message,
    Address Address,
    bool IsSupplied,
    RuleSeverity Severity)
{
    // The others are in the violation's list.
    private const int EnvironmentsNamedMax = 10;

    /// <summary>A reference that leads nowhere.</summary>
    public static Finding Of(Violation problem, in ResolveContext context)
    {
        var place = problem.Effective!;
        var address = problem.Address ?? DefaultAddress(place.Namespace, context);
        return new(place.Namespace, place.User, context.Arms, context.WithoutRuntime, problem.Path, problem.Code, place.Rule, problem.Message, address, problem.Address is not null, RuleSeverity.Error);
    }

    /// <summary>Where to put right what no layer alone supplies.</summary>
    public static Address DefaultAddress(string ns, in ResolveContext context) => context.Arms is { } arms
        ? RolloutKind.AddressOf(arms.Namespace, arms.Picks[^1].Rollout)
        : LayerSlot.BaseOf(ns).ToAddress();

    public Violation ToViolation(ImmutableArray<string> environments)
    {
        var where = environments.IsEmpty ? "" : $" in {Phrase.List(environments, EnvironmentsNamedMax)}";
        var user = User is null ? "" : $" for user '{User}'";
        var arms = Arms is null ? "" : $" with {Arms}";
        var after = AfterRuntime ? " once the runtime override has ended" : "";
        var source = IsSupplied ? $"; the value comes from {Address}" : "";
        return new(Path, Code, $"{Namespace}{where}{user}{arms}{after}: {Message} ({Rule}{source})", Address,
            new(Namespace, environments, User, Rule));
    }
}
