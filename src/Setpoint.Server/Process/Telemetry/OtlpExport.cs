using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Setpoint.Server.Process.Telemetry;

/// <summary>
/// Sends traces and figures to a collector, where one is set up. The SDK reads the other OTEL variables itself: headers, timeout, interval,
/// sampler, service name, resource attributes.
/// </summary>
internal sealed class OtlpExport(ServerSettings settings) : IHostedService, IDisposable
{
    // A collector that does not answer must not hold up the end of the process: Ctrl-C has two seconds for everything.
    private const int FlushMilliseconds = 800;

    private MeterProvider? _meters;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Variables come last, so that OTEL_SERVICE_NAME wins over our name.
        var resource = ResourceBuilder.CreateEmpty()
            .AddService("setpoint", serviceVersion: ServerVersion.Number)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        _meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(ServerMeter.Name, "Microsoft.AspNetCore.*", "System.Runtime")
            .AddOtlpExporter(exporter => Address(exporter, "v1/metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore")
            .AddOtlpExporter(exporter => Address(exporter, "v1/traces"))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _traces?.Shutdown(FlushMilliseconds);
        _meters?.Shutdown(FlushMilliseconds);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _meters?.Dispose();
    }

    private void Address(OtlpExporterOptions exporter, string signal)
    {
        exporter.Protocol = settings.OtlpOverHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // Over HTTP each signal has a path of its own below the endpoint; over gRPC the endpoint is all.
        exporter.Endpoint = settings.OtlpOverHttp
            ? new Uri(settings.OtlpEndpoint!.ToString().TrimEnd('/') + "/" + signal)
            : settings.OtlpEndpoint!;
    }
}
