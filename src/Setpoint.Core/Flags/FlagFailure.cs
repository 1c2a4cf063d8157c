namespace Setpoint.Core.Flags;

/// <summary>A flag that a bug kept from being compiled.</summary>
/// <param name="Exception">Why. For a log: it may quote what the flag says.</param>
public sealed record FlagFailure(Flag Flag, Exception Exception)
{
    /// <summary>Address of the flag's document.</summary>
    public string Address => FlagKind.AddressOf(Flag.Namespace, Flag.Key).Text;
}
