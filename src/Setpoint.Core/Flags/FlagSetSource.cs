using System.Collections.Immutable;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags;

/// <summary>What a set of flags is compiled of.</summary>
/// <param name="Namespace">Whose flags.</param>
/// <param name="Environment">Where they are evaluated.</param>
/// <param name="Chain">From the root of the tree of environments to the environment itself.</param>
/// <param name="Flags">Each key once.</param>
/// <param name="FindSegment">What flags of this namespace mean by the key of a segment.</param>
public sealed record FlagSetSource(
    string Namespace, string Environment, ImmutableArray<string> Chain, IReadOnlyCollection<Flag> Flags, Func<string, Segment?> FindSegment)
{
    /// <summary>Attributes that are read by position; null for none.</summary>
    public FlagContextSchema? Schema { get; init; }

    /// <summary>Attributes, the targeting key among them, of contexts that do not have them; null for none. A context that says null does not have the attribute.</summary>
    public FlagContext? Defaults { get; init; }

    /// <summary>True: answers are counted by flag, variant and reason, until <see cref="FlagSet.DrainUsage"/> takes the counts.</summary>
    public bool CountsUsage { get; init; }

    /// <summary>True: so are the targeting keys, about, until <see cref="FlagSet.DrainKeys"/> takes them. Keys that are defaults do not count.</summary>
    public bool CountsKeys { get; init; }

    /// <summary>Where the sketches of targeting keys find room; null: each flag that is asked for has one.</summary>
    public FlagKeyRoom? KeyRoom { get; init; }

    /// <summary>The flags of a namespace, as an environment sees them.</summary>
    public static FlagSetSource Of(Snapshot snapshot, string ns, string environment)
    {
        var segments = snapshot.Segments();
        return new(ns, environment, snapshot.Environments().ChainOf(environment), snapshot.Flags().In(ns).All, key => segments.Find(ns, key));
    }
}
