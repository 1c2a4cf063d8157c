namespace Setpoint.Core.Rules;

/// <summary>What an evaluation came to.</summary>
/// <param name="Value">The answer; null where it timed out.</param>
/// <param name="TimedOut">The budget of steps was spent before there was an answer. Deterministic: again means again.</param>
public readonly record struct LogicOutcome(LogicValue Value, bool TimedOut);
