using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Validation;

/// <summary>
/// Every effective configuration that a commit may change obeys its schema and its rules, and its references lead somewhere: after the
/// merge, in every environment, for every user with settings of their own, and also as it will be when a runtime override has ended.
/// </summary>
/// <remarks>
/// A namespace is looked at in an environment if something of its own or of what it includes is set there. Where only global settings
/// reach, nobody has configured it yet, and a schema that came first must not stand in the way.
/// </remarks>
internal sealed class EffectiveConfigurationRule(ImmutableArray<IConfigRule> rulesInCode) : Rule
{
    public override void Check(RuleContext context, ViolationList violations)
    {
        var found = new ViolationGroups();
        var check = new ViewCheck(context, rulesInCode, found);
        var inheriting = ReferenceGraph.Inheriting(context.Candidate);
        var overridden = context.Candidate.Configs().Expiring.Select(one => one.Key.Key).ToHashSet(StringComparer.Ordinal);
        // What is merged of a refused document says nothing of its own.
        var unknown = context.Refused.Count == 0 ? [] : AffectedViews.Of(context, context.Refused).Scopes.Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (ns, scope) in AffectedViews.Of(context).Scopes)
        {
            if (found.IsFull)
                break;
            if (unknown.Contains(ns))
                continue;
            // Of most namespaces nothing is asked: a change of global settings must not make the layers of all of them be put together.
            if (rulesInCode.IsEmpty && !inheriting(ns) && context.Candidate.Schemas().Find(ns) is null)
                continue;
            CheckNamespace(context.Candidate, ns, scope, overridden, check);
            check.CheckAcross(ns);
        }

        found.MoveTo(violations);
    }

    /// <param name="overridden">Environments in which some namespace has a runtime override.</param>
    private static void CheckNamespace(Snapshot candidate, string ns, AffectedScope scope, HashSet<string> overridden, ViewCheck check)
    {
        var layers = candidate.Configs().Find(ns);
        // A user may have settings only where something of this namespace refers to.
        var users = (layers?.Users ?? []).Union(scope.Users, StringComparer.Ordinal).ToImmutableArray();
        foreach (var environment in candidate.Environments().All)
        {
            var reached = scope.Reaches(environment.Name);
            var isOverridden = layers?.Find(LayerScope.Runtime, environment.Name)?.Content is not null;
            if (reached)
                CheckView(check, ns, new(environment.Name, null), isOverridden, overridden.Contains(environment.Name));
            foreach (var user in users)
            {
                if (reached || scope.Users.Contains(user))
                    CheckView(check, ns, new(environment.Name, user), isOverridden, overridden.Contains(environment.Name));
            }
        }
    }

    private static void CheckView(ViewCheck check, string ns, in ResolveContext context, bool isOverridden, bool isAnyOverridden)
    {
        check.Check(ns, context);
        // A runtime override ends by itself. What lies below must be right by then, or its end would have to be refused. That of another
        // namespace counts for who refers to it.
        if (isOverridden || isAnyOverridden)
            check.Check(ns, context with { WithoutRuntime = true }, onlyIfReferring: !isOverridden);
    }
}
