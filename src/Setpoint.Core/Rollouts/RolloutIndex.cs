using System.Collections.Concurrent;
using System.Collections.Immutable;
using Setpoint.Core.Flags;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core.Rollouts;

/// <summary>The rollouts of all namespaces, and who names what.</summary>
public sealed class RolloutIndex : KindIndex
{
    internal static readonly RolloutIndex Empty = new(
        ImmutableSortedDictionary.Create<string, NamespaceRollouts>(StringComparer.Ordinal), NameLinks.Empty, NameLinks.Empty);

    private readonly ImmutableSortedDictionary<string, NamespaceRollouts> _namespaces;
    private readonly NameLinks _segments;
    private readonly NameLinks _environments;

    private RolloutIndex(ImmutableSortedDictionary<string, NamespaceRollouts> namespaces, NameLinks segments, NameLinks environments)
    {
        _namespaces = namespaces;
        _segments = segments;
        _environments = environments;
    }

    /// <summary>There never was a rollout.</summary>
    public bool IsEmpty => _namespaces.IsEmpty;

    /// <summary>Namespaces that have or had a rollout, in order of name. Few beside all namespaces.</summary>
    public IEnumerable<NamespaceRollouts> All => _namespaces.Values;

    /// <summary>The rollouts of one namespace; null if it never had one.</summary>
    public NamespaceRollouts? In(string ns) => IsEmpty ? null : _namespaces.GetValueOrDefault(ns);

    public Rollout? Find(string ns, string id) => In(ns)?.Find(id);

    /// <summary>What the arms of running rollouts refer to, by the namespace they belong to.</summary>
    public IEnumerable<(string Namespace, ReferenceSet References)> Referring =>
        from rollouts in _namespaces.Values
        from rollout in rollouts.Running
        from arm in rollout.Arms
        where !arm.References.IsEmpty
        select (rollouts.Name, arm.References);

    /// <summary>Addresses of the rollouts, of any namespace, whose conditions name a segment of this key.</summary>
    public ImmutableSortedSet<string> UsersOfSegment(string key) => _segments.UsersOf(key);

    /// <summary>Addresses of the rollouts that name this environment.</summary>
    public ImmutableSortedSet<string> UsersOfEnvironment(string name) => _environments.UsersOf(name);

    public override KindIndex With(Document document, object? model)
    {
        var (ns, id) = (document.Address.Segments[1], document.Address.Segments[2]);
        var before = Find(ns, id);
        var after = model is Rollout rollout ? rollout with { Document = document } : null;
        var user = document.Address.Text;
        return new RolloutIndex(
            _namespaces.SetItem(ns, (In(ns) ?? NamespaceRollouts.EmptyOf(ns)).With(id, after, document.Version)),
            _segments.With(user, before?.Choice.Segments ?? [], after?.Choice.Segments ?? []),
            _environments.With(user, EnvironmentsOf(before), EnvironmentsOf(after)));
    }

    private static IEnumerable<string> EnvironmentsOf(Rollout? rollout) =>
        rollout is null ? [] : rollout.Experiment is { } experiment ? rollout.Environments.Append(experiment.Environment).Distinct(StringComparer.Ordinal) : rollout.Environments;
}

/// <summary>The rollouts of one namespace. Immutable: the same instance means the same rollouts.</summary>
public sealed class NamespaceRollouts
{
    private readonly ImmutableSortedDictionary<string, Rollout> _rollouts;
    private readonly ImmutableDictionary<string, long> _versions;
    private readonly long _version;
    private ConcurrentDictionary<string, ArmSet>? _sets;

    private NamespaceRollouts(string name, ImmutableSortedDictionary<string, Rollout> rollouts, ImmutableDictionary<string, long> versions, long version)
    {
        Name = name;
        _rollouts = rollouts;
        _versions = versions;
        _version = version;
        Running = [.. rollouts.Values.Where(rollout => rollout.IsRunning)];
        Segments = [.. Running.SelectMany(rollout => rollout.Choice.Segments).Distinct(StringComparer.Ordinal)];
    }

    public string Name { get; }

    /// <summary>In order of id.</summary>
    public IEnumerable<Rollout> All => _rollouts.Values;

    public int Count => _rollouts.Count;

    /// <summary>Those that are running, in order of id: the order in which their arms are merged.</summary>
    public ImmutableArray<Rollout> Running { get; }

    /// <summary>Leaves of all arms.</summary>
    public int Keys => _rollouts.Values.Sum(rollout => rollout.Keys);

    /// <summary>Segments that running rollouts name.</summary>
    private ImmutableArray<string> Segments { get; }

    public Rollout? Find(string id) => _rollouts.GetValueOrDefault(id);

    /// <summary>The newest version of this rollout's document, its removal included; 0 if there never was one.</summary>
    public long VersionOf(string id) => _versions.GetValueOrDefault(id);

    /// <summary>
    /// The newest version of all that decides who gets what here: rollouts, stopped and removed ones too, and the segments they name. Who
    /// left an arm must learn of it, so it counts for everybody, in an arm or not.
    /// </summary>
    public long VersionIn(Snapshot snapshot)
    {
        var version = _version;
        foreach (var key in Segments)
        {
            version = Math.Max(version, snapshot.Segments().VersionOf(Name, key));
            version = Math.Max(version, snapshot.Segments().VersionOf(Names.Global, key));
        }

        return version;
    }

    /// <summary>What decides in an environment at this snapshot, compiled once; null where no rollout is running. Thread-safe, without a lock.</summary>
    internal ArmSet? SetIn(Snapshot snapshot, string environment)
    {
        if (Running.IsEmpty)
            return null;
        ArmSet? kept = null;
        if (_sets?.TryGetValue(environment, out kept) == true && kept.HoldsAt(snapshot))
            return kept;
        var running = ArmSet.RunningIn(snapshot, this, environment);
        if (running.IsEmpty)
            return null;
        // Two may compile at once; both come to the same. Where two snapshots are asked in turns, which a commit ends soon, each is right.
        var set = new ArmSet(snapshot, this, environment, running, kept);
        LazyInitializer.EnsureInitialized(ref _sets, static () => new(StringComparer.Ordinal))[environment] = set;
        return set;
    }

    internal static NamespaceRollouts EmptyOf(string name) => new(
        name, ImmutableSortedDictionary.Create<string, Rollout>(StringComparer.Ordinal), ImmutableDictionary.Create<string, long>(StringComparer.Ordinal), version: 0);

    internal NamespaceRollouts With(string id, Rollout? rollout, long version) => new(
        Name, rollout is null ? _rollouts.Remove(id) : _rollouts.SetItem(id, rollout), _versions.SetItem(id, version), Math.Max(_version, version));
}
