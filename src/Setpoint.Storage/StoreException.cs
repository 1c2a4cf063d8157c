namespace Setpoint.Storage;

/// <summary>Why the store could not do it; this decides what the caller may do next.</summary>
public enum StoreFailure
{
    /// <summary>Rolled back: the head is not the expected one; catch up and judge again.</summary>
    HeadMoved,

    /// <summary>Rolled back: no space. Reads go on, and the same append may succeed when there is space.</summary>
    Full,

    /// <summary>Rolled back, or never begun: the store cannot be used now.</summary>
    Unavailable,

    /// <summary>The append may or may not be durable: read the head before anything else.</summary>
    OutcomeUnknown,

    /// <summary>What is stored contradicts itself. Nothing may be appended to it.</summary>
    Corrupt,

    /// <summary>Another process holds the store.</summary>
    InUse,
}

/// <summary>The store refused or failed. The message is for the operator and holds no value of any document.</summary>
public sealed class StoreException(StoreFailure failure, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public StoreFailure Failure { get; } = failure;
}
