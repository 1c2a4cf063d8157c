using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Setpoint.Server.Access;
using Setpoint.Server.Analytics;
using Setpoint.Server.Commits;
using Setpoint.Server.Configs;
using Setpoint.Server.Delivery;
using Setpoint.Server.Environments;
using Setpoint.Server.Flags;
using Setpoint.Server.Health;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Namespaces;
using Setpoint.Server.Ofrep;
using Setpoint.Server.OpenApi;
using Setpoint.Server.References;
using Setpoint.Server.Rollouts;
using Setpoint.Server.Schemas;
using Setpoint.Server.Services;
using Setpoint.Server.Sources;
using Setpoint.Server.Templates;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Process;

/// <summary>The table of contents: which modules there are, and in which order a request meets them.</summary>
/// <remarks>In two steps, because the ledger can be opened between them, and on another thread than the second.</remarks>
internal static class ServerHost
{
    public static WebApplication Build(ServerSettings settings)
    {
        // Empty: there is no appsettings.json to read and to watch, and all settings are those of ServerSettings.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddServerLogging(settings);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, settings));
        // Requests end in milliseconds; one that does not, such as a body that never comes, must not keep the process beyond two seconds.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));

        builder.Services.AddSingleton(settings);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services
            .AddTelemetry(settings)
            .AddHttp(settings)
            .AddReferences()
            .AddLedger()
            .AddAccess()
            .AddWrites()
            .AddRollouts()
            .AddConfigs()
            .AddEnvironments()
            .AddFlags()
            .AddAnalytics()
            .AddOfrep()
            .AddNamespaces()
            .AddSchemas()
            .AddTemplates()
            .AddServices()
            .AddCommits()
            .AddDelivery()
            .AddSources()
            .AddHealth()
            .AddOpenApi();

        return builder.Build();
    }

    /// <summary>Lays the path of a request. Reads no snapshot: whether the ledger is open by now is not known.</summary>
    public static void Map(WebApplication app)
    {
        app.UseTelemetry();
        // Which route it is, is known from here on: the edge treats those that only read otherwise than those that change something.
        app.UseRouting();
        app.UseRequestEdge();
        app.UseDelivery();
        app.UseServerCors();
        app.UseAccess();
        app.UseRevisionHeaders();
        app.MapConfigs();
        app.MapRollouts();
        app.MapEnvironments();
        app.MapFlags();
        app.MapAnalytics();
        app.MapOfrep();
        app.MapNamespaces();
        app.MapSchemas();
        app.MapTemplates();
        app.MapServices();
        app.MapCommits();
        app.MapDelivery();
        app.MapHealth();
        app.MapTelemetry();
        app.MapOpenApi();
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel, ServerSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = RequestBody.SizeMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Listen(new IPEndPoint(settings.Bind, settings.ApiPort));
        if (settings.WebSocketPort is { } port)
            kestrel.Listen(new IPEndPoint(settings.Bind, port), WebSocketPort.Configure);
    }
}
