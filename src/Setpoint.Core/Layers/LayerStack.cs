using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;
using Setpoint.Core.Rollouts;

namespace Setpoint.Core.Layers;

/// <summary>The rank of a layer; a higher one wins. The numbers are those of the design and of <c>raw=true</c>.</summary>
public enum LayerRank
{
    SchemaDefaults = 0,
    Global = 1,
    GlobalEnvironment = 2,
    Included = 3,
    Service = 4,
    ServiceEnvironment = 5,
    Rollout = 6,
    User = 7,
    Runtime = 8,
}

/// <summary>One layer of a stack, with a document in it.</summary>
/// <param name="Document">Where it is written.</param>
/// <param name="Config">What it says. A part of the document where that says more: a runtime override, a schema.</param>
/// <param name="ExpiresAt">When it ends; only of a runtime override.</param>
/// <param name="Arm">Which of the document's arms; only of a rollout.</param>
public readonly record struct StackedLayer(LayerRank Rank, Document Document, JsonObject Config, DateTimeOffset? ExpiresAt = null, RolloutArm? Arm = null)
{
    /// <summary>What the layer says follows from it.</summary>
    public Fingerprint Fingerprint => Arm?.Fingerprint ?? Document.Fingerprint;
}

/// <summary>
/// The layers that the effective configuration of a namespace is merged of in one context, lowest first.
/// </summary>
/// <remarks>
/// Order: 0. the defaults of the namespace's schema; 1. global; 2. global in each environment of the chain, root first; 3. each included
/// namespace, base then chain; 4. the namespace; 5. the namespace in each environment of the chain; 6. the arms of rollouts that
/// the context falls into, in order of id; 7. the user; 8. the runtime override. What the defaults are depends on what the others merge to, so they are put below them
/// at the end.
/// </remarks>
public sealed class LayerStack
{
    private LayerStack(ImmutableArray<StackedLayer> layers, long version, bool hasReferences)
    {
        Layers = layers;
        Version = version;
        HasReferences = hasReferences;
    }

    /// <summary>Those that exist, lowest first.</summary>
    public ImmutableArray<StackedLayer> Layers { get; }

    /// <summary>
    /// The newest version among the documents that contribute: layers, removed layers, the environments of the chain, the namespaces
    /// involved, and what decides who gets an arm. It grows whenever any of them changes, so two stacks of one context with equal versions are equal.
    /// </summary>
    public long Version { get; }

    /// <summary>Whether a string of any layer must be rewritten once they are merged.</summary>
    public bool HasReferences { get; }

    /// <summary>Of the layers, lowest first. What they merge to follows from these alone.</summary>
    public ImmutableArray<Fingerprint> Fingerprints => ImmutableArray.CreateRange(Layers, layer => layer.Fingerprint);

    /// <summary>This stack on top of the defaults of a schema.</summary>
    internal LayerStack OnDefaults(Document schema, JsonObject defaults) =>
        new([new(LayerRank.SchemaDefaults, schema, defaults), .. Layers], Version, HasReferences || !ReferenceSet.Of(defaults).IsEmpty);

    public static LayerStack Of(Snapshot snapshot, string ns, in ResolveContext context)
    {
        var collector = new Collector { Layers = ImmutableArray.CreateBuilder<StackedLayer>(8) };
        Visit(snapshot, ns, context, ref collector);
        return new(collector.Layers!.DrainToImmutable(), collector.Version, collector.HasReferences);
    }

    /// <summary>The <see cref="Version"/> alone: no allocation where the namespace includes no other.</summary>
    public static long VersionOf(Snapshot snapshot, string ns, in ResolveContext context)
    {
        var collector = new Collector();
        Visit(snapshot, ns, context, ref collector);
        return collector.Version;
    }

    private static void Visit(Snapshot snapshot, string ns, in ResolveContext context, ref Collector into)
    {
        var environments = snapshot.Environments();
        var namespaces = snapshot.Namespaces();
        var configs = snapshot.Configs();
        var chain = context.Environment is null ? [] : environments.ChainOf(context.Environment);
        foreach (var environment in chain)
            into.Note(environments.VersionOf(environment));

        into.Note(namespaces.VersionOf(ns));
        into.Note(snapshot.Schemas().VersionOf(ns));
        if (ns != Names.Global)
        {
            VisitNamespace(configs.Find(Names.Global), chain, LayerRank.Global, LayerRank.GlobalEnvironment, ref into);
            if (namespaces.TryFind(ns, out var found) && found.Includes.Length > 0)
            {
                foreach (var include in namespaces.IncludedBy(ns))
                {
                    into.Note(namespaces.VersionOf(include));
                    VisitNamespace(configs.Find(include), chain, LayerRank.Included, LayerRank.Included, ref into);
                }
            }
        }

        var own = configs.Find(ns);
        if (ns == Names.Global)
            VisitNamespace(own, chain, LayerRank.Global, LayerRank.GlobalEnvironment, ref into);
        else
            VisitNamespace(own, chain, LayerRank.Service, LayerRank.ServiceEnvironment, ref into);
        if (context.Environment is not null && snapshot.Rollouts().In(ns) is { } rollouts)
            VisitRollouts(snapshot, rollouts, context.Arms, ref into);
        if (own is null)
            return;
        if (context.User is not null)
            into.Add(LayerRank.User, own.Find(LayerScope.User, context.User));
        if (context.Environment is not null && !context.WithoutRuntime)
            into.Add(LayerRank.Runtime, own.Find(LayerScope.Runtime, context.Environment));
    }

    private static void VisitRollouts(Snapshot snapshot, NamespaceRollouts rollouts, ArmChoice? arms, ref Collector into)
    {
        into.Note(rollouts.VersionIn(snapshot));
        if (arms is null || arms.Namespace != rollouts.Name)
            return;
        foreach (var pick in arms.Picks)
        {
            // A choice of an older snapshot may name what has gone since.
            if (rollouts.Find(pick.Rollout) is { } rollout && rollout.Find(pick.Arm) is { } arm)
                into.Add(rollout, arm);
        }
    }

    private static void VisitNamespace(
        NamespaceLayers? layers, ImmutableArray<string> chain, LayerRank baseRank, LayerRank environmentRank, ref Collector into)
    {
        if (layers is null)
            return;
        into.Add(baseRank, layers.Base);
        foreach (var environment in chain)
            into.Add(environmentRank, layers.Find(LayerScope.Environment, environment));
    }

    private struct Collector
    {
        public ImmutableArray<StackedLayer>.Builder? Layers;
        public long Version;
        public bool HasReferences;

        public void Note(long version) => Version = Math.Max(Version, version);

        public void Add(LayerRank rank, LayerEntry? entry)
        {
            if (entry is null)
                return;
            Note(entry.Version);
            if (entry.Content is not { } content)
                return;
            HasReferences |= !content.References.IsEmpty;
            Layers?.Add(new(rank, entry.Document, content.Config, content.ExpiresAt));
        }

        public void Add(Rollout rollout, RolloutArm arm)
        {
            HasReferences |= !arm.References.IsEmpty;
            Layers?.Add(new(LayerRank.Rollout, rollout.Document!, arm.Config, Arm: arm));
        }
    }
}
