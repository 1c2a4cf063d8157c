namespace Setpoint.Server.Commits;

/// <summary>The ledger itself: commits of any documents, and its backup.</summary>
internal static class CommitsModule
{
    public static IServiceCollection AddCommits(this IServiceCollection services) => services
        .AddSingleton<CommitEndpoints>()
        .AddSingleton<BackupEndpoint>();

    public static void MapCommits(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.ServiceProvider.GetRequiredService<CommitEndpoints>();
        routes.MapPost("/api/commits", (RequestDelegate)endpoints.PostAsync);
        routes.MapGet("/api/commits", (RequestDelegate)endpoints.ListAsync);
        routes.MapGet("/api/commits/{revision}", (RequestDelegate)endpoints.GetAsync);
        routes.MapGet("/api/backup", (RequestDelegate)routes.ServiceProvider.GetRequiredService<BackupEndpoint>().HandleAsync);
    }
}
