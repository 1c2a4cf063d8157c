namespace Setpoint.Faults.Linearizability;

/// <summary>The register of one key: its version and value. It begins at version 0 with nothing.</summary>
internal readonly record struct Register(long Version, string? Value)
{
    /// <summary>Does the operation now, if what its client saw is what it would see.</summary>
    public bool TryApply(Operation operation, out Register after)
    {
        after = this;
        switch (operation.Kind, operation.Outcome)
        {
            case (OperationKind.Get, OperationOutcome.Ok):
                return operation.Version == Version && operation.ReadValue == Value;
            case (_, OperationOutcome.Conflict):
                return operation.Expect != Operation.Any && operation.Expect != Version && operation.Version == Version;
            case (_, OperationOutcome.Ok or OperationOutcome.Unknown):
                if (operation.Expect != Operation.Any && operation.Expect != Version)
                    return false;
                after = new(Version + 1, operation.Kind == OperationKind.Delete ? null : operation.Value);
                return operation.Outcome == OperationOutcome.Unknown || operation.Version == after.Version;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "A get cannot have this outcome here.");
        }
    }
}
