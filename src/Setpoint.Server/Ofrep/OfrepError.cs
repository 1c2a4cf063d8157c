using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Server.Flags;
using Setpoint.Server.Http;

namespace Setpoint.Server.Ofrep;

/// <summary>Refusals in OFREP's words: <c>{key?, errorCode, errorDetails}</c>.</summary>
internal static class OfrepError
{
    public const string InvalidContext = "INVALID_CONTEXT";

    /// <summary>The context cannot be used.</summary>
    public static Task RefuseContextAsync(HttpContext context, string details) =>
        Answer.WriteAsync(context, StatusCodes.Status400BadRequest, Body(context, InvalidContext, details));

    /// <summary>What any other refusal looks like here.</summary>
    public static JsonObject Shape(HttpContext context, Fault fault, int status) => Body(context, CodeOf(context, fault), fault.Message);

    public static JsonObject Body(HttpContext context, string code, string details)
    {
        var body = new JsonObjectBuilder(3);
        if (KeyOf(context) is { } key)
            body.Add("key", key);
        return body.Add("errorCode", code).Add("errorDetails", details).Build();
    }

    /// <summary>The key of the path; null where all flags are asked for.</summary>
    public static string? KeyOf(HttpContext context) => context.Request.RouteValues.ContainsKey("key") ? FlagPath.KeyOf(context) : null;

    private static string CodeOf(HttpContext context, Fault fault) => fault switch
    {
        Fault.Malformed => "PARSE_ERROR",
        // A flag in a namespace or an environment that does not exist is a flag that does not exist.
        Fault.Missing when KeyOf(context) is not null => "FLAG_NOT_FOUND",
        Fault.TooLarge => InvalidContext,
        _ => "GENERAL",
    };
}
