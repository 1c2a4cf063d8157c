using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;

namespace Setpoint.Server.Configs;

/// <summary><c>GET /api/config</c>: what there is.</summary>
internal sealed class ConfigListEndpoint(SnapshotBoard board)
{
    public Task HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request);
        if (query.Finish() is { } fault)
            return Problem.WriteAsync(context, fault);
        var snapshot = board.Current;
        var items = snapshot.Namespaces().All.Select(ns =>
        {
            var layers = snapshot.Configs().Find(ns.Name);
            var version = Math.Max(snapshot.Namespaces().VersionOf(ns.Name), layers?.All.Select(entry => entry.Version).DefaultIfEmpty().Max() ?? 0);
            return (JsonValue)new JsonObjectBuilder(4)
                .Add("name", ns.Name)
                .Add("kind", ns.NamespaceKind)
                .Add("version", version)
                .Add("environments", JsonArray.OfStrings(layers?.OverridingEnvironments ?? []))
                .Build();
        });
        return Answer.OkAsync(context, Answer.List(items, snapshot.Namespaces().Count));
    }
}
