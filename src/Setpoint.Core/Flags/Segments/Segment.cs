using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Segments;

/// <summary>A group of users that rules name: <c>{"segment": "beta-users"}</c>. Immutable.</summary>
/// <param name="Included">Targeting keys that belong to it, whatever <paramref name="When"/> says.</param>
/// <param name="Excluded">Targeting keys that do not, whatever else is said.</param>
/// <param name="When">JSONLogic that is true of contexts that belong to it; null: only those included.</param>
public sealed record Segment(
    string Namespace,
    string Key,
    string? Name,
    string? Description,
    string? Owner,
    ImmutableArray<string> Tags,
    ImmutableArray<string> Included,
    ImmutableArray<string> Excluded,
    JsonValue? When)
{
    /// <summary>Revision of the commit that wrote it; 0 before.</summary>
    public long Version { get; init; }
}
