using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Services;

namespace Setpoint.Client.Requirements;

/// <summary>A key without which the app does not work.</summary>
/// <param name="Requirement">As the server is told.</param>
/// <param name="Paths">Where it may lie in an <c>IConfiguration</c>, in the order in which they are tried.</param>
/// <param name="Origin">Who requires it: a property of an options type; null where the key itself was declared.</param>
internal sealed record RequiredKey(KeyRequirement Requirement, ImmutableArray<string> Paths, string? Origin)
{
    private static readonly ImmutableArray<string> Types =
        [JsonTypes.String, JsonTypes.Number, JsonTypes.Integer, JsonTypes.Boolean, JsonTypes.Object, JsonTypes.Array];

    /// <exception cref="ArgumentException">The key cannot be one, or the type is unknown.</exception>
    public static RequiredKey Of(string key, string? type, string? origin = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!KeyRequirement.TryRead(key, out var places, out var problem))
            throw new ArgumentException(problem, nameof(key));
        if (type is not null && !Types.Contains(type))
            throw new ArgumentException($"'{type}' is no type; it is one of {string.Join(", ", Types)}.", nameof(type));
        // .NET's configuration is text, whatever it was in JSON.
        return new(new KeyRequirement(key, type, Text: true), [.. places.Select(place => string.Join(':', place.Segments)).Distinct()], origin);
    }
}

/// <summary>The keys that one registration of options requires.</summary>
internal sealed record DeclaredKeys(ImmutableArray<RequiredKey> Keys);
