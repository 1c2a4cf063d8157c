using Setpoint.Core.Statistics;

namespace Setpoint.Core.Flags;

/// <summary>How often a flag gave an answer.</summary>
/// <param name="Variant">Null: the default in the caller's code stood.</param>
public readonly record struct FlagUsage(string Key, string? Variant, FlagReason Reason, long Count);

/// <summary>Whom a flag gave answers to.</summary>
/// <param name="Keys">The targeting keys, as a sketch that estimates how many different ones there were.</param>
public sealed record FlagKeysUsage(string Key, HyperLogLog Keys);
