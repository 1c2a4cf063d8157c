using System.Buffers;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Server.Access;
using Setpoint.Server.Flags;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Ofrep;

/// <summary><c>POST /ofrep/v1/evaluate/flags</c> and <c>/{key}</c>.</summary>
internal sealed class OfrepEndpoints(SnapshotBoard board, FlagBoard flags, StreamTokens tokens, TimeProvider time)
{
    // About what a flag takes in an answer, and what goes around all of them; where they take more the buffer grows.
    private const int EntryBytes = 128;
    private const int FrameBytes = 8 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task OneAsync(HttpContext context)
    {
        if (await OfrepRequest.ReadAsync(context, board, flags) is not { } request)
            return;
        var key = OfrepError.KeyOf(context)!;
        var result = request.Flags.Set.Evaluate(key, request.Context, time);
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(request.Revision);
        if (result.Error == FlagError.None)
        {
            await Answer.WriteAsync(context, StatusCodes.Status200OK, OfrepJson.Success(result), Answer.Json);
            return;
        }

        var status = result.Error == FlagError.FlagNotFound ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest;
        await Answer.WriteAsync(context, status, OfrepJson.Failure(key, result));
    }

    public async Task BulkAsync(HttpContext context)
    {
        // The provider was told of a configuration that this server may not have yet.
        var announced = ConfigTag.Announced(context.Request);
        if (announced?.Version > board.Current.Revision)
            await board.WaitForAsync(announced.Version, Patience, time, context.RequestAborted);
        if (await OfrepRequest.ReadAsync(context, board, flags) is not { } request)
            return;

        var now = time.GetUtcNow();
        var active = request.Flags;
        var config = new ConfigTag(active.TagAt(now));
        var principal = context.Caller().Name;
        var tag = ConfigTag.OfAnswer(active, config, principal, request.Given, now);
        var headers = context.Response.Headers;
        headers.ETag = $"\"{tag}\"";
        headers.CacheControl = "no-cache";
        headers[Answer.RevisionHeader] = HeaderText.Of(request.Revision);
        // What is announced and not here yet cannot be what the provider has.
        if (context.Request.Headers.IfNoneMatch is { Count: > 0 } condition && ETags.Matches(condition, tag) && !config.IsOlderThan(announced))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        using var text = new AnswerBuffer((active.Flags.Count * EntryBytes) + FrameBytes);
        text.Write("{\"flags\":["u8);
        // One moment for all, so that flags that depend on each other agree.
        OfrepJson.WriteAll(text, active, request.Context, now);
        text.Write("],\"metadata\":"u8);
        JsonWriter.Write(Metadata(active, config), text);
        text.Write(",\"eventStreams\":[{\"type\":\"sse\",\"url\":"u8);
        JsonWriter.Write(new JsonString(tokens.UrlFor(context.Request, active.Set.Namespace, active.Set.Environment, now)), text);
        text.Write("}]}"u8);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, text.Written, Answer.Json);
    }

    private static JsonObject Metadata(ActiveFlags active, ConfigTag config) => new JsonObjectBuilder(3)
        .Add("namespace", active.Set.Namespace)
        .Add("environment", active.Set.Environment)
        .Add("version", config.Text)
        .Build();
}
