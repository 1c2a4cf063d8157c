using System.Collections.Concurrent;
using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas;

/// <summary>
/// Remembers which merges of layers obey a schema, by the fingerprints of the layers: what they merge to follows from them, so it need be
/// neither merged nor validated again, be it for another environment without layers of its own, a dry run and then the write, or the next
/// commit elsewhere. Only good news is kept. Thread-safe.
/// </summary>
internal sealed class ValidMemo
{
    // A namespace has a handful of environments and few users whose layers differ; past this it starts anew.
    private const int CountMax = 4_096;

    private readonly ConcurrentDictionary<Key, bool> _valid = new();

    public bool Contains(in Key key) => _valid.ContainsKey(key);

    public void Add(in Key key)
    {
        if (_valid.Count >= CountMax)
            _valid.Clear();
        _valid.TryAdd(key, true);
    }

    /// <param name="environment">The environment where that matters to a rule; else empty, and environments share.</param>
    public readonly struct Key(string environment, ImmutableArray<Fingerprint> layers) : IEquatable<Key>
    {
        private readonly string _environment = environment;
        private readonly ImmutableArray<Fingerprint> _layers = layers;

        public bool Equals(Key other) => _environment == other._environment && _layers.AsSpan().SequenceEqual(other._layers.AsSpan());

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_environment);
            foreach (var layer in _layers)
                hash.Add(layer);
            return hash.ToHashCode();
        }
    }
}
