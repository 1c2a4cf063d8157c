namespace Setpoint.Server.Http;

/// <summary>The time of a request.</summary>
internal static class RequestClock
{
    public static DateTimeOffset Now(this HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
