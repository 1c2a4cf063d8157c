using System.Net;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary><c>/api/rollouts</c>.</summary>
public sealed class RolloutWriteTests : IAsyncLifetime
{
    private const string Path = "/api/rollouts/mail/pool";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RolloutServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_rollout_is_made_replaced_and_removed_as_every_document_is()
    {
        var made = await _server.PutAsync(Path, RolloutServer.Halves);
        var same = await _server.PutAsync(Path, RolloutServer.Halves);
        var stale = await _server.PutAsync(Path, RolloutServer.Everybody("{}"), ("If-Match", $"\"{made.Revision - 1}\""));
        var read = await _server.GetAsync(Path);

        (made.Status, made.At("/changed"), made.At("/namespace"), made.At("/id")).ShouldBe((HttpStatusCode.Created, "true", "\"mail\"", "\"pool\""));
        (same.Status, same.At("/changed"), same.Revision).ShouldBe((HttpStatusCode.OK, "false", made.Revision));
        stale.Code.ShouldBe("StaleVersion");
        (read.ETag, read.At("/split/weights"), read.At("/state")).ShouldBe(($"\"{made.Revision}\"", """{"control":50,"treatment":50}""", "\"running\""));

        var replaced = await _server.PutAsync(Path, RolloutServer.Everybody("{}"), ("If-Match", read.ETag!));
        var removed = await _server.DeleteAsync(Path);

        replaced.Status.ShouldBe(HttpStatusCode.OK);
        removed.At("/changed").ShouldBe("true");
        (await _server.GetAsync(Path)).Code.ShouldBe("RolloutNotFound");
        (await _server.DeleteAsync(Path)).Code.ShouldBe("RolloutNotFound");
        (await _server.PutAsync(Path, RolloutServer.Halves, ("If-None-Match", "*"))).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        var dry = await _server.PutAsync(Path + "?dryRun=true", RolloutServer.Everybody("""{"port":26}"""));

        (dry.Status, dry.At("/dryRun"), dry.At("/changed"), dry.At("/arms/new/config/port")).ShouldBe((HttpStatusCode.OK, "true", "true", "26"));
        (await _server.GetAsync(Path)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await _server.ReadAsync("user=ann")).At("/config/port").ShouldBe("25");
    }

    [Fact]
    public async Task What_the_Gate_refuses_is_told_with_arm_environment_and_rule_and_nothing_changes()
    {
        await _server.PutAsync("/api/schemas/mail", """{"schema":{"properties":{"port":{"type":"integer"}}}}""");
        var before = _server.Board.Current.Revision;

        var refused = await _server.PutAsync(Path, RolloutServer.Everybody("""{"port":"none"}"""));

        (refused.Status, refused.Code, refused.At("/errors/0/address")).ShouldBe((HttpStatusCode.UnprocessableEntity, "ValidationError", "\"rollout/mail/pool\""));
        refused.At("/errors/0/environments").ShouldBe("""["development","production","staging"]""");
        refused.At("/errors/0/message")!.ShouldContain("arm 'new' of rollout/mail/pool");
        _server.Board.Current.Revision.ShouldBe(before);
    }

    [Fact]
    public async Task Fields_that_are_not_known_yet_are_refused()
    {
        var refused = await _server.PutAsync(Path, RolloutServer.Halves.Replace("\"state\"", "\"steps\":[],\"state\"", StringComparison.Ordinal));

        refused.At("/errors/0/path").ShouldBe("\"/steps\"");
        (await _server.PutAsync("/api/rollouts/nowhere/pool", RolloutServer.Halves)).Code.ShouldBe("NamespaceNotFound");
        (await _server.PutAsync("/api/rollouts/mail/a%20b", RolloutServer.Halves)).Code.ShouldBe("MalformedRequest");
        (await _server.PutAsync(Path, RolloutServer.Halves.Replace("\"state\"", "\"id\":\"other\",\"state\"", StringComparison.Ordinal))).Code.ShouldBe("MalformedRequest");
    }

    [Fact]
    public async Task Rollouts_are_listed_by_namespace_and_by_where_they_apply()
    {
        await _server.PutAsync("/api/config/chat", """{"config":{}}""");
        await _server.SetAsync("pool", RolloutServer.Halves);
        await _server.SetAsync("queue", RolloutServer.Everybody("{}", state: "stopped").Replace("\"state\"", "\"environments\":[\"staging\"],\"state\"", StringComparison.Ordinal));
        (await _server.PutAsync("/api/rollouts/chat/speed", RolloutServer.Everybody("{}"))).Status.ShouldBe(HttpStatusCode.Created);

        (await IdsAsync("")).ShouldBe(["speed", "pool", "queue"]);
        (await IdsAsync("?namespace=mail")).ShouldBe(["pool", "queue"]);
        (await IdsAsync("?environment=production")).ShouldBe(["speed", "pool"]);
        (await IdsAsync("?namespace=mail&environment=staging")).ShouldBe(["pool", "queue"]);
        (await _server.GetAsync("/api/rollouts?namespace=nowhere")).Code.ShouldBe("NamespaceNotFound");
        (await _server.GetAsync("/api/rollouts?environment=nowhere")).Code.ShouldBe("EnvironmentNotFound");
        var item = await _server.GetAsync("/api/rollouts?namespace=mail");
        item.At("/items/0/arms").ShouldBe("""["control","treatment"]""");
        item.At("/items/1/environments").ShouldBe("""["staging"]""");
    }

    [Fact]
    public async Task Removing_a_namespace_removes_its_rollouts_in_the_same_commit()
    {
        await _server.SetAsync("pool", RolloutServer.Halves);
        await _server.SetAsync("queue", RolloutServer.Everybody("{}", state: "stopped"));
        var before = _server.Board.Current.Revision;

        var removed = await _server.DeleteAsync("/api/config/mail?all=true");

        removed.Status.ShouldBe(HttpStatusCode.OK, removed.Text);
        removed.At("/removed")!.ShouldContain("rollout/mail/queue");
        _server.Board.Current.Revision.ShouldBe(before + 1);
        (await _server.GetAsync(Path)).Code.ShouldBe("RolloutNotFound");
    }

    private async Task<List<string>> IdsAsync(string query)
    {
        var reply = await _server.GetAsync("/api/rollouts" + query);
        return [.. ((JsonArray)reply.Json["items"]!).Items.Select(item => ((JsonString)((JsonObject)item)["id"]!).Value)];
    }
}
