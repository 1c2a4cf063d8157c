using Setpoint.Storage;

namespace Setpoint.Server.Ledger;

/// <summary>Messages 1000 to 1099.</summary>
internal static partial class LedgerLog
{
    [LoggerMessage(1000, LogLevel.Information, "The ledger is open at revision {Revision} with {Documents} documents.")]
    public static partial void Opened(ILogger logger, long revision, int documents);

    [LoggerMessage(1001, LogLevel.Error, "Appending to the ledger failed ({Failure}): {Reason} Further failures are counted, not logged, until one succeeds.")]
    public static partial void AppendFailed(ILogger logger, StoreFailure failure, string reason);

    [LoggerMessage(1002, LogLevel.Error, "A group of changes failed because of a bug.")]
    public static partial void GroupFailed(ILogger logger, Exception exception);

    [LoggerMessage(1003, LogLevel.Error, "The plan of a proposal by {Actor} threw.")]
    public static partial void PlanFailed(ILogger logger, string actor, Exception exception);

    [LoggerMessage(1004, LogLevel.Warning, "An append ended without a clear outcome ({Reason}); the store's head says committed: {Committed}.")]
    public static partial void OutcomeFound(ILogger logger, bool committed, string reason);

    [LoggerMessage(1006, LogLevel.Warning, "Removing expired idempotency keys failed ({Failure}): {Reason} It will be tried again.")]
    public static partial void CleaningFailed(ILogger logger, StoreFailure failure, string reason);

    [LoggerMessage(1005, LogLevel.Warning, "Removing expired runtime overrides was refused: {Reason} It will be tried again.")]
    public static partial void ExpiryRefused(ILogger logger, string reason);

    [LoggerMessage(1007, LogLevel.Error, "The store did not take the last changes within {Patience}; whoever proposed them has got no answer.")]
    public static partial void NotDrained(ILogger logger, TimeSpan patience);
}
