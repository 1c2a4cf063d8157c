using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;

namespace Setpoint.Server.Rollouts;

/// <summary>
/// Who is asking for a configuration, as rollouts see them: attributes, the targeting key among them. Equal where these are. Immutable and
/// thread-safe.
/// </summary>
internal sealed class Audience : IEquatable<Audience>
{
    /// <summary>The attribute that says who is asking.</summary>
    public const string TargetingKeyName = "targetingKey";

    private readonly JsonObject _attributes;
    private readonly int _hash;

    private Audience(string? targetingKey, JsonObject attributes)
    {
        TargetingKey = targetingKey;
        Context = FlagContext.Of(attributes);
        _attributes = attributes;
        _hash = attributes.GetHashCode();
    }

    /// <summary>Null: nobody in particular.</summary>
    public string? TargetingKey { get; }

    public FlagContext Context { get; }

    /// <summary>Why the attributes are none; null if they are.</summary>
    public static Fault? Check(JsonObject? attributes) => attributes?[TargetingKeyName] is { } key and not (JsonString or JsonNull)
        ? new Fault.Malformed($"Attribute '{TargetingKeyName}' must be a string, not {JsonKinds.Describe(key.Kind)}.")
        : null;

    /// <summary>Null if nothing is known of who is asking.</summary>
    /// <param name="user">Whose layer applies. The targeting key as well, where the attributes have none.</param>
    /// <param name="attributes">Checked; null for none.</param>
    public static Audience? Of(string? user, JsonObject? attributes)
    {
        if (user is null && attributes is not { Count: > 0 })
            return null;
        attributes ??= JsonObject.Empty;
        var key = (attributes[TargetingKeyName] as JsonString)?.Value ?? user;
        return new(key, key is null ? attributes : attributes.With(TargetingKeyName, new JsonString(key)));
    }

    public bool Equals(Audience? other) => other is not null && _attributes.Equals(other._attributes);

    public override bool Equals(object? obj) => Equals(obj as Audience);

    // Made once: who has no targeting key is told apart by the attributes alone, and tables of feeds are looked into at every reconnect.
    public override int GetHashCode() => _hash;
}
