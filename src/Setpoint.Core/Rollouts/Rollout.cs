using System.Collections.Immutable;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core.Rollouts;

/// <summary>
/// A layer that only a part of all contexts gets: arms with configuration, and who gets which. As its document says, checked in its
/// shape. Immutable and thread-safe.
/// </summary>
/// <param name="Choice">
/// Who gets which arm, as a flag that is in no namespace: its variants are the arms. One hash and one language decide flags and rollouts.
/// </param>
public sealed record Rollout(string Namespace, string Id, Flag Choice)
{
    public string? Description { get; init; }

    public string? Owner { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>False: nobody gets an arm.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Where it applies, and in the environments below these; empty: in every one.</summary>
    public ImmutableArray<string> Environments { get; init; } = [];

    /// <summary>Who may get an arm; null: everybody.</summary>
    public JsonValue? When { get; init; }

    /// <summary>Which arm of those who may get one.</summary>
    public FlagSplit? Split { get; init; }

    /// <summary>1 to <see cref="RolloutReader.ArmsMax"/>, in the order in which they are written.</summary>
    public ImmutableArray<RolloutArm> Arms { get; init; } = [];

    /// <summary>Null: the rollout is no experiment.</summary>
    public FlagExperiment? Experiment => Choice.Experiment;

    /// <summary>As it is in a snapshot; before it is in one, it has none.</summary>
    public Document? Document { get; init; }

    /// <summary>Leaves of all arms.</summary>
    public int Keys => Arms.Sum(arm => arm.Keys);

    /// <param name="chain">From the root of the tree of environments to the environment in question.</param>
    public bool AppliesIn(ImmutableArray<string> chain) =>
        !chain.IsEmpty && (Environments.IsEmpty || Environments.Any(name => chain.Contains(name, StringComparer.Ordinal)));

    public RolloutArm? Find(string arm)
    {
        foreach (var one in Arms)
        {
            if (string.Equals(one.Name, arm, StringComparison.Ordinal))
                return one;
        }

        return null;
    }
}

/// <summary>One arm: what who gets it is configured with.</summary>
/// <param name="Config">Empty: the arm changes nothing, as that of a control.</param>
/// <param name="References">What its strings refer to.</param>
/// <param name="Keys">Number of leaves.</param>
/// <param name="Fingerprint">Of <paramref name="Config"/>: arms share a document, so that its fingerprint does not tell them apart.</param>
public sealed record RolloutArm(string Name, string? Description, JsonObject Config, ReferenceSet References, int Keys, Fingerprint Fingerprint)
{
    public bool ChangesNothing => Config.Count == 0;
}
