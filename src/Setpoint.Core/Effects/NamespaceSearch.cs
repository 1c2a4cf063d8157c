using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Validation;

namespace Setpoint.Core.Effects;

/// <summary>
/// Looks for the effects on one namespace, in two rounds, so that what changes for everybody comes before what changes for few. Not thread-safe.
/// </summary>
/// <param name="scope">Where something may change; null: nowhere.</param>
internal sealed class NamespaceSearch(ViewComparison views, AffectedScope? scope)
{
    private readonly List<(ResolveContext Context, ImmutableArray<JsonChange> Told, bool IsWhole)> _everybody = [];
    private readonly Dictionary<string, ImmutableArray<ArmChanges>> _arms = new(StringComparer.Ordinal);
    private int _changesLeftOut;
    private int _environmentsLeftOut;
    private int _armChangesLeftOut;

    public void LookAtEverybody()
    {
        foreach (var environment in Environments())
        {
            var context = ResolveContext.Of(environment);
            var found = views.Of(context);
            if (!found.IsKnown)
                _environmentsLeftOut++;
            var changes = found.Changes ?? [];
            var told = views.Budget.TakeFirst(changes);
            _changesLeftOut += changes.Length - told.Length;
            _everybody.Add((context, told, found.IsKnown && told.Length == changes.Length));
        }
    }

    public void LookAtArms()
    {
        foreach (var (context, told, isWhole) in _everybody)
        {
            var difference = ArmDifference.Of(views, context, isWhole ? told : null);
            _armChangesLeftOut += difference.LeftOut;
            if (!difference.Arms.IsEmpty)
                _arms.Add(context.Environment!, difference.Arms);
        }
    }

    public NamespaceEffect Build()
    {
        var found = from one in _everybody
                    let arms = one.Context.Environment is { } environment ? _arms.GetValueOrDefault(environment, []) : []
                    where !one.Told.IsEmpty || !arms.IsEmpty
                    select new EnvironmentEffect(one.Context.Environment, one.Told, arms);
        var hasArms = views.After.Environments().All.Any(environment =>
            ArmDifference.HasArmsIn(views.Before, views.Namespace, environment.Name) || ArmDifference.HasArmsIn(views.After, views.Namespace, environment.Name));
        return new(views.Namespace, [.. found], hasArms)
        {
            ChangesLeftOut = _changesLeftOut,
            EnvironmentsLeftOut = _environmentsLeftOut,
            ArmChangesLeftOut = _armChangesLeftOut,
        };
    }

    private IEnumerable<string?> Environments()
    {
        if (scope is null)
            yield break;
        // What holds in every environment may be in the base layers.
        if (scope.Environments is null)
            yield return null;
        foreach (var environment in views.After.Environments().All)
        {
            if (scope.Reaches(environment.Name))
                yield return environment.Name;
        }
    }
}
