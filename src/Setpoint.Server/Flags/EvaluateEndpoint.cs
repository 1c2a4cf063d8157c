using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Flags;

/// <summary><c>POST /api/features/evaluate</c>, and why a flag came out as it did.</summary>
internal sealed class EvaluateEndpoint(SnapshotBoard board, FlagBoard flags, TimeProvider time)
{
    private const int FlagsMax = 10_000;

    // About what a flag takes in an answer; where it takes more the buffer grows.
    private const int EntryBytes = 128;

    public async Task EvaluateAsync(HttpContext context)
    {
        if (!(await ReadAsync(context, takesFlags: true)).TryGet(out var asked, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        // One moment for all, so that flags that depend on each other agree.
        FlagTime now = time.GetUtcNow();
        using var text = new AnswerBuffer((asked.Flags.IsDefault ? asked.Active.Flags.Count : asked.Flags.Length) * EntryBytes);
        text.Write("{\"flags\":{"u8);
        if (asked.Flags.IsDefault)
            EvaluationJson.WriteAll(text, asked.Active, asked.Context, now);
        else
        {
            for (var i = 0; i < asked.Flags.Length; i++)
            {
                if (i > 0)
                    text.Write(","u8);
                EvaluationJson.Write(text, asked.Flags[i], asked.Active.Set.Evaluate(asked.Flags[i], asked.Context, now));
            }
        }

        text.Write("}}"u8);
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(asked.Revision);
        await Answer.WriteAsync(context, StatusCodes.Status200OK, text.Written, Answer.Json);
    }

    public async Task ExplainAsync(HttpContext context)
    {
        if (!(await ReadAsync(context, takesFlags: false)).TryGet(out var asked, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var key = FlagPath.KeyOf(context);
        context.Response.Headers[Answer.RevisionHeader] = HeaderText.Of(asked.Revision);
        if (asked.Active.Set.Explain(key, asked.Context, time.GetUtcNow()) is { } explanation)
            await Answer.OkAsync(context, ExplanationJson.Of(key, asked.Active, explanation));
        else
            await Problem.WriteAsync(context, FlagJson.Missing(asked.Active.Set.Namespace, key));
    }

    private async ValueTask<Result<Asked>> ReadAsync(HttpContext context, bool takesFlags)
    {
        var query = new QueryReader(context.Request);
        var (ns, environment) = FlagTarget.Read(query, context.Request);
        if (query.Finish() is { } fault || !(await RequestBody.ReadObjectAsync(context, takesFlags ? EvaluationContext.RequestWithKeys : EvaluationContext.Request)).TryGet(out var json, out fault))
            return EvaluationContext.Tell(fault);
        var body = new BodyReader(json);
        var given = body.RequiredObject("context");
        var keys = takesFlags && json["flags"] is not (null or JsonNull) ? body.Strings("flags") : default;
        if (takesFlags && keys.IsDefault)
            body.Strings("flags");
        if (body.Finish() is { } wrong)
            return wrong;
        if (!keys.IsDefault && keys.Length > FlagsMax)
            return new Fault.TooLarge($"{keys.Length} flags are asked for; the limit is {FlagsMax}. Leave 'flags' out to have all.");
        if (EvaluationContext.CheckSize(given!, context.Request) is { } tooLarge)
            return tooLarge;
        if (!EvaluationContext.Read(given!).TryGet(out var attributes, out fault)
            || !FlagTarget.Choose(ns, environment, given).TryGet(out var target, out fault))
        {
            return fault;
        }

        var snapshot = board.Current;
        return flags.Find(snapshot, target.Namespace, target.Environment).TryGet(out var active, out fault)
            ? new Asked(active, snapshot.Revision, attributes, keys is { IsDefault: false, Length: > 1 } ? [.. keys.Distinct(StringComparer.Ordinal)] : keys)
            : fault;
    }

    /// <param name="Flags">Default: all.</param>
    private sealed record Asked(ActiveFlags Active, long Revision, FlagContext Context, ImmutableArray<string> Flags);
}
