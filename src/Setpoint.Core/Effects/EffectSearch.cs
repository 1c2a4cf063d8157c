using System.Collections.Immutable;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Schemas;
using Setpoint.Core.Validation;

namespace Setpoint.Core.Effects;

/// <summary>What a commit does to effective configurations.</summary>
/// <param name="Namespaces">Those in which something becomes different, or was not looked at to the end.</param>
/// <param name="LeftOut">Namespaces that may be affected and that were not looked at.</param>
public sealed record CommitEffects(ImmutableArray<NamespaceEffect> Namespaces, int LeftOut);

/// <summary>
/// Finds what a change that was judged would do to effective configurations, for everybody and for those in arms, within a budget. Pure.
/// </summary>
/// <remarks>
/// Where to look follows from the changed documents, as it does for the Gate: layers reach below their environment, into what includes
/// and what refers to them; <c>global</c>, and the parent of an environment, reach everybody.
/// </remarks>
public static class EffectSearch
{
    /// <summary>Namespaces of one commit that are looked at.</summary>
    public const int NamespacesMax = 50;

    /// <summary>The effect on one namespace.</summary>
    /// <param name="documents">Those that are different.</param>
    /// <exception cref="OperationCanceledException">Nobody wants to know any more.</exception>
    public static NamespaceEffect On(
        string ns, Snapshot before, Snapshot after, IEnumerable<Address> documents, EffectBudget budget, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(budget);
        var search = new NamespaceSearch(new(before, after, ns, budget, cancellationToken), Scopes(before, after, documents).GetValueOrDefault(ns));
        search.LookAtEverybody();
        search.LookAtArms();
        return search.Build();
    }

    /// <summary>
    /// The effects on all namespaces: first on those that the documents belong to, then on those that these reach, each in order of name.
    /// </summary>
    /// <inheritdoc cref="On"/>
    public static CommitEffects Of(Snapshot before, Snapshot after, IReadOnlyCollection<Address> documents, EffectBudget budget, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(budget);
        var scopes = Scopes(before, after, documents);
        var owners = documents.Where(address => address.Kind is ConfigKind.KindName or NamespaceKind.KindName or RolloutKind.KindName or SchemaKind.KindName)
            .Select(address => address.Segments[1]).ToHashSet(StringComparer.Ordinal);
        var searches = scopes.OrderByDescending(pair => owners.Contains(pair.Key)).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(NamespacesMax)
            .Select(pair => new NamespaceSearch(new(before, after, pair.Key, budget, cancellationToken), pair.Value)).ToList();
        foreach (var search in searches)
            search.LookAtEverybody();
        foreach (var search in searches)
            search.LookAtArms();
        return new([.. searches.Select(search => search.Build()).Where(effect => !effect.IsEmpty)], scopes.Count - searches.Count);
    }

    private static IReadOnlyDictionary<string, AffectedScope> Scopes(Snapshot before, Snapshot after, IEnumerable<Address> documents) =>
        ReferenceEquals(before, after) ? ImmutableDictionary<string, AffectedScope>.Empty : AffectedViews.OfDifference(before, after, documents);
}
