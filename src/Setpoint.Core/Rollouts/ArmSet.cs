using System.Collections.Immutable;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Rollouts;

/// <summary>The running rollouts of a namespace in an environment, compiled. Immutable and thread-safe; choosing never throws.</summary>
/// <remarks>
/// <see cref="Choose"/>: 1. each rollout's condition is asked, and then its split, as those of a flag. 2. What comes to no arm (a condition
/// that is not met, a share that is not in, nothing to hash, an error) has none. 3. Equal choices are the same instance.
/// </remarks>
public sealed class ArmSet
{
    // Arms see no clock (the Gate refuses conditions that read one), so that a choice changes with a commit and never by itself.
    internal static readonly DateTimeOffset NoTime = DateTimeOffset.UnixEpoch;

    private readonly NamespaceRollouts _from;
    private readonly SegmentIndex _segments;
    private readonly EnvironmentTree _environments;
    private readonly FlagSet _flags;
    private readonly ArmChoice?[] _known;

    internal ArmSet(Snapshot snapshot, NamespaceRollouts from, string environment, ImmutableArray<Rollout> rollouts, ArmSet? previous)
    {
        (_from, _segments, _environments) = (from, snapshot.Segments(), snapshot.Environments());
        Environment = environment;
        Rollouts = rollouts;
        Measured = [.. rollouts.Where(rollout => rollout.Experiment?.Environment == environment)];
        var source = new FlagSetSource(
            from.Name, environment, _environments.ChainOf(environment), [.. rollouts.Select(rollout => rollout.Choice)], key => _segments.Find(from.Name, key));
        _flags = FlagSet.Compile(source, previous?._flags);
        // A flag has a default in the caller's code to fall back to, and who looks after it is told. A configuration without an arm that
        // somebody should have would look like any other, so the bug stays loud here.
        if (_flags.Failures is [var failure, ..])
            throw new InvalidOperationException($"{RolloutKind.AddressOf(from.Name, failure.Flag.Key)} could not be compiled for {environment}.", failure.Exception);
        // The Gate keeps them few; one that looked away would cost each reader an allocation.
        var count = rollouts.Aggregate(1L, (product, rollout) => Math.Min(product * (rollout.Arms.Length + 1), int.MaxValue));
        _known = new ArmChoice?[count <= ArmCombinations.CountMax * 16 ? count : 0];
    }

    public string Environment { get; }

    /// <summary>In order of id.</summary>
    public ImmutableArray<Rollout> Rollouts { get; }

    /// <summary>Those of them whose experiment is about this environment.</summary>
    public ImmutableArray<Rollout> Measured { get; }

    /// <summary>What decides there at this snapshot, compiled once; null where no rollout is running.</summary>
    public static ArmSet? Of(Snapshot snapshot, string ns, string environment) => snapshot.Rollouts().In(ns)?.SetIn(snapshot, environment);

    /// <summary>Whether it is right at this snapshot as well.</summary>
    public bool HoldsAt(Snapshot snapshot) =>
        ReferenceEquals(snapshot.Rollouts().In(_from.Name), _from)
        && ReferenceEquals(snapshot.Segments(), _segments)
        && ReferenceEquals(snapshot.Environments(), _environments);

    /// <summary>The arms of this context; null if it has none.</summary>
    public ArmChoice? Choose(FlagContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var place = 0;
        Span<int> arms = stackalloc int[Math.Min(Rollouts.Length, 32)];
        if (Rollouts.Length > arms.Length)
            arms = new int[Rollouts.Length];
        var any = false;
        for (var i = 0; i < Rollouts.Length; i++)
        {
            arms[i] = _flags.Evaluate(Rollouts[i].Id, context, NoTime).VariantNumber;
            any |= arms[i] >= 0;
            if (_known.Length > 0)
                place = (place * (Rollouts[i].Arms.Length + 1)) + arms[i] + 1;
        }

        if (!any)
            return null;
        if (_known.Length == 0)
            return Make(arms);
        // Two threads may make it at once; both are equal, and one of them stays.
        return Volatile.Read(ref _known[place]) ?? Interlocked.CompareExchange(ref _known[place], Make(arms), null) ?? _known[place];
    }

    /// <summary>Those that are running in an environment, in order of id.</summary>
    internal static ImmutableArray<Rollout> RunningIn(Snapshot snapshot, NamespaceRollouts rollouts, string environment)
    {
        var chain = snapshot.Environments().ChainOf(environment);
        return [.. rollouts.Running.Where(rollout => rollout.AppliesIn(chain))];
    }

    private ArmChoice Make(ReadOnlySpan<int> arms)
    {
        var picks = ImmutableArray.CreateBuilder<ArmPick>(arms.Length);
        for (var i = 0; i < arms.Length; i++)
        {
            if (arms[i] >= 0)
                picks.Add(new(Rollouts[i].Id, Rollouts[i].Arms[arms[i]].Name));
        }

        return new(_from.Name, picks.ToImmutable());
    }
}
