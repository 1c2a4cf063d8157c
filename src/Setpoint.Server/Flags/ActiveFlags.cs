using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Configs;
using Setpoint.Server.Http;

namespace Setpoint.Server.Flags;

/// <summary>
/// The flags of a namespace as an environment sees them: compiled, with what of the ledger they were compiled of. Immutable but for what is
/// rendered when somebody first asks; safe for concurrent use.
/// </summary>
internal sealed class ActiveFlags
{
    private readonly NamespaceFlags _source;
    private readonly ImmutableArray<string> _segmentKeys;
    private readonly ImmutableArray<JsonValue> _segments;
    private readonly long[] _moments;
    private RenderedView? _definitions;
    private readonly FlagListing? _earlierListing;
    private FlagListing? _listing;

    private ActiveFlags(Snapshot snapshot, string ns, string environment, ActiveFlags? previous, FlagKeyRoom keyRoom)
    {
        _source = snapshot.Flags().In(ns);
        Chain = snapshot.Environments().ChainOf(environment);
        _segmentKeys = KeysOf(_source, previous);
        _segments = [.. _segmentKeys.Select(key => snapshot.Segments().Find(ns, key)).OfType<Segment>().Select(segment => SegmentOf(snapshot, segment))];
        Version = VersionOf(snapshot, ns);
        ChainVersion = Chain.Select(snapshot.Environments().VersionOf).DefaultIfEmpty().Max();
        Set = FlagSet.Compile(FlagSetSource.Of(snapshot, ns, environment) with { CountsUsage = true, CountsKeys = true, KeyRoom = keyRoom }, previous?.Set);
        _moments = MomentsOf(_source.All, Chain);
        _earlierListing = previous?._listing ?? previous?._earlierListing;
    }

    public FlagSet Set { get; }

    /// <summary>From the root of the tree of environments to the environment itself.</summary>
    public ImmutableArray<string> Chain { get; }

    /// <summary>In order of key.</summary>
    public IReadOnlyList<Flag> Flags => _source.All;

    /// <summary>The keys of <see cref="Flags"/>.</summary>
    public IEnumerable<string> Keys => Flags.Select(flag => flag.Key);

    /// <summary>The newest version among the documents that contribute: flags, the segments that they name, the environments of the chain; removals count.</summary>
    public long Version { get; }

    /// <summary>The newest version among the environments of the chain.</summary>
    public long ChainVersion { get; }

    /// <summary>All that a process needs to evaluate these flags itself. Made when it is first asked for.</summary>
    public RenderedView Definitions => _definitions ??= RenderDefinitions();

    public static ActiveFlags Compile(Snapshot snapshot, string ns, string environment, ActiveFlags? previous, FlagKeyRoom keyRoom) =>
        new(snapshot, ns, environment, previous, keyRoom);

    /// <summary>True if compiling the snapshot would make the same.</summary>
    public bool HoldsIn(Snapshot snapshot)
    {
        if (!ReferenceEquals(snapshot.Flags().In(Set.Namespace), _source) || VersionOf(snapshot, Set.Namespace) != Version)
            return false;
        var chain = snapshot.Environments().ChainOf(Set.Environment);
        return chain.AsSpan().SequenceEqual(Chain.AsSpan());
    }

    /// <summary>Names the state of the configuration at a moment: it changes with each version, and when a schedule changes a flag.</summary>
    public string TagAt(DateTimeOffset now)
    {
        var passed = Array.BinarySearch(_moments, now.UtcTicks);
        passed = passed >= 0 ? passed + 1 : ~passed;
        return string.Create(CultureInfo.InvariantCulture, $"{Version}.{passed}");
    }

    /// <summary>The flags as a list, rendered once until a schedule changes one of them.</summary>
    public FlagListing ListingAt(DateTimeOffset now)
    {
        var kept = Volatile.Read(ref _listing);
        if (kept is not null && kept.HoldsAt(now))
            return kept;
        var made = FlagListing.Render(this, now, Set.NextChange(now)?.At, kept ?? _earlierListing);
        Volatile.Write(ref _listing, made);
        return made;
    }

    private long VersionOf(Snapshot snapshot, string ns)
    {
        var version = _source.Version;
        foreach (var environment in Chain)
            version = Math.Max(version, snapshot.Environments().VersionOf(environment));
        foreach (var key in _segmentKeys)
            version = Math.Max(version, Math.Max(snapshot.Segments().VersionOf(ns, key), snapshot.Segments().VersionOf(Names.Global, key)));
        return version;
    }

    private static ImmutableArray<string> KeysOf(NamespaceFlags flags, ActiveFlags? previous)
    {
        if (previous is not null && ReferenceEquals(previous._source, flags))
            return previous._segmentKeys;
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var flag in flags.All)
        {
            if (!flag.Segments.IsEmpty)
                keys.UnionWith(flag.Segments);
        }

        return [.. keys];
    }

    /// <summary>When schedules change flags, in ticks of UTC, each once, in order.</summary>
    private static long[] MomentsOf(IReadOnlyList<Flag> flags, ImmutableArray<string> chain)
    {
        var moments = new SortedSet<long>();
        foreach (var flag in flags)
        {
            if (flag.Settings.Schedule is null && (flag.Environments.Count == 0 || !flag.Environments.Values.Any(settings => settings.Schedule is not null)))
                continue;
            if (flag.SettingsIn(chain).Schedule is not { } schedule)
                continue;
            if (schedule.Start is { } start)
                moments.Add(start.UtcTicks);
            if (schedule.End is { } end)
                moments.Add(end.UtcTicks);
            foreach (var step in schedule.Steps)
                moments.Add(step.At.UtcTicks);
        }

        return [.. moments];
    }

    private RenderedView RenderDefinitions()
    {
        var content = new JsonObjectBuilder(5)
            .Add("namespace", Set.Namespace)
            .Add("environment", Set.Environment)
            .Add("version", Version)
            .Add("chain", new JsonArray([.. Chain.Select(name => (JsonValue)new JsonString(name))]))
            .Add("flags", new JsonArray([.. Flags.Select(FlagOf)]))
            .Add("segments", new JsonArray(_segments))
            .Build();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(JsonWriter.ToUtf8(content), hash);
        var tag = new Fingerprint(hash).ToShortText();
        var answer = new JsonObjectBuilder(content.Count + 1);
        for (var i = 0; i < content.Count; i++)
        {
            answer.Add(content.NameAt(i), content.ValueAt(i));
            if (content.NameAt(i) == "version")
                answer.Add("etag", tag);
        }

        return new(JsonWriter.ToUtf8(answer.Build()), Answer.Json, tag);
    }

    private static JsonValue FlagOf(Flag flag) => new JsonObjectBuilder(2).Add("key", flag.Key).Add("document", flag.Body).Build();

    private static JsonValue SegmentOf(Snapshot snapshot, Segment segment) => new JsonObjectBuilder(3)
        .Add("key", segment.Key)
        .Add("namespace", segment.Namespace)
        .Add("document", snapshot.Find(SegmentKind.AddressOf(segment.Namespace, segment.Key))!.Body!)
        .Build();
}
