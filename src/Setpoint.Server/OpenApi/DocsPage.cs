using Setpoint.Server.Http;

namespace Setpoint.Server.OpenApi;

/// <summary>
/// <c>/docs</c>: Swagger UI out of its own assembly, without a look at any network. It is made when somebody first asks, and it is an endpoint
/// and not a middleware, so that no other request passes it.
/// </summary>
internal sealed class DocsPage(IServiceProvider services)
{
    private readonly Lazy<RequestDelegate> _page = new(() => Build(services));

    public Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path.Value is "/docs")
        {
            context.Response.Redirect("docs/index.html");
            return Task.CompletedTask;
        }

        // Middlewares that serve files leave requests alone that have an endpoint.
        context.SetEndpoint(null);
        return _page.Value(context);
    }

    private static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseSwaggerUI(page =>
        {
            page.RoutePrefix = "docs";
            page.DocumentTitle = "Setpoint";
            page.SwaggerEndpoint("../openapi/v1.json", "Setpoint");
            page.EnablePersistAuthorization();
            page.DisplayRequestDuration();
            page.EnableDeepLinking();
            // The validator is a service on the internet.
            page.EnableValidator(null);
        });
        app.Run(static context => Problem.WriteAsync(context, new ServerFault.NoSuchRoute(context.Request.Method, context.Request.Path)));
        return app.Build();
    }
}
