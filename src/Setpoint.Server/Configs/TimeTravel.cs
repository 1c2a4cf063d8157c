using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Schemas;
using Setpoint.Server.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Configs;

/// <summary>Snapshots of the past, as far as one configuration needs them.</summary>
internal sealed class TimeTravel(ILedgerStore store, SnapshotBoard board, ConfigMetrics metrics)
{
    /// <summary>
    /// A snapshot with all environments and namespaces as of the revision or time, those layers that contribute to the configuration or that it
    /// refers to, and the rollouts of the namespace.
    /// </summary>
    public async Task<Result<Snapshot>> FindAsync(
        string ns, ResolveContext context, long? version, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        var head = board.Current;
        if (version > head.Revision)
            return Fault.Missing.Version(version.Value, head.Revision);
        var revision = version ?? head.Revision;
        if (at is { } time)
        {
            metrics.ReadStore();
            revision = await store.FindRevisionAtAsync(time, cancellationToken);
            if (revision == 0)
                return new Fault.Missing("VersionNotFound", $"There was no commit at or before {CommitHash.Timestamp(time)}; the ledger begins later.");
        }

        return revision == head.Revision ? head : await LoadAsync(ns, context, revision, cancellationToken);
    }

    /// <summary>This revision, which exists.</summary>
    public async Task<Snapshot> LoadAsync(string ns, ResolveContext context, long revision, CancellationToken cancellationToken)
    {
        metrics.ReadStore();
        var documents = new List<Document>();
        documents.AddRange(await store.ReadAsOfAsync(EnvironmentKind.KindName, null, revision, cancellationToken));
        documents.AddRange(await store.ReadAsOfAsync(NamespaceKind.KindName, null, revision, cancellationToken));
        // Who got which arm then; nobody asked for an arm where the namespace never had one.
        if (context.Environment is not null && board.Current.Rollouts().In(ns) is not null)
        {
            documents.AddRange(await store.ReadAsOfAsync(RolloutKind.KindName, ns, revision, cancellationToken));
            documents.AddRange(await store.ReadAsOfAsync(SegmentKind.KindName, ns, revision, cancellationToken));
            if (ns != Names.Global)
                documents.AddRange(await store.ReadAsOfAsync(SegmentKind.KindName, Names.Global, revision, cancellationToken));
        }

        var frame = Snapshot.Load(board.Current.Catalog, revision, Fingerprint.None, default, documents);

        // What the layers refer to is only known once they are read; it may refer to more.
        var loaded = new HashSet<Address>();
        var past = frame;
        IEnumerable<string> open = [ns];
        while (true)
        {
            var addresses = open.SelectMany(name => AddressesOf(frame, name, context)).Where(loaded.Add).ToList();
            if (addresses.Count == 0)
                break;
            documents.AddRange(await store.ReadAsOfAsync(addresses, revision, cancellationToken));
            past = Snapshot.Load(board.Current.Catalog, revision, Fingerprint.None, default, documents);
            open = ReferenceGraph.ReadBy(past, ns).Where(frame.Namespaces().Contains);
        }

        if (!past.Schemas().Leaning.Any())
            return past;

        // A schema that refers to others means nothing without them.
        documents.RemoveAll(document => document.Address.Kind == SchemaKind.KindName);
        documents.AddRange(await store.ReadAsOfAsync(SchemaKind.KindName, null, revision, cancellationToken));
        return Snapshot.Load(board.Current.Catalog, revision, Fingerprint.None, default, documents);
    }

    /// <summary>The layers that the configuration may be merged of.</summary>
    private static IEnumerable<Address> AddressesOf(Snapshot frame, string ns, ResolveContext context)
    {
        var chain = context.Environment is null ? [] : frame.Environments().ChainOf(context.Environment);
        foreach (var name in frame.Namespaces().IncludedBy(ns).Add(ns).Add(Names.Global))
        {
            yield return SchemaKind.AddressOf(name);
            yield return LayerSlot.BaseOf(name).ToAddress();
            foreach (var environment in chain)
                yield return new LayerSlot(name, LayerScope.Environment, environment).ToAddress();
        }

        if (context.User is not null)
            yield return new LayerSlot(ns, LayerScope.User, context.User).ToAddress();
        if (context.Environment is not null)
            yield return new LayerSlot(ns, LayerScope.Runtime, context.Environment).ToAddress();
    }
}
