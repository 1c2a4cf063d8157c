using System.Text.Json;

namespace Setpoint.Server.Process;

/// <summary>One JSON line per message on stdout, with trace and span. No message holds a value of any configuration.</summary>
internal static class Logging
{
    public static void AddServerLogging(this ILoggingBuilder logging, ServerSettings settings)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.LogLevel);
        // The framework speaks up when something is wrong; what it does otherwise is its own business below debug.
        logging.AddFilter("Microsoft", settings.LogLevel == LogLevel.Debug ? LogLevel.Information : LogLevel.Warning);
        // Its scope and activity cost a cached read a tenth of its time, and a subscriber 0.85 KiB for as long as it stays. Writes get their
        // trace from RequestEdge; a failing read names its own.
        if (settings.LogLevel != LogLevel.Debug)
            logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // A start that fails is told once, by ServerProcess. A background service that dies is critical, and is still heard.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        logging.AddJsonConsole(console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            console.IncludeScopes = true;
            console.JsonWriterOptions = new JsonWriterOptions { Indented = false };
        });
    }
}
