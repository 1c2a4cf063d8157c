using Microsoft.AspNetCore.Http.Features;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Configs;

/// <summary>One value of a configuration: read as it is effective, written into one layer.</summary>
internal sealed class KeyEndpoints(SnapshotBoard board, ViewCache views, ArmExposures exposures, LayerWriter layers)
{
    public Task GetAsync(HttpContext context)
    {
        var ns = (string)context.Request.RouteValues["ns"]!;
        var query = new QueryReader(context.Request);
        var environment = LayerChoice.EnvironmentOf(query, context.Request);
        var user = query.String("user");
        var explain = query.Boolean("explain");
        var attributes = query.Attributes();
        query.String("scope");
        var snapshot = board.Current;
        var fault = query.Finish();
        if (fault is not null
            || !ReadKey(context).TryGet(out var key, out fault)
            || !views.Find(snapshot, new ViewKey(ns, environment, user), Audience.Of(user, attributes)).TryGet(out var view, out fault))
        {
            return Problem.WriteAsync(context, fault);
        }

        var effective = view.Effective;
        if (key.Pointer.Resolve(effective.Config) is not { } value)
            return Problem.WriteAsync(context, Fault.Missing.Config($"Key '{key}' does not exist in {ns}{(environment is null ? "" : $" in {environment}")}."));
        if (!explain)
            exposures.Note(snapshot, effective, Audience.Of(user, attributes));

        // An inner node or an element of an array has no provenance of its own; the leaves below or around it have.
        var pointer = key.Pointer.ToString();
        var leaves = Provenance.Explain(effective).Where(leaf => IsAtOrAround(leaf.Path, pointer)).ToList();
        var version = leaves.Count == 0 ? effective.Version : leaves.Max(leaf => leaf.Winner.Document.Version);
        var tag = $"{CanonicalJson.FingerprintOf(value).ToShortText()}{(explain ? $"-explain-{version}" : "")}";
        context.Response.Headers.ETag = $"\"{tag}\"";
        if (context.Request.Headers.IfNoneMatch is { Count: > 0 } condition && ETags.Matches(condition, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var body = new JsonObjectBuilder(5).Add("key", key.ToString()).Add("value", value).Add("version", version).Add("etag", tag);
        if (explain)
            body.Add("provenance", ProvenanceJson.Of([.. leaves]));
        return Answer.OkAsync(context, body.Build());
    }

    public async Task PutAsync(HttpContext context)
    {
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var body = new BodyReader(json);
        var value = body.RequiredValue("value");
        var description = body.String("description");
        var expectedVersion = body.Number("expectedVersion");
        fault = body.Finish();
        if (fault is not null
            || !ReadKey(context).TryGet(out var key, out fault)
            || !WriteEndpoints.ReadEdit(context, json, expectedVersion, description).TryGet(out var edit, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await layers.WriteAsync(context, edit, (current, _) =>
            JsonEdit.Set(current?.Content!.Config ?? JsonObject.Empty, key, value!).TryGet(out var config, out var refusal)
                ? WriteEndpoints.Wrap(edit.Slot, config, current)
                : refusal);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        if (!ReadKey(context).TryGet(out var key, out var fault) || !WriteEndpoints.ReadEdit(context, null).TryGet(out var edit, out fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await layers.WriteAsync(context, edit, (current, _) =>
        {
            if (current is null)
                return LayerChoice.Missing(edit.Slot);
            if (key.Pointer.Resolve(current.Content!.Config) is null)
                return Fault.Missing.Config($"Key '{key}' does not exist in {edit.Slot.ToAddress()}; GET with explain=true tells which layer sets it.");
            return WriteEndpoints.Wrap(edit.Slot, JsonEdit.Remove(current.Content.Config, key), current);
        });
    }

    private static bool IsAtOrAround(string leaf, string pointer) =>
        leaf == pointer
        || leaf.StartsWith(pointer + "/", StringComparison.Ordinal)
        || pointer.StartsWith(leaf + "/", StringComparison.Ordinal);

    /// <summary>
    /// The key as it was sent. It is taken from the raw target, because routing leaves <c>%2F</c> as it is but decodes all else, so that a
    /// pointer could not be told from a name that holds <c>%2F</c>.
    /// </summary>
    private static Result<KeyPath> ReadKey(HttpContext context)
    {
        const string Marker = "/keys/";
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.AsSpan();
        var end = path.IndexOf('?');
        if (end >= 0)
            path = path[..end];
        var start = path.IndexOf(Marker);
        return start < 0
            ? new Fault.Malformed("The path has no key.")
            : KeyPath.Parse(Uri.UnescapeDataString(path[(start + Marker.Length)..]));
    }
}
