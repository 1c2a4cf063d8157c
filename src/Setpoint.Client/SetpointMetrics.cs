using System.Diagnostics.Metrics;

namespace Setpoint.Client;

/// <summary>The counters of all clients in this process, by the framework's meter <c>Setpoint.Client</c>.</summary>
internal static class SetpointMetrics
{
    private static readonly Meter Meter = new("Setpoint.Client");

    public static readonly Counter<long> Updates = Meter.CreateCounter<long>("setpoint.client.updates", "{configuration}", "Configurations swapped in.");
    public static readonly Counter<long> Refusals = Meter.CreateCounter<long>("setpoint.client.refusals", "{configuration}", "Configurations refused by the app's validation.");
    public static readonly Counter<long> Failures = Meter.CreateCounter<long>("setpoint.client.failures", "{attempt}", "Failed attempts to reach the server, by kind.");
    public static readonly Counter<long> ConversionFailures = Meter.CreateCounter<long>("setpoint.client.conversion_failures", "{read}", "Reads that returned their fallback because the value could not be converted.");
}
