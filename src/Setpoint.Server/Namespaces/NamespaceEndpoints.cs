using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Namespaces;

/// <summary>Namespaces: <c>{kind, displayName?, description?, owner?, includes, tags}</c>.</summary>
internal sealed class NamespaceEndpoints(SnapshotBoard board, DocumentWriter writer)
{
    public Task ListAsync(HttpContext context)
    {
        var snapshot = board.Current;
        return Answer.OkAsync(context, Answer.List(snapshot.Namespaces().All.Select(ns => Describe(snapshot, ns)), snapshot.Namespaces().Count));
    }

    public Task GetAsync(HttpContext context)
    {
        var snapshot = board.Current;
        var name = NameOf(context);
        if (!snapshot.Namespaces().TryFind(name, out var ns))
            return Problem.WriteAsync(context, Fault.Missing.Namespace(name));
        context.Response.Headers.ETag = $"\"{snapshot.Namespaces().VersionOf(name)}\"";
        return Answer.OkAsync(context, Describe(snapshot, ns));
    }

    public async Task PutAsync(HttpContext context)
    {
        var name = NameOf(context);
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        // What the fields may hold is the kind's business; here only what the wire adds to the document is taken off.
        var body = new BodyReader(json);
        var expectedVersion = body.Number("expectedVersion");
        var document = json.Without("expectedVersion");
        if (document["name"] is { } said)
        {
            if (said is not JsonString text || text.Value != name)
                fault = new Fault.Malformed($"The path names namespace '{name}'; 'name' in the body must be the same or absent.");
            document = document.Without("name");
        }

        if (fault is null && !Names.IsValid(name))
            fault = new Fault.Malformed(Names.Explain("Namespace", name));
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        await writer.WriteAsync(context, json, NamespaceKind.AddressOf(name), $"Set namespace {name}.", expectedVersion,
            _ => document, after => after.Namespaces().TryFind(name, out var made) ? Describe(after, made) : Nameless(name), affected: name);
    }

    /// <summary>Removes the namespace and all its layers.</summary>
    public Task DeleteAsync(HttpContext context)
    {
        var name = NameOf(context);
        if (!Names.IsValid(name))
            return Problem.WriteAsync(context, Fault.Missing.Namespace(name));
        return writer.WriteAsync(context, null, NamespaceKind.AddressOf(name), $"Delete namespace {name}.", expectedVersion: null,
            (PlanContext plan) => NamespaceRemoval.Plan(plan.Before, name), _ => Nameless(name));
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static JsonObject Nameless(string name) => new JsonObjectBuilder(1).Add("name", name).Build();

    private static JsonObject Describe(Snapshot snapshot, Namespace ns)
    {
        var version = snapshot.Namespaces().VersionOf(ns.Name);
        return new JsonObjectBuilder(10)
            .Add("name", ns.Name)
            .Add("kind", ns.NamespaceKind)
            .Add("displayName", ns.DisplayName)
            .Add("description", ns.Description)
            .Add("owner", ns.Owner)
            .Add("includes", Strings(ns.Includes))
            .Add("includedBy", Strings(snapshot.Namespaces().IncludersOf(ns.Name)))
            .Add("tags", Strings(ns.Tags))
            .Add("version", version)
            .Add("etag", version.ToString())
            .Build();
    }

    private static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonValue)new JsonString(text))]);
}
