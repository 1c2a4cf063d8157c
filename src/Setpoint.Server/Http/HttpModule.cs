using Setpoint.Server.Process;

namespace Setpoint.Server.Http;

/// <summary>What every request meets before and after its endpoint.</summary>
internal static class HttpModule
{
    public static IServiceCollection AddHttp(this IServiceCollection services, ServerSettings settings)
    {
        services.AddRoutingCore();
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.CorsOrigins])
            .AllowAnyMethod()
            .AllowAnyHeader()
            .AllowCredentials()
            .WithExposedHeaders("ETag", "Retry-After", Answer.RevisionHeader)));
        return services;
    }

    /// <summary>Marks routes that change nothing, though they are no GETs.</summary>
    public static TBuilder Reading<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(ReadingRoute.Instance));
        return builder;
    }

    /// <summary>The outermost layer: failures become problem documents, and no route is answered as one.</summary>
    public static void UseRequestEdge(this IApplicationBuilder app) => app.UseMiddleware<RequestEdge>();

    /// <summary>Lets pages of the allowed origins call. Without any, browsers keep everybody out.</summary>
    public static void UseServerCors(this WebApplication app)
    {
        if (app.Services.GetRequiredService<ServerSettings>().CorsOrigins.Count > 0)
            app.UseCors();
    }
}
