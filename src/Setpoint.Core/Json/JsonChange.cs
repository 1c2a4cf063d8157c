namespace Setpoint.Core.Json;

/// <summary>What a change does at its path.</summary>
public enum JsonChangeOp
{
    Add,
    Remove,
    Replace,
}

/// <summary>One difference between two values.</summary>
/// <param name="Path">JSON Pointer.</param>
/// <param name="Op">What happened there.</param>
/// <param name="From">The value before; null if there was none.</param>
/// <param name="To">The value after; null if there is none.</param>
public sealed record JsonChange(string Path, JsonChangeOp Op, JsonValue? From, JsonValue? To);
