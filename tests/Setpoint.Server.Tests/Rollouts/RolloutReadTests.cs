using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Configs;
using Setpoint.Server.Rollouts;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>What a reader gets who falls into an arm, and who does not.</summary>
public sealed class RolloutReadTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RolloutServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_reader_gets_its_arm_and_nobody_else_does()
    {
        var set = await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}""", """{"==":[{"var":"country"},"DE"]}"""));

        (await _server.ReadAsync("user=ann&ctx.country=DE")).At("/config").ShouldBe("""{"port":26,"host":"h"}""");
        (await _server.ReadAsync("ctx.targetingKey=ann&ctx.country=DE")).At("/config/port").ShouldBe("26");
        foreach (var query in new[] { "user=ann&ctx.country=FR", "ctx.country=DE", "user=ann", "" })
        {
            var reply = await _server.ReadAsync(query);
            reply.At("/config").ShouldBe("""{"port":25,"host":"h"}""", query);
            reply.At("/version").ShouldBe(set.Revision.ToString(), "who decides counts, for everybody");
        }

        (await _server.GetAsync("/api/config/mail?user=ann&ctx.country=DE")).At("/config/port").ShouldBe("25", "without an environment base layers apply");
        (await _server.GetAsync("/api/config/mail/keys/port?environment=production&user=ann&ctx.country=DE")).At("/value").ShouldBe("26");
    }

    [Fact]
    public async Task The_user_is_the_targeting_key_unless_there_is_one()
    {
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}""", """{"==":[{"var":"targetingKey"},"ann"]}"""));

        (await _server.ReadAsync("user=ann")).At("/config/port").ShouldBe("26");
        (await _server.ReadAsync("user=bob&ctx.targetingKey=ann")).At("/config/port").ShouldBe("26");
        (await _server.ReadAsync("user=ann&ctx.targetingKey=bob")).At("/config/port").ShouldBe("25");
    }

    [Fact]
    public async Task Explain_and_raw_name_the_rollout_and_its_arm()
    {
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}"""));

        var explained = await _server.ReadAsync("user=ann&explain=true");
        var raw = await _server.ReadAsync("user=ann&raw=true");

        explained.At("/provenance/~1port/address").ShouldBe("\"rollout/mail/pool\"");
        (explained.At("/provenance/~1port/layer"), explained.At("/provenance/~1port/arm")).ShouldBe(("6", "\"new\""));
        explained.At("/provenance/~1port/shadowed/0/address").ShouldBe("\"config/mail/base\"");
        explained.At("/provenance/~1host/arm").ShouldBeNull();
        (raw.At("/layers/1/address"), raw.At("/layers/1/layer"), raw.At("/layers/1/arm"), raw.At("/layers/1/document"))
            .ShouldBe(("\"rollout/mail/pool\"", "6", "\"new\"", """{"port":26}"""));
    }

    [Fact]
    public async Task Ten_thousand_users_in_two_arms_are_two_configurations_and_two_ETags()
    {
        await _server.SetAsync("pool", RolloutServer.Halves);
        var views = _server.App.Services.GetRequiredService<ViewCache>();
        var tags = new HashSet<string>(StringComparer.Ordinal);
        await _server.ReadAsync("");
        var before = views.Count;

        for (var i = 0; i < 10_000; i++)
            tags.Add(views.Find(_server.Board.Current, new ViewKey("mail", "production", $"user-{i}"), Audience.Of($"user-{i}", null)).Value.Tag);

        tags.Count.ShouldBe(2);
        (views.Count - before).ShouldBe(2);
        (await _server.ReadAsync("user=user-1")).ETag.ShouldBeOneOf([.. tags.Select(tag => $"\"{tag}\"")]);
    }

    [Fact]
    public async Task An_arm_that_changes_nothing_has_the_ETag_of_everybody()
    {
        var everybody = await _server.ReadAsync("");
        await _server.SetAsync("pool", RolloutServer.Everybody("{}"));

        var control = await _server.ReadAsync("user=ann", "production");
        var again = await _server.GetAsync("/api/config/mail?environment=production&user=ann", ("If-None-Match", everybody.ETag!));

        control.ETag.ShouldBe(everybody.ETag);
        again.Status.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task A_conditional_read_that_waits_ends_when_the_reader_gets_another_arm()
    {
        var before = await _server.ReadAsync("user=ann");
        var waiting = _server.GetAsync("/api/config/mail?environment=production&user=ann&wait=30s", ("If-None-Match", before.ETag!));

        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}"""));

        (await waiting).At("/config/port").ShouldBe("26");
    }

    [Fact]
    public async Task The_past_has_the_arms_of_the_past()
    {
        await _server.PostAsync("/api/commits", """{"changes":[{"address":"segment/mail/staff","document":{"included":["ann"]}}]}""");
        var running = await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}""", """{"segment":"staff"}"""));
        await _server.PostAsync("/api/commits", """{"changes":[{"address":"segment/mail/staff","document":{"included":["bob"]}}]}""");
        (await _server.DeleteAsync("/api/rollouts/mail/pool")).Status.ShouldBe(HttpStatusCode.OK);

        (await _server.ReadAsync($"user=ann&version={running.Revision}")).At("/config/port").ShouldBe("26");
        (await _server.ReadAsync($"user=bob&version={running.Revision}")).At("/config/port").ShouldBe("25");
        (await _server.ReadAsync($"user=bob&version={running.Revision + 1}")).At("/config/port").ShouldBe("26");
        (await _server.ReadAsync($"user=ann&version={running.Revision - 1}")).At("/config/port").ShouldBe("25");
        (await _server.ReadAsync("user=bob")).At("/config/port").ShouldBe("25");
    }

    [Fact]
    public async Task A_view_that_others_have_brought_to_a_newer_snapshot_is_not_taken_for_the_arms_of_an_older_one()
    {
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}"""));
        var views = _server.App.Services.GetRequiredService<ViewCache>();
        var (older, ann, bob) = (_server.Board.Current, Audience.Of("ann", null), Audience.Of("bob", null));
        var key = new ViewKey("mail", "production", null);
        views.Find(older, key, ann).Value.Effective.Config["port"]!.ToString().ShouldBe("26");

        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":27}""", """{"==":[{"var":"targetingKey"},"bob"]}"""));
        views.Find(_server.Board.Current, key, bob).Value.Effective.Config["port"]!.ToString().ShouldBe("27");

        views.Find(older, key, ann).Value.Effective.Config["port"]!.ToString().ShouldBe("25", "27 was never for ann, and 26 is over");
    }

    [Fact]
    public async Task An_attribute_that_is_given_twice_or_has_no_name_is_refused()
    {
        (await _server.ReadAsync("ctx.country=DE&ctx.country=FR")).Text.ShouldContain("'ctx.country' is given twice");
        (await _server.ReadAsync("ctx.=DE")).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Readers_at_once_get_what_they_should_while_rollouts_change()
    {
        var stop = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            var wrong = new List<string>();
            while (!stop.IsCancellationRequested)
            {
                var reply = await _server.ReadAsync($"user=u{i}&ctx.ring={i % 2}");
                // The arm sets both or none.
                var (port, host) = (reply.At("/config/port"), reply.At("/config/host"));
                if ((port == "25") != (host == "\"h\"") || (port != "25" && host != $"\"{port}\""))
                    wrong.Add(reply.Text);
            }

            return wrong;
        })).ToList();

        for (var i = 0; i < 60; i++)
            await _server.SetAsync("pool", RolloutServer.Everybody($$"""{"port":{{i + 100}},"host":"{{i + 100}}"}""", $$"""{"==":[{"var":"ring"},"{{i % 2}}"]}"""));
        await stop.CancelAsync();

        foreach (var wrong in await Task.WhenAll(reading))
            wrong.ShouldBeEmpty();
        (await _server.ReadAsync("user=u1&ctx.ring=1")).At("/config/port").ShouldBe("159");
    }
}
