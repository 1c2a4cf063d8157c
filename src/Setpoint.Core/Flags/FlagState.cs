using System.Collections.Immutable;

namespace Setpoint.Core.Flags;

/// <summary>What a flag is set to at a moment.</summary>
/// <param name="IsEnabled">Enabled, and within its schedule.</param>
/// <param name="Split">What is served where no rule matches; null: the default variant.</param>
public sealed record FlagState(bool IsEnabled, string? DefaultVariant, FlagSplit? Split);

/// <param name="Keys">In ordinal order.</param>
public sealed record FlagScheduleChange(DateTimeOffset At, ImmutableArray<string> Keys);
