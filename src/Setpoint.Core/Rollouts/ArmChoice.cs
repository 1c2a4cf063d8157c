using System.Collections.Immutable;

namespace Setpoint.Core.Rollouts;

/// <summary>
/// The arms that a context falls into: at least one. Everybody with an equal choice has the same layers, whoever they are, so this and not
/// the context is what is resolved and cached for. Immutable.
/// </summary>
/// <remarks>It is about one namespace: what includes it or refers to it does not see its arms.</remarks>
public sealed class ArmChoice : IEquatable<ArmChoice>
{
    private readonly int _hash;

    /// <param name="picks">In order of the rollouts' ids, each once.</param>
    public ArmChoice(string ns, ImmutableArray<ArmPick> picks)
    {
        if (picks.IsDefaultOrEmpty)
            throw new ArgumentException("A choice has an arm; that there is none is null.", nameof(picks));
        Namespace = ns;
        Picks = picks;
        var hash = new HashCode();
        hash.Add(ns, StringComparer.Ordinal);
        foreach (var pick in picks)
            hash.Add(pick);
        _hash = hash.ToHashCode();
    }

    public string Namespace { get; }

    /// <summary>The arms, in the order in which they are merged.</summary>
    public ImmutableArray<ArmPick> Picks { get; }

    public bool Equals(ArmChoice? other) => ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Namespace == other.Namespace && Picks.AsSpan().SequenceEqual(other.Picks.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as ArmChoice);

    public override int GetHashCode() => _hash;

    /// <summary>For messages: <c>arm 'treatment' of rollout/mail/pool</c>.</summary>
    public override string ToString() =>
        string.Join(" and ", Picks.Select(pick => $"arm '{pick.Arm}' of {RolloutKind.AddressOf(Namespace, pick.Rollout)}"));
}

/// <param name="Rollout">Its id.</param>
public readonly record struct ArmPick(string Rollout, string Arm);
