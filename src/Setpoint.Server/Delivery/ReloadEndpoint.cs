using Setpoint.Core.Json;
using Setpoint.Server.Configs;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.References;
using Setpoint.Server.Sources;

namespace Setpoint.Server.Delivery;

/// <summary><c>POST /api/config/{ns}/reload</c>: re-reads followed sources and files that are referred to, then tells subscribers to read again.</summary>
internal sealed class ReloadEndpoint(SnapshotBoard board, FollowedSources sources, FileReferenceWatch files, ReloadBroadcast broadcast)
{
    public async Task HandleAsync(HttpContext context)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        string? environment = null;
        var force = false;
        if (context.Request.ContentLength is not 0 and not null || context.Request.Headers.TransferEncoding.Count > 0)
        {
            if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
            {
                await Problem.WriteAsync(context, fault);
                return;
            }

            var body = new BodyReader(json);
            environment = body.String("environment");
            force = body.Boolean("force", fallback: false);
            if (body.Finish() is { } bodyFault)
            {
                await Problem.WriteAsync(context, bodyFault);
                return;
            }
        }

        if (ViewCache.CheckTarget(board.Current, ns, environment) is { } missing)
        {
            await Problem.WriteAsync(context, missing);
            return;
        }

        // With force a source is imported although its files look the same as last time.
        var read = await sources.RereadAsync(force, context.RequestAborted);
        files.Reread();
        var revision = board.Current.Revision;
        var told = broadcast.Publish(ns, environment, revision);
        var answer = new JsonObjectBuilder(6).Add("serviceName", ns);
        answer.Add("environment", environment is null ? JsonNull.Instance : new JsonString(environment));
        await Answer.OkAsync(context, answer
            .Add("revision", revision)
            .Add("subscribers", told)
            .Add("sources", new JsonArray([.. read.Select(source => (JsonValue)source.ToJson())]))
            .Build());
    }
}
