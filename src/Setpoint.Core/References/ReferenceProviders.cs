using System.Collections.Frozen;
using Setpoint.Core.Json;

namespace Setpoint.Core.References;

/// <summary>Where values come from that no ledger holds. Thread-safe.</summary>
public interface IReferenceProvider
{
    /// <summary>What stands before the colon; one of <see cref="Reference.Providers"/>.</summary>
    string Name { get; }

    /// <summary>Grows whenever a value that was found before is another one now.</summary>
    long Generation { get; }

    /// <summary>The value of the key. The same generation gives the same answer.</summary>
    ReferenceValue Find(string key);
}

/// <summary>What a provider says of a key: a value, or why there is none.</summary>
public readonly record struct ReferenceValue
{
    private ReferenceValue(JsonValue? value, string? reason)
    {
        Value = value;
        Reason = reason;
    }

    /// <summary>Null if there is none.</summary>
    public JsonValue? Value { get; }

    /// <summary>Why there is none and what to do, as the end of a sentence; never the value of anything.</summary>
    public string? Reason { get; }

    public static ReferenceValue Of(JsonValue value) => new(value, null);

    public static ReferenceValue Unknown(string reason) => new(null, reason);
}

/// <summary>The providers of a server. A catalog carries them, so that whoever resolves a snapshot finds the same ones.</summary>
public sealed class ReferenceProviders(params IEnumerable<IReferenceProvider> providers)
{
    /// <summary>For who has only the ledger.</summary>
    public static readonly ReferenceProviders None = new([]);

    private readonly FrozenDictionary<string, IReferenceProvider> _providers = providers.ToFrozenDictionary(provider => provider.Name, StringComparer.Ordinal);

    /// <summary>Grows whenever a value that any provider gave before is another one now.</summary>
    public long Generation
    {
        get
        {
            var sum = 0L;
            foreach (var provider in _providers.Values)
                sum += provider.Generation;
            return sum;
        }
    }

    public ReferenceValue Find(Reference reference) =>
        _providers.TryGetValue(reference.Provider, out var provider)
            ? provider.Find(reference.Key)
            : ReferenceValue.Unknown($"nothing here gives values of '{reference.Provider}'");
}
