using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Schemas;

/// <summary>Schemas of namespaces: <c>{schema, version, rules, migrations, description}</c>.</summary>
internal sealed class SchemaEndpoints(SnapshotBoard board, DocumentWriter writer)
{
    /// <summary>The name of the ledger's version here, because <c>version</c> is that of the configuration's structure.</summary>
    private const string DocumentVersion = "documentVersion";

    public Task ListAsync(HttpContext context)
    {
        var schemas = board.Current.Schemas().All.ToList();
        return Answer.OkAsync(context, Answer.List(schemas.Select(Summary), schemas.Count));
    }

    public Task GetAsync(HttpContext context)
    {
        var ns = NameOf(context);
        if (board.Current.Schemas().Find(ns) is not { } entry)
            return Problem.WriteAsync(context, Missing(ns));
        context.Response.Headers.ETag = $"\"{entry.Document.Version}\"";
        return Answer.OkAsync(context, Describe(entry));
    }

    public async Task PutAsync(HttpContext context)
    {
        var ns = NameOf(context);
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var body = new BodyReader(json);
        var expectedVersion = body.Number("expectedVersion");
        if (!Names.IsValid(ns))
        {
            await Problem.WriteAsync(context, new Fault.Malformed(Names.Explain("Namespace", ns)));
            return;
        }

        var document = json.Without("expectedVersion");
        await writer.WriteAsync(context, json, SchemaKind.AddressOf(ns), $"Set the schema of {ns}.", expectedVersion,
            _ => document, after => after.Schemas().Find(ns) is { } made ? Describe(made) : Nameless(ns), DocumentVersion, affected: ns);
    }

    public Task DeleteAsync(HttpContext context)
    {
        var ns = NameOf(context);
        if (!Names.IsValid(ns))
            return Problem.WriteAsync(context, Missing(ns));
        return writer.WriteAsync(context, null, SchemaKind.AddressOf(ns), $"Remove the schema of {ns}.", expectedVersion: null,
            before => before.Schemas().Find(ns) is null ? Missing(ns) : (Result<JsonObject?>)(JsonObject?)null, _ => Nameless(ns), DocumentVersion, affected: ns);
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["ns"]!;

    private static Fault.Missing Missing(string ns) => new("SchemaNotFound", $"Namespace '{ns}' has no schema; PUT /api/schemas/{ns} gives it one.");

    private static JsonObject Nameless(string ns) => new JsonObjectBuilder(1).Add("serviceName", ns).Build();

    private static JsonValue Summary(SchemaEntry entry) => new JsonObjectBuilder(5)
        .Add("serviceName", entry.Namespace)
        .Add("version", entry.Content!.Version)
        .Add("description", entry.Content.Description)
        .Add(DocumentVersion, entry.Document.Version)
        .Add("etag", entry.Document.Version.ToString())
        .Build();

    /// <summary>The document as it was written, and whose it is.</summary>
    private static JsonObject Describe(SchemaEntry entry)
    {
        var written = entry.Document.Body!;
        var json = new JsonObjectBuilder(8)
            .Add("serviceName", entry.Namespace)
            .Add("schema", entry.Content!.Schema)
            .Add("version", entry.Content.Version);
        foreach (var name in (ReadOnlySpan<string>)["description", "rules", "migrations"])
        {
            if (written[name] is { } value)
                json.Add(name, value);
        }

        return json.Add(DocumentVersion, entry.Document.Version).Add("etag", entry.Document.Version.ToString()).Build();
    }
}
