using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;

namespace Setpoint.Core.Effects;

/// <summary>The layers of one view before and after. Where no references are among them, equal ones merge to equal configurations.</summary>
internal readonly struct ComparedLayers : IEquatable<ComparedLayers>
{
    // The rank as well: the document of a runtime override says more than what it merges.
    private readonly ImmutableArray<(LayerRank Rank, Fingerprint Fingerprint)> _before;
    private readonly ImmutableArray<(LayerRank Rank, Fingerprint Fingerprint)> _after;

    public ComparedLayers(LayerStack before, LayerStack after)
    {
        _before = Of(before);
        _after = Of(after);
    }

    public bool AreSame => _before.AsSpan().SequenceEqual(_after.AsSpan());

    public bool Equals(ComparedLayers other) =>
        _before.AsSpan().SequenceEqual(other._before.AsSpan()) && _after.AsSpan().SequenceEqual(other._after.AsSpan());

    public override bool Equals(object? obj) => obj is ComparedLayers other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var layer in _before)
            hash.Add(layer);
        hash.Add(_before.Length);
        foreach (var layer in _after)
            hash.Add(layer);
        return hash.ToHashCode();
    }

    private static ImmutableArray<(LayerRank Rank, Fingerprint Fingerprint)> Of(LayerStack stack) =>
        ImmutableArray.CreateRange(stack.Layers, layer => (layer.Rank, layer.Fingerprint));
}
