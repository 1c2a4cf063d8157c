using System.Diagnostics.Metrics;

namespace Setpoint.Client;

/// <summary>The counters of all clients in this process, by the framework's meter <c>Setpoint.Client</c>.</summary>
internal static class SetpointMetrics
{
    private static readonly Meter Meter = new("Setpoint.Client");

    public static readonly Counter<long> Updates = Meter.CreateCounter<long>("setpoint.client.updates", "{configuration}", "Configurations swapped in.");
    public static readonly Counter<long> Refusals = Meter.CreateCounter<long>("setpoint.client.refusals", "{configuration}", "Configurations refused by the app's validation.");
    public static readonly Counter<long> Failures = Meter.CreateCounter<long>("setpoint.client.failures", "{attempt}", "Failed attempts to reach the server, by kind.");
    public static readonly Counter<long> FlagUpdates = Meter.CreateCounter<long>("setpoint.client.flag_updates", "{update}", "Changed flags swapped in, by namespace.");
    public static readonly Counter<long> FlagFallbacks = Meter.CreateCounter<long>("setpoint.client.flag_fallbacks", "{evaluation}", "Evaluations that gave the caller's fallback because of an error.");
    public static readonly Counter<long> ExposuresDropped = Meter.CreateCounter<long>("setpoint.client.exposures_dropped", "{evaluation}", "Counted evaluations of which the server was never told.");
    public static readonly Counter<long> ConversionFailures = Meter.CreateCounter<long>("setpoint.client.conversion_failures", "{read}", "Reads that returned their fallback because the value could not be converted.");
}
