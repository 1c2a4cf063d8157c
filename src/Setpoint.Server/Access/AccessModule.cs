using Setpoint.Server.Http;
using Setpoint.Server.Process;

namespace Setpoint.Server.Access;

/// <summary>Who may call: every route but the open ones needs a key.</summary>
internal static class AccessModule
{
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        // Made when first asked for, which is after the store is open: the key is kept in its folder.
        services.AddSingleton(provider => AdminKey.Of(provider.GetRequiredService<ServerSettings>(), provider.GetRequiredService<ILogger<AdminKey>>()));
        services.AddSingleton<IAuthenticator>(provider => provider.GetRequiredService<AdminKey>());
        return services;
    }

    /// <summary>Marks routes that anybody may call.</summary>
    public static TBuilder Open<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(OpenRoute.Instance));
        return builder;
    }

    /// <summary>Refuses callers without a key, before anything of a request is read. A route that does not exist is refused to them as well.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app)
    {
        IAuthenticator? authenticator = null;
        return app.Use(next => context =>
        {
            authenticator ??= context.RequestServices.GetRequiredService<IAuthenticator>();
            var principal = Credentials.Find(context.Request, out var presented) is { Length: > 0 } credential
                ? authenticator.Authenticate(credential)
                : null;
            if (principal is not null)
                context.Features.Set(principal);
            else if (context.GetEndpoint()?.Metadata.GetMetadata<OpenRoute>() is null)
                return Problem.WriteAsync(context, Refusal(presented));
            return next(context);
        });
    }

    /// <summary>The caller of an authenticated request.</summary>
    public static Principal Caller(this HttpContext context) =>
        context.Features.Get<Principal>() ?? throw new InvalidOperationException("The route is open, so its caller is nobody.");

    /// <summary>The caller, if a valid key came along.</summary>
    public static Principal? CallerOrNobody(this HttpContext context) => context.Features.Get<Principal>();

    public static AccessFault.Unauthenticated Refusal(bool presented) => new(presented
        ? "The key is not known here. Send 'Authorization: Bearer <key>' or 'X-API-Key: <key>' with a key of this server."
        : "No key was sent. Send 'Authorization: Bearer <key>' or 'X-API-Key: <key>'.");

    private sealed class OpenRoute
    {
        public static readonly OpenRoute Instance = new();
    }
}
