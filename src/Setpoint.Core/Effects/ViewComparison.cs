using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;

namespace Setpoint.Core.Effects;

/// <summary>How one effective configuration differs.</summary>
/// <param name="IsKnown">False: the budget was used up, and nobody looked.</param>
/// <param name="Changes">Null: where references lead nowhere there is no configuration, and so no difference to one.</param>
internal readonly record struct ViewDifference(bool IsKnown, ImmutableArray<JsonChange>? Changes)
{
    public static ViewDifference None { get; } = new(true, []);

    public static ViewDifference LeftOut { get; } = new(false, null);
}

/// <summary>Compares the effective configurations of one namespace at two snapshots, each pair of stacks once. Not thread-safe.</summary>
/// <remarks>
/// 1. The layers before and after are put in order, which is cheap. Where they are the same, on the same schema and without references,
/// nothing can differ, and nothing is merged. 2. Layers that were compared in another environment already have the same difference here.
/// 3. Else, if the budget has one left, both sides are merged, references resolved, and compared.
/// </remarks>
internal sealed class ViewComparison(Snapshot before, Snapshot after, string ns, EffectBudget budget, CancellationToken cancellationToken)
{
    // What is kept for other environments, at about 150 bytes each. Larger differences are found anew, until the budget ends that.
    private const int KeptMax = 10_000;

    // A schema that refers to others is another entry whenever one of them changes.
    private readonly bool _hasSameSchema = ReferenceEquals(before.Schemas().Find(ns), after.Schemas().Find(ns));
    private readonly bool _defaultsMayRefer = DefaultsMayRefer(before, ns) || DefaultsMayRefer(after, ns);
    private readonly Dictionary<ComparedLayers, ViewDifference> _known = [];
    private int _kept;

    public Snapshot Before => before;

    public Snapshot After => after;

    public string Namespace => ns;

    public EffectBudget Budget => budget;

    /// <param name="context">Without arms.</param>
    /// <exception cref="OperationCanceledException">Nobody wants to know any more.</exception>
    public ViewDifference Of(in ResolveContext context, ArmChoice? armsBefore = null, ArmChoice? armsAfter = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (old, now) = (context with { Arms = armsBefore }, context with { Arms = armsAfter });
        var (oldStack, newStack) = (LayerStack.Of(before, ns, old), LayerStack.Of(after, ns, now));
        var layers = new ComparedLayers(oldStack, newStack);
        // What references lead to depends on more than the layers.
        var followFromLayers = !_defaultsMayRefer && !oldStack.HasReferences && !newStack.HasReferences;
        if (followFromLayers && _hasSameSchema && layers.AreSame)
            return ViewDifference.None;
        if (followFromLayers && _known.TryGetValue(layers, out var known))
            return known;
        if (!budget.TryCompare())
            return ViewDifference.LeftOut;

        var (from, to) = (ConfigOf(before, old, oldStack), ConfigOf(after, now, newStack));
        budget.Spend((from is null ? 0L : JsonLeaves.Count(from)) + (to is null ? 0L : JsonLeaves.Count(to)));
        var difference = new ViewDifference(true, from is null || to is null ? null : JsonDiff.Compare(from, to));
        if (followFromLayers && difference.Changes is { } changes && _kept + changes.Length <= KeptMax)
        {
            _known.Add(layers, difference);
            _kept += changes.Length;
        }

        return difference;
    }

    private JsonObject? ConfigOf(Snapshot snapshot, in ResolveContext context, LayerStack layers)
    {
        var (stack, merged) = EffectiveConfiguration.Merge(snapshot, ns, layers);
        if (!stack.HasReferences)
            return merged;
        var references = ResolvedReferences.Of(snapshot, ns, context, stack, merged);
        return references.Problems.IsEmpty ? references.Config : null;
    }

    private static bool DefaultsMayRefer(Snapshot snapshot, string ns) =>
        snapshot.Schemas().Find(ns)?.Content is { } schema && (schema.MayReferToOthers || !schema.References.IsEmpty);
}
