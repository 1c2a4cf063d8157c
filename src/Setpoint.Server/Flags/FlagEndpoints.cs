using Microsoft.Net.Http.Headers;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Flags;

/// <summary>One flag: read and written, in its short form or its full one.</summary>
internal sealed class FlagEndpoints(SnapshotBoard board, FlagBoard flags, DocumentWriter writer, TimeProvider time)
{
    private const string MergePatchType = "application/merge-patch+json";
    private const string NamespaceParameter = "namespace";

    public Task GetAsync(HttpContext context) => GetAsync(context, new QueryReader(context.Request), FlagPath.KeyOf(context), wayOut: "");

    /// <param name="query">What else is known in it has been taken.</param>
    /// <param name="wayOut">What else could have been meant where there is no such flag.</param>
    public Task GetAsync(HttpContext context, QueryReader query, string key, string wayOut)
    {
        var (named, environment) = FlagTarget.Read(query, context.Request);
        var ns = named ?? Names.Global;
        if (query.Finish() is { } fault)
            return Problem.WriteAsync(context, fault);
        var snapshot = board.Current;
        if (snapshot.Flags().Find(ns, key) is not { } flag)
        {
            var missing = FlagJson.Missing(ns, key);
            return Problem.WriteAsync(context, missing with { Message = missing.Message + wayOut });
        }

        var answer = FlagJson.Both(snapshot, ns, key);
        if (environment is not null)
        {
            if (!flags.Find(snapshot, ns, environment).TryGet(out var active, out fault))
                return Problem.WriteAsync(context, fault);
            // The board may have moved on, and the flag may be gone there.
            if (active.Set.StateAt(key, time.GetUtcNow()) is { } state)
                answer = FlagJson.Seen(answer, state, environment);
        }

        context.Response.Headers.ETag = $"\"{flag.Version}\"";
        return Answer.OkAsync(context, answer);
    }

    /// <summary>Creates; never replaces what is there.</summary>
    public async Task PostAsync(HttpContext context)
    {
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault)
            || !FlagBody.Read(json).TryGet(out var body, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var name = (body.Document["name"] as JsonString)?.Value;
        if ((body.Key ?? (name is null ? null : ShortForm.KeyOf(name))) is not { } key)
        {
            fault = new Fault.Malformed(name is null
                ? "A new flag needs 'key', or 'name', of which a key is made."
                : $"No key can be made of the name '{FlagJson.Shortened(name)}': it has no letter or digit, or over {FlagKeys.LengthMax}. Send 'key' as well.");
            await Problem.WriteAsync(context, fault);
            return;
        }

        await WriteAsync(context, json, key, $"Create flag {key}.", body.ExpectedVersion, (before, ns) => before.Flags().Find(ns, key) is null
            ? body.Draft()
            : new Fault.Conflict($"Flag '{key}' exists already in namespace '{ns}'; PUT /api/features/{Uri.EscapeDataString(key)} replaces it."));
    }

    public async Task PutAsync(HttpContext context)
    {
        var key = FlagPath.KeyOf(context);
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault)
            || !FlagBody.Read(json).TryGet(out var body, out fault)
            || (fault = body.CheckKey(key)) is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await WriteAsync(context, json, key, $"Set flag {key}.", body.ExpectedVersion, (_, _) => body.Draft());
    }

    public async Task PatchAsync(HttpContext context)
    {
        var key = FlagPath.KeyOf(context);
        var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
        if (type is not (MergePatchType or "application/json"))
        {
            await Problem.WriteAsync(context, new Fault.Malformed($"A PATCH of a flag has the content type {MergePatchType}, not '{context.Request.ContentType}'."));
            return;
        }

        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault)
            || !FlagBody.Read(json).TryGet(out var body, out fault)
            || (fault = body.CheckKey(key)) is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await WriteAsync(context, json, key, $"Change flag {key}.", body.ExpectedVersion, (before, ns) => before.Flags().Find(ns, key) is { } flag
            ? FlagPatch.Apply(flag, body.Document)
            : FlagJson.Missing(ns, key));
    }

    public Task DeleteAsync(HttpContext context)
    {
        var key = FlagPath.KeyOf(context);
        return WriteAsync(context, null, key, $"Delete flag {key}.", expectedVersion: null, (before, ns) => before.Flags().Find(ns, key) is null
            ? FlagJson.Missing(ns, key)
            : FlagDraft.Removed);
    }

    /// <param name="change">From the snapshot and the namespace to the flag as it shall be.</param>
    private Task WriteAsync(
        HttpContext context, JsonObject? body, string key, string message, long? expectedVersion, Func<Snapshot, string, Result<FlagDraft>> change)
    {
        var ns = context.Request.Query[NamespaceParameter] is [{ Length: > 0 } named] ? named : Names.Global;
        if (!Names.IsValid(ns))
            return Problem.WriteAsync(context, new Fault.Malformed(Names.Explain("Namespace", ns)));
        if (!FlagKeys.IsValid(key) || !Address.TryOf(FlagKind.KindName, [ns, key], out var address, out _))
            return Problem.WriteAsync(context, new Fault.Malformed(FlagKeys.Explain("Flag key", key)));

        return writer.WriteAsync(context, body, address, message, expectedVersion,
            planning => change(planning.Before, ns).TryGet(out var draft, out var refusal) ? draft.Propose(planning, address) : refusal,
            after => FlagJson.Both(after, ns, key), alsoKnown: NamespaceParameter);
    }
}
