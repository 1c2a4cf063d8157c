using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Client.Cache;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Client.Flags;

/// <summary>The flags of one namespace for one environment as the server defines them. Immutable.</summary>
internal sealed class FlagDefinitions : ICacheable<FlagDefinitions>
{
    public required string Namespace { get; init; }

    public required string Environment { get; init; }

    public required long Revision { get; init; }

    public required long Version { get; init; }

    public required string? ETag { get; init; }

    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>From the root of the tree of environments to the environment itself.</summary>
    public required ImmutableArray<string> Chain { get; init; }

    /// <summary>By key.</summary>
    public required FrozenDictionary<string, Flag> Flags { get; init; }

    /// <summary>By namespace and key.</summary>
    public required FrozenDictionary<(string Namespace, string Key), SegmentDefinition> Segments { get; init; }

    /// <summary>Keys of flags that this version of the library cannot read, with the reason.</summary>
    public required FrozenDictionary<string, string> Unreadable { get; init; }

    /// <summary>Reads an answer of the server; the version is its own.</summary>
    public static FlagDefinitions Of(long revision, long version, string? etag, ReadOnlyMemory<byte> json) =>
        FlagDefinitionsReader.Read(json, etag, revision, previous: null);

    /// <summary>What a flag of this namespace means by the key: the namespace's own segment, else the one of <c>global</c>.</summary>
    public Segment? FindSegment(string key) => (Segments.GetValueOrDefault((Namespace, key)) ?? Segments.GetValueOrDefault((Names.Global, key)))?.Segment;

    /// <summary>The same, confirmed at another revision.</summary>
    public FlagDefinitions At(long revision) => new()
    {
        Namespace = Namespace,
        Environment = Environment,
        Revision = revision,
        Version = Version,
        ETag = ETag,
        Json = Json,
        Chain = Chain,
        Flags = Flags,
        Segments = Segments,
        Unreadable = Unreadable,
    };
}

/// <summary>A segment, and the document it was read from.</summary>
internal sealed record SegmentDefinition(Segment Segment, JsonObject Document);
