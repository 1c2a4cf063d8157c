namespace Setpoint.Server.Sources;

/// <summary>Folders whose files are imported and followed.</summary>
internal static class SourcesModule
{
    public static IServiceCollection AddSources(this IServiceCollection services)
    {
        services.AddSingleton<FollowedSources>();
        // Started after the writer that it needs, stopped before it, and done importing before the first request is answered.
        services.AddHostedService(provider => provider.GetRequiredService<FollowedSources>());
        return services;
    }
}
