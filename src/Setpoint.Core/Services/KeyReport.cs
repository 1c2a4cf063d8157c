using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Services;

/// <summary>A key whose value the service cannot read.</summary>
/// <param name="Expected">The type that the service asked for.</param>
/// <param name="Found">The type that is there; the value itself is not told.</param>
public sealed record WrongType(string Key, string Expected, string Found);

/// <summary>What a configuration lacks for a service.</summary>
/// <param name="Missing">Required keys that are not there.</param>
/// <param name="WrongType">Keys, required or not, that are there and not of their type.</param>
/// <param name="OptionalMissing">Optional keys that are not there.</param>
public sealed record KeyReport(ImmutableArray<string> Missing, ImmutableArray<WrongType> WrongType, ImmutableArray<string> OptionalMissing)
{
    /// <summary>Every required key is there, and every key that is there is of its type.</summary>
    public bool IsSatisfied => Missing.IsEmpty && WrongType.IsEmpty;

    /// <param name="config">The effective configuration of the service; null where there is none, which lacks every key.</param>
    public static KeyReport Of(ServiceRegistration registration, JsonObject? config)
    {
        var wrong = ImmutableArray.CreateBuilder<WrongType>();
        var missing = Look(registration.RequiredConfigs);
        var optional = Look(registration.OptionalConfigs);
        return new(missing, wrong.ToImmutable(), optional);

        ImmutableArray<string> Look(ImmutableArray<KeyRequirement> keys)
        {
            var absent = ImmutableArray.CreateBuilder<string>();
            foreach (var key in keys)
            {
                if (config is null || key.Find(config) is not { } value)
                    absent.Add(key.Key);
                else if (!key.IsSatisfiedBy(value))
                    wrong.Add(new(key.Key, key.Type!, JsonTypes.Of(value)));
            }

            return absent.ToImmutable();
        }
    }
}
