using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags;

/// <summary>What every variant of a flag is.</summary>
public enum FlagType
{
    Boolean,
    String,
    Number,
    Object,

    /// <summary>Variants of several types, or arrays: only a flag that was taken as flagd would load it has that.</summary>
    Mixed,
}

/// <summary>One of the values that a flag may have.</summary>
public sealed record FlagVariant(string Name, JsonValue Value);

/// <summary>A flag that must serve one of some variants before another serves anything but its off variant.</summary>
/// <param name="Flag">Key of a flag in the same namespace.</param>
/// <param name="Variants">Empty: it is enabled and serves any variant but its off variant and <c>false</c>.</param>
/// <param name="Place">Among those of the document, from 0: some before it may not have been readable.</param>
public sealed record FlagDependency(string Flag, ImmutableArray<string> Variants, int Place);

/// <summary>A feature flag as its document says, checked in its shape. Immutable and thread-safe.</summary>
public sealed record Flag(string Namespace, string Key, JsonObject Body)
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Owner { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    public FlagType Type { get; init; }

    /// <summary>At least one, in the order in which they are written.</summary>
    public ImmutableArray<FlagVariant> Variants { get; init; } = [];

    /// <summary>Names of variants as people read them, where they have one.</summary>
    public FrozenDictionary<string, string> VariantNames { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Served where a dependency is not met; null: the default in the caller's code.</summary>
    public string? OffVariant { get; init; }

    /// <summary>What every environment inherits.</summary>
    public FlagSettings Settings { get; init; } = FlagSettings.Empty;

    /// <summary>What environments set themselves.</summary>
    public FrozenDictionary<string, FlagSettings> Environments { get; init; } = FrozenDictionary<string, FlagSettings>.Empty;

    public ImmutableArray<FlagDependency> Dependencies { get; init; } = [];

    /// <summary>Keys of the segments that its expressions name, in order.</summary>
    public ImmutableArray<string> Segments { get; init; } = [];

    /// <summary>Goes with every answer: strings, numbers and booleans.</summary>
    public JsonObject Metadata { get; init; } = JsonObject.Empty;

    /// <summary>When the flag should be gone from the code.</summary>
    public DateTimeOffset? ExpectedRemoval { get; init; }

    /// <summary>Null: the flag is no experiment.</summary>
    public FlagExperiment? Experiment { get; init; }

    /// <summary>True: a targeting expression that cannot be compiled is no reason to refuse the flag; it answers flagd's error.</summary>
    public bool IsLenient { get; init; }

    /// <summary>Revision of the commit that wrote it; 0 before.</summary>
    public long Version { get; init; }

    /// <summary>The place of the variant in <see cref="Variants"/>; -1 if there is none of this name.</summary>
    public int FindVariant(string name)
    {
        for (var i = 0; i < Variants.Length; i++)
        {
            if (string.Equals(Variants[i].Name, name, StringComparison.Ordinal))
                return i;
        }

        return -1;
    }

    /// <summary>What holds in an environment.</summary>
    /// <param name="chain">From the root of the tree of environments to the environment itself.</param>
    public FlagSettings SettingsIn(ImmutableArray<string> chain)
    {
        var settings = Settings;
        foreach (var environment in chain)
        {
            if (Environments.TryGetValue(environment, out var own))
                settings = own.Over(settings);
        }

        return settings;
    }

    public bool Equals(Flag? other) => ReferenceEquals(this, other)
        || (other is not null && other.Namespace == Namespace && other.Key == Key && other.Version == Version && other.Body.Equals(Body));

    public override int GetHashCode() => HashCode.Combine(Namespace, Key, Version);
}
