using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>A server with the namespace mail, and short forms for its rollouts.</summary>
internal static class RolloutServer
{
    /// <summary>Half of all users get a port of 26, the others nothing.</summary>
    public const string Halves = """
        {"state":"running","split":{"weights":{"control":50,"treatment":50}},"arms":{"control":{"config":{}},"treatment":{"config":{"port":26}}}}
        """;

    public static async Task<RunningServer> StartAsync()
    {
        var server = await RunningServer.StartAsync();
        (await server.PutAsync("/api/config/mail", """{"config":{"port":25,"host":"h"}}""")).Status.ShouldBe(HttpStatusCode.Created);
        return server;
    }

    /// <summary>A rollout with one arm for everybody who has a targeting key, and meets the condition.</summary>
    public static string Everybody(string config, string? when = null, string state = "running") =>
        $$"""{"state":"{{state}}"{{(when is null ? "" : $",\"when\":{when}")}},"split":{"weights":{"new":1} },"arms":{"new":{"config":{{config}} } } }""";

    public static async Task<Reply> SetAsync(this RunningServer server, string id, string rollout)
    {
        var reply = await server.PutAsync($"/api/rollouts/mail/{id}", rollout);
        ((int)reply.Status).ShouldBeLessThan(300, reply.Text);
        return reply;
    }

    public static Task<Reply> ReadAsync(this RunningServer server, string query, string environment = "production") =>
        server.GetAsync($"/api/config/mail?environment={environment}&{query}");
}
