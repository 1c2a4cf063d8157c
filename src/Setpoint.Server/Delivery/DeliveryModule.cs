using Setpoint.Server.Access;
using Setpoint.Server.Http;
using Setpoint.Server.Process;

namespace Setpoint.Server.Delivery;

/// <summary>Push: whoever follows a configuration is told when its effective value changes.</summary>
internal static class DeliveryModule
{
    private const string SocketPath = "/ws";

    public static IServiceCollection AddDelivery(this IServiceCollection services)
    {
        services.AddSingleton<DeliveryLimits>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<FeedTable>();
        services.AddSingleton<FlagFeedTable>();
        services.AddSingleton<ReloadBroadcast>();
        services.AddSingleton<ReloadEndpoint>();
        services.AddSingleton<WebSocketEndpoint>();
        services.AddSingleton<EventStreams>();
        services.AddSingleton<EventStreamEndpoint>();
        services.AddSingleton<ChannelRegistry>();
        services.AddHostedService(provider => provider.GetRequiredService<ChannelRegistry>());
        services.AddHostedService<PushDispatcher>();
        services.AddHostedService<FlagDispatcher>();
        return services;
    }

    /// <summary>Upgrades sockets, and answers the port that is for them alone. Before access: a socket may authenticate after it is open.</summary>
    public static void UseDelivery(this WebApplication app)
    {
        var hasPort = app.Services.GetRequiredService<ServerSettings>().WebSocketPort is not null;
        var sockets = app.Services.GetRequiredService<WebSocketEndpoint>();

        // Branches, so that an ordinary request pays one comparison for sockets.
        if (hasPort)
        {
            app.MapWhen(WebSocketPort.Is, branch =>
            {
                branch.UseWebSockets();
                branch.Run(context => context.Request.Path.Value is "/" or SocketPath
                    ? sockets.HandleAsync(context)
                    : Problem.WriteAsync(context, new ServerFault.NoSuchRoute(context.Request.Method, context.Request.Path)));
            });
        }

        app.UseWhen(static context => context.Request.Path.Value == SocketPath, static branch => branch.UseWebSockets());
    }

    public static void MapDelivery(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        RequestDelegate socket = services.GetRequiredService<WebSocketEndpoint>().HandleAsync;
        RequestDelegate stream = services.GetRequiredService<EventStreamEndpoint>().HandleAsync;
        routes.MapGet(SocketPath, socket).Open();
        routes.MapGet("/api/stream", stream);
        RequestDelegate reload = services.GetRequiredService<ReloadEndpoint>().HandleAsync;
        routes.MapPost("/api/config/{ns}/reload", reload);
    }
}
