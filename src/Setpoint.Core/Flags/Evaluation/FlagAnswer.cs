namespace Setpoint.Core.Flags.Evaluation;

/// <summary>
/// What a decision came to: one number, which travels in a register. A <see cref="FlagResult"/> holds references too, and handing one on from
/// method to method costs as much as evaluating a condition; so would fields of their own, written one by one and read as a whole.
/// </summary>
/// <param name="variant">Number of the variant; -1 for the default in the caller's code.</param>
internal readonly struct FlagAnswer(int variant, FlagReason reason, FlagError error = FlagError.None)
{
    private readonly int _packed = (variant << 16) | ((int)reason << 8) | (int)error;

    /// <summary>Number of the variant; -1: the default in the caller's code stands.</summary>
    public int Variant => _packed >> 16;

    public FlagReason Reason => (FlagReason)((_packed >> 8) & 0xff);

    public FlagError Error => (FlagError)(_packed & 0xff);
}
