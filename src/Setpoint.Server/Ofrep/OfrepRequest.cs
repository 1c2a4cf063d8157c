using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Server.Flags;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Ofrep;

/// <summary>What is asked, and of which flags.</summary>
/// <param name="Given">The context as it came, for the tag.</param>
internal sealed record OfrepRequest(ActiveFlags Flags, FlagContext Context, JsonObject Given, long Revision)
{
    /// <summary>Reads the request; null if it was refused, and then it is answered.</summary>
    public static async ValueTask<OfrepRequest?> ReadAsync(HttpContext context, SnapshotBoard board, FlagBoard flags)
    {
        if (!(await RequestBody.ReadObjectAsync(context, EvaluationContext.Request)).TryGet(out var body, out var fault))
        {
            await Problem.WriteAsync(context, EvaluationContext.Tell(fault));
            return null;
        }

        // Fields and parameters that nobody knows here are let pass: a newer provider may send them.
        if (body["context"] is not JsonObject given)
        {
            await OfrepError.RefuseContextAsync(context, $"'context' is {JsonKindOf(body["context"])}; it must be an object, such as {{\"context\":{{\"targetingKey\":\"user-123\"}}}}.");
            return null;
        }

        if (given["targetingKey"] is { } key and not (JsonString or JsonNull))
        {
            await OfrepError.RefuseContextAsync(context, $"'context.targetingKey' is {JsonKinds.Describe(key.Kind)}; it must be a string.");
            return null;
        }

        if (EvaluationContext.CheckSize(given, context.Request) is { } tooLarge)
        {
            await Problem.WriteAsync(context, tooLarge);
            return null;
        }

        var (ns, environment) = PlaceOf(context.Request);
        if (!FlagTarget.Choose(ns, environment, given).TryGet(out var target, out fault))
        {
            await OfrepError.RefuseContextAsync(context, fault.Message + " The base URL may name both as well: /in/{namespace}/{environment}.");
            return null;
        }

        var snapshot = board.Current;
        if (!flags.Find(snapshot, target.Namespace, target.Environment).TryGet(out var active, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return null;
        }

        return new(active, FlagContext.Of(given), given, snapshot.Revision);
    }

    private static (string? Namespace, string? Environment) PlaceOf(HttpRequest request) =>
        request.RouteValues["environment"] is string environment
            ? ((string)request.RouteValues["namespace"]!, environment)
            : (One(request.Query["namespace"]), One(request.Query["environment"]) ?? One(request.Headers["X-Environment"]));

    private static string? One(Microsoft.Extensions.Primitives.StringValues values) => values is [{ Length: > 0 } value] ? value : null;

    private static string JsonKindOf(JsonValue? value) => value is null ? "missing" : JsonKinds.Describe(value.Kind);
}
