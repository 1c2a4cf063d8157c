namespace Setpoint.Server.Delivery;

/// <summary>A flag that may have another outcome, and what it is set to now. Immutable.</summary>
/// <param name="Target">Whose flag, and where.</param>
/// <param name="IsEnabled">False also where there is no such flag any more.</param>
/// <param name="Variant">What is served to nobody in particular; null if that is the default in the caller's code, or depends on who asks.</param>
/// <param name="IsDeleted">There is no such flag any more.</param>
/// <param name="Revision">Of the snapshot that brought it.</param>
/// <param name="Sequence">Counts the news of a feed.</param>
/// <param name="Since">Timestamp of the swap that brought it; 0 if a schedule did.</param>
internal sealed record FlagNews(
    Flags.FlagTarget Target, string Key, bool IsEnabled, string? Variant, bool IsDeleted, long Revision, long Sequence, long Since)
{
    private PushFrame? _frame;

    /// <summary>Made when the first reader takes it.</summary>
    public PushFrame Frame => _frame ??= PushMessage.FlagUpdate(this);
}
