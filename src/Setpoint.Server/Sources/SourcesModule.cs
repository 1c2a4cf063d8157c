using Microsoft.Extensions.DependencyInjection;
using Setpoint.Core.Json;

namespace Setpoint.Server.Sources;

internal static class SourcesModule
{
    public static IServiceCollection AddSources(this IServiceCollection services) => services.AddSingleton<FollowedSources>();
}

internal sealed class FollowedSources
{
    public Task<IReadOnlyList<SourceReport>> RereadAsync(bool force, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SourceReport>>([]);
}

internal sealed record SourceReport
{
    public JsonObject ToJson() => JsonObject.Empty;
}
