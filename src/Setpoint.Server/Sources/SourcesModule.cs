using Setpoint.Core.Json;

namespace Setpoint.Server.Sources;

internal static class SourcesModule
{
    public static IServiceCollection AddSources(this IServiceCollection services) => services.AddSingleton<FollowedSources>();
}

internal sealed class FollowedSources
{
    private readonly List<SourceReport> _all = [];
    public Task<IReadOnlyList<SourceReport>> RereadAsync(bool force, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourceReport>>(_all);
}

internal sealed record SourceReport
{
    public JsonObject Json { get; } = JsonObject.Empty;
    public JsonObject ToJson() => Json;
}
