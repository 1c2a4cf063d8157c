using Setpoint.Core.Faults;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>What the failures of the store of usage are to who asked.</summary>
internal static class UsageFaults
{
    public static Fault Of(StoreException failure) => failure.Failure == StoreFailure.Full
        ? new Fault.StoreFull(failure.Message)
        : new Fault.Unavailable($"Usage cannot be stored or read now, and configuration and flags are not touched by that: {failure.Message}");
}
