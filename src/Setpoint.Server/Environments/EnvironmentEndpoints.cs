using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Environments;

/// <summary>Environments: <c>{name, parent?, description?, production?}</c>.</summary>
internal sealed class EnvironmentEndpoints(SnapshotBoard board, DocumentWriter writer)
{
    public Task ListAsync(HttpContext context)
    {
        var snapshot = board.Current;
        var tree = snapshot.Environments();
        return Answer.OkAsync(context, Answer.List(tree.All.Select(environment => Describe(tree, environment)), tree.All.Count()));
    }

    public Task GetAsync(HttpContext context)
    {
        var tree = board.Current.Environments();
        var name = NameOf(context);
        if (!tree.TryFind(name, out var environment))
            return Problem.WriteAsync(context, Fault.Missing.Environment(name));
        context.Response.Headers.ETag = $"\"{environment.Version}\"";
        return Answer.OkAsync(context, Describe(tree, environment));
    }

    public Task PostAsync(HttpContext context) => WriteAsync(context, nameInPath: null);

    public Task PutAsync(HttpContext context) => WriteAsync(context, NameOf(context));

    public Task DeleteAsync(HttpContext context)
    {
        var name = NameOf(context);
        if (!Names.IsValid(name))
            return Problem.WriteAsync(context, Fault.Missing.Environment(name));
        return writer.WriteAsync(context, null, EnvironmentKind.AddressOf(name), $"Delete environment {name}.", expectedVersion: null, before =>
            before.Environments().Contains(name) ? (JsonObject?)null : Fault.Missing.Environment(name), _ => Removed(name));
    }

    private async Task WriteAsync(HttpContext context, string? nameInPath)
    {
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var body = new BodyReader(json);
        var name = nameInPath is null ? body.RequiredString("name") : body.String("name") ?? nameInPath;
        var parent = body.String("parent");
        var description = body.String("description");
        var production = body.Boolean("production", fallback: false);
        var expectedVersion = body.Number("expectedVersion");
        fault = body.Finish();
        if (fault is null && nameInPath is not null && name != nameInPath)
            fault = new Fault.Malformed($"The path names environment '{nameInPath}' and the body '{name}'; an environment cannot be renamed.");
        if (fault is null && !Names.IsValid(name))
            fault = new Fault.Malformed(Names.Explain("Environment", name ?? ""));
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        // POST creates; it never replaces what is there.
        var isNew = nameInPath is null;
        await writer.WriteAsync(
            context, json, EnvironmentKind.AddressOf(name!), $"{(isNew ? "Create" : "Set")} environment {name}.", expectedVersion,
            before => isNew && before.Environments().Contains(name!)
                ? new Fault.Conflict($"Environment '{name}' exists already; PUT /api/environments/{name} changes it.")
                : EnvironmentKind.BodyOf(parent, description, production),
            after => after.Environments() is var tree && tree.TryFind(name!, out var made) ? Describe(tree, made) : Removed(name!));
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static JsonObject Removed(string name) => new JsonObjectBuilder(1).Add("name", name).Build();

    private static JsonObject Describe(EnvironmentTree tree, DeployEnvironment environment)
    {
        var body = new JsonObjectBuilder(7)
            .Add("name", environment.Name)
            .Add("parent", environment.Parent)
            .Add("description", environment.Description)
            .Add("production", environment.Production)
            .Add("chain", JsonArray.OfStrings(tree.ChainOf(environment.Name)))
            .Add("version", environment.Version)
            .Add("etag", environment.Version.ToString());
        return body.Build();
    }
}
