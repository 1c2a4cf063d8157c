namespace Setpoint.Server.Rollouts;

/// <summary>Rollouts: configuration for a part of all contexts.</summary>
internal static class RolloutsModule
{
    public static IServiceCollection AddRollouts(this IServiceCollection services) => services
        .AddSingleton<ArmExposures>()
        .AddSingleton<RolloutMetrics>()
        .AddSingleton<RolloutEndpoints>();

    public static void MapRollouts(this IEndpointRouteBuilder routes)
    {
        var rollouts = routes.ServiceProvider.GetRequiredService<RolloutEndpoints>();
        routes.MapGet("/api/rollouts", (RequestDelegate)rollouts.ListAsync);
        routes.MapGet("/api/rollouts/{ns}/{id}", (RequestDelegate)rollouts.GetAsync);
        routes.MapGet("/api/rollouts/{ns}/{id}/explain", (RequestDelegate)rollouts.ExplainAsync);
        routes.MapPut("/api/rollouts/{ns}/{id}", (RequestDelegate)rollouts.PutAsync);
        routes.MapDelete("/api/rollouts/{ns}/{id}", (RequestDelegate)rollouts.DeleteAsync);
    }
}
