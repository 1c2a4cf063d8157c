namespace Setpoint.Storage.Tests;

/// <summary>A clock that stands until it is moved.</summary>
internal sealed class ManualTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = LedgerDraft.Start;

    public override DateTimeOffset GetUtcNow() => Now;
}
