namespace Setpoint.Server.Http;

/// <summary>Marks a route that changes nothing whatever its method is: a POST that asks. It is not traced, as a GET is not.</summary>
internal sealed class ReadingRoute
{
    public static readonly ReadingRoute Instance = new();

    private ReadingRoute()
    {
    }

    public static bool Is(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || context.GetEndpoint()?.Metadata.GetMetadata<ReadingRoute>() is not null;
}
