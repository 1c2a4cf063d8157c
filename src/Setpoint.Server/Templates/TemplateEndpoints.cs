using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Templates;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Templates;

/// <summary>Templates: <c>{description?, kind?, parameters?, config, environments?, includes?, tags?, schema?}</c>.</summary>
internal sealed class TemplateEndpoints(SnapshotBoard board, DocumentWriter writer)
{
    public Task ListAsync(HttpContext context)
    {
        var snapshot = board.Current;
        return Answer.OkAsync(context, Answer.List(snapshot.Templates().All.Select(template => Summarise(snapshot, template)), snapshot.Templates().Count));
    }

    public Task GetAsync(HttpContext context)
    {
        var snapshot = board.Current;
        var name = NameOf(context);
        if (!snapshot.Templates().TryFind(name, out var template))
            return Problem.WriteAsync(context, SnapshotTemplates.MissingTemplate(name));
        context.Response.Headers.ETag = $"\"{template.Version}\"";
        return Answer.OkAsync(context, Describe(snapshot, name));
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
        var added = new BodyReader(BodyReader.Pick(json, "name", "expectedVersion"));
        var said = added.String("name");
        var expectedVersion = added.Number("expectedVersion");
        fault = added.Finish();
        if (fault is null && said is not null && said != name)
            fault = new Fault.Malformed($"The path names template '{name}'; 'name' in the body must be the same or absent.");
        if (fault is null && !TemplateKind.IsName(name))
            fault = new Fault.Malformed(TemplateKind.ExplainName(name));
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var document = json.Without("name").Without("expectedVersion");
        await writer.WriteAsync(
            context, json, TemplateKind.AddressOf(name), $"Set template {name}.", expectedVersion, _ => document, after => Describe(after, name));
    }

    public Task DeleteAsync(HttpContext context)
    {
        var name = NameOf(context);
        if (!TemplateKind.IsName(name))
            return Problem.WriteAsync(context, SnapshotTemplates.MissingTemplate(name));
        return writer.WriteAsync(context, null, TemplateKind.AddressOf(name), $"Delete template {name}.", expectedVersion: null,
            before => before.Templates().TryFind(name, out var _) ? (JsonObject?)null : SnapshotTemplates.MissingTemplate(name), after => Describe(after, name));
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    /// <summary>What somebody needs who chooses a template: not its content.</summary>
    private static JsonObject Summarise(Snapshot snapshot, Template template)
    {
        var document = snapshot.Find(TemplateKind.AddressOf(template.Name))!.Body!;
        return new JsonObjectBuilder(6)
            .Add("name", template.Name)
            .Add("kind", template.NamespaceKind)
            .Add("description", template.Description)
            .Add("parameters", document["parameters"] as JsonObject ?? JsonObject.Empty)
            .Add("version", template.Version)
            .Add("etag", template.Version.ToString())
            .Build();
    }

    /// <summary>The document as it was written; the name alone where there is none any more.</summary>
    private static JsonObject Describe(Snapshot snapshot, string name)
    {
        var described = new JsonObjectBuilder(12).Add("name", name);
        if (snapshot.Find(TemplateKind.AddressOf(name)) is not { Body: { } body } document)
            return described.Build();
        for (var i = 0; i < body.Count; i++)
            described.Add(body.NameAt(i), body.ValueAt(i));
        return described.Add("version", document.Version).Add("etag", document.Version.ToString()).Build();
    }
}
