using Setpoint.Core.Json;

namespace Setpoint.Client;

/// <summary>What a flag came to, and why: OpenFeature's evaluation details.</summary>
/// <param name="Key">The flag's key as it was asked for.</param>
/// <param name="Value">What the flag serves, or the caller's fallback.</param>
/// <param name="Variant">The name of the variant; null where the fallback stands.</param>
/// <param name="Reason">
/// <c>STATIC</c>, <c>DEFAULT</c>, <c>TARGETING_MATCH</c>, <c>SPLIT</c>, <c>DISABLED</c>, <c>PREREQUISITE_FAILED</c> or <c>ERROR</c>.
/// </param>
/// <param name="ErrorCode">
/// Null unless the reason is <c>ERROR</c>: <c>FLAG_NOT_FOUND</c>, <c>TYPE_MISMATCH</c>, <c>TARGETING_KEY_MISSING</c>, <c>PARSE_ERROR</c>,
/// <c>PROVIDER_NOT_READY</c> or <c>GENERAL</c>.
/// </param>
/// <param name="ErrorMessage">What went wrong, for a person; null if nothing did.</param>
/// <param name="Metadata">What the flag's document says to go with every answer; empty for none.</param>
/// <param name="Namespace">The flag's namespace; null if there is no such flag.</param>
/// <param name="Revision">The revision at which the flag was read or confirmed; 0 if there is no such flag.</param>
public readonly record struct FlagDetails<T>(
    string Key, T Value, string? Variant, string Reason, string? ErrorCode, string? ErrorMessage, JsonObject Metadata, string? Namespace, long Revision);
