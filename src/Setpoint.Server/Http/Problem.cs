using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>Turns a <see cref="Fault"/> into an RFC 9457 answer: the one place that knows which status a refusal has.</summary>
internal static class Problem
{
    public const string ContentType = "application/problem+json";

    public static int StatusOf(Fault fault) => fault switch
    {
        Fault.Missing => StatusCodes.Status404NotFound,
        Fault.Stale => StatusCodes.Status412PreconditionFailed,
        Fault.Conflict => StatusCodes.Status409Conflict,
        Fault.Invalid => StatusCodes.Status422UnprocessableEntity,
        Fault.TimedOut => StatusCodes.Status422UnprocessableEntity,
        Fault.Malformed => StatusCodes.Status400BadRequest,
        Fault.TooLarge => StatusCodes.Status413PayloadTooLarge,
        Fault.RollbackFailed => StatusCodes.Status409Conflict,
        Fault.SchemaVersionMismatch => StatusCodes.Status409Conflict,
        Fault.Sealed => StatusCodes.Status503ServiceUnavailable,
        Fault.StoreFull => StatusCodes.Status507InsufficientStorage,
        Fault.Unavailable => StatusCodes.Status503ServiceUnavailable,
        AccessFault.Unauthenticated => StatusCodes.Status401Unauthorized,
        AccessFault.Denied => StatusCodes.Status403Forbidden,
        ServerFault.Behind => StatusCodes.Status503ServiceUnavailable,
        ServerFault.NoSuchRoute => StatusCodes.Status404NotFound,
        ServerFault.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ServerFault.Internal => StatusCodes.Status500InternalServerError,
        _ => throw new InvalidOperationException($"No status is assigned to {fault.GetType().Name}."),
    };

    public static Task WriteAsync(HttpContext context, Fault fault)
    {
        var status = StatusOf(fault);
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
        if (fault is AccessFault.Unauthenticated)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        if (context.GetEndpoint()?.Metadata.GetMetadata<FaultShape>() is { } shape)
            return Answer.WriteAsync(context, status, shape.Body(context, fault, status));
        return Answer.WriteAsync(context, status, ToJson(fault, status), ContentType);
    }

    /// <summary>The body of the answer, also sent over WebSockets.</summary>
    public static JsonObject ToJson(Fault fault, int status)
    {
        var body = new JsonObjectBuilder(8)
            .Add("type", $"https://setpoint.dev/problems/{fault.Code}")
            .Add("title", TitleOf(status))
            .Add("status", status)
            .Add("detail", fault.Message)
            .Add("code", fault.Code);
        if (fault is Fault.Stale stale)
            body.Add("expectedVersion", stale.Expected).Add("actualVersion", stale.Actual);
        if (fault is Fault.SchemaVersionMismatch mismatch)
            body.Add("expectedVersion", mismatch.Expected).Add("actualVersion", mismatch.Actual);
        var violations = fault switch
        {
            Fault.Invalid invalid => invalid.Violations,
            Fault.TimedOut timedOut => timedOut.Violations,
            Fault.Malformed malformed => malformed.Violations,
            Fault.RollbackFailed rollback => rollback.Violations,
            _ => [],
        };
        if (!violations.IsEmpty)
            body.Add("errors", ToJson(violations));
        return body.Build();
    }

    public static JsonArray ToJson(ImmutableArray<Violation> violations) => new([.. violations.Select(ToJson)]);

    private static JsonValue ToJson(Violation violation)
    {
        var json = new JsonObjectBuilder(8)
            .Add("path", violation.Path)
            .Add("code", violation.Code)
            .Add("message", violation.Message)
            .Add("address", violation.Address?.Text);
        if (violation.Effective is { } place)
        {
            json.Add("namespace", place.Namespace)
                .Add("environments", JsonArray.OfStrings(place.Environments))
                .Add("user", place.User)
                .Add("rule", place.Rule);
        }

        return json.Build();
    }

    private static string TitleOf(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
}

/// <summary>Refusals that only a server can make.</summary>
internal static class ServerFault
{
    /// <summary>This server does not have the revision that the caller has seen elsewhere.</summary>
    internal sealed record Behind(long Wanted, long Have)
        : Fault("Behind", $"This server has revision {Have} and did not reach {Wanted} in time; retry.");

    internal sealed record NoSuchRoute(string Method, string Path)
        : Fault("NotFound", $"There is no {Method} {Path}; /docs lists what there is.");

    internal sealed record MethodNotAllowed(string Method, string Path)
        : Fault("NotFound", $"{Path} does not take {Method}; the Allow header lists what it takes.");

    internal sealed record Internal(string TraceId)
        : Fault("InternalError", $"The server failed on this request; nothing is known of why here, but its log has trace {TraceId}.");
}

/// <summary>Refusals of callers.</summary>
internal static class AccessFault
{
    internal sealed record Unauthenticated(string Message) : Fault("Unauthenticated", Message);

    internal sealed record Denied(string Message) : Fault("AccessDenied", Message);
}
