using Microsoft.Extensions.DependencyInjection;
using Setpoint.Core.Json;
using Setpoint.Server.Configs;
using Setpoint.Server.Delivery;
using Setpoint.Server.Rollouts;
using Setpoint.Server.Tests.Delivery;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>What subscribers are told of rollouts: each change of what they should have, and nothing else.</summary>
public sealed class RolloutPushTests : IAsyncLifetime
{
    private const string Germans = """{"==":[{"var":"country"},"DE"]}""";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RolloutServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_subscriber_is_told_of_its_arm_when_it_starts_changes_and_stops_and_others_hear_nothing()
    {
        await using var german = await FollowAsync("ann", """{"country":"DE"}""", """{"port":25,"host":"h"}""");
        await using var french = await FollowAsync("bob", """{"country":"FR"}""", """{"port":25,"host":"h"}""");
        await using var nobody = await FollowAsync(null, null, """{"port":25,"host":"h"}""");

        var started = await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}""", Germans));
        var told = (await german.NextAsync())!;
        (told.Type, told.At("/config/port"), told.Revision, told.At("/user")).ShouldBe(("CONFIGURATION_UPDATE", "26", started.Revision, "\"ann\""));
        told.At("/changes").ShouldBe("""[{"path":"/port","op":"replace","from":25,"to":26}]""");

        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":27}""", Germans));
        (await german.NextAsync())!.At("/config/port").ShouldBe("27");
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":27}""", Germans).Replace("\"state\"", "\"description\":\"d\",\"state\"", StringComparison.Ordinal));
        await german.HeardNothingAsync();
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":27}""", Germans, state: "stopped"));
        (await german.NextAsync())!.At("/config/port").ShouldBe("25");

        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":28}""", """{"==":[{"var":"country"},"FR"]}"""));
        (await french.NextAsync())!.At("/config/port").ShouldBe("28");
        await german.HeardNothingAsync();
        await _server.DeleteAsync("/api/rollouts/mail/pool");
        (await french.NextAsync())!.At("/config/port").ShouldBe("25");

        await german.HeardNothingAsync();
        await french.HeardNothingAsync();
        await nobody.HeardNothingAsync();
    }

    [Fact]
    public async Task Other_weights_move_those_whose_arm_they_change_and_nobody_else()
    {
        await _server.SetAsync("pool", RolloutServer.Halves);
        var followers = new List<(string User, string Port, SocketFollower Follower)>();
        foreach (var user in Enumerable.Range(0, 12).Select(i => $"user-{i}"))
        {
            var port = (await _server.ReadAsync($"user={user}")).At("/config/port")!;
            followers.Add((user, port, await FollowAsync(user, null, $$"""{"port":{{port}},"host":"h"}""")));
        }

        followers.Select(one => one.Port).Distinct().Count().ShouldBe(2);
        await _server.SetAsync("pool", RolloutServer.Halves.Replace("\"control\":50,\"treatment\":50", "\"control\":0,\"treatment\":100", StringComparison.Ordinal));

        foreach (var (_, port, follower) in followers)
        {
            await using (follower)
            {
                if (port == "25")
                    (await follower.NextAsync())!.At("/config/port").ShouldBe("26");
                await follower.HeardNothingAsync();
            }
        }
    }

    [Fact]
    public async Task A_segment_that_lets_somebody_in_is_told_to_that_somebody()
    {
        await _server.PostAsync("/api/commits", """{"changes":[{"address":"segment/mail/staff","document":{"included":["eve"]}}]}""");
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}""", """{"segment":"staff"}"""));
        await using var ann = await FollowAsync("ann", null, """{"port":25,"host":"h"}""");
        await using var eve = await FollowAsync("eve", null, """{"port":26,"host":"h"}""");

        await _server.PostAsync("/api/commits", """{"changes":[{"address":"segment/mail/staff","document":{"included":["ann","eve"]}}]}""");

        (await ann.NextAsync())!.At("/config/port").ShouldBe("26");
        await eve.HeardNothingAsync();
    }

    [Fact]
    public async Task A_stream_takes_attributes_in_its_query()
    {
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}""", Germans));
        await using var german = await StreamFollower.OpenAsync(_server, "service=mail&environment=production&user=ann&ctx.country=DE&subscriptions=config-updates");
        await using var french = await StreamFollower.OpenAsync(_server, "service=mail&environment=production&ctx.targetingKey=ann&ctx.country=FR&subscriptions=config-updates");

        (await german.NextAsync())!.At("/config/port").ShouldBe("26");
        (await french.NextAsync())!.At("/config/port").ShouldBe("25");
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":27}"""));

        (await german.NextAsync())!.At("/config/port").ShouldBe("27");
        (await french.NextAsync())!.At("/config/port").ShouldBe("27");
    }

    [Fact]
    public async Task Who_was_away_when_its_arm_was_taken_from_it_is_told_on_coming_back()
    {
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}"""));
        long seen;
        await using (var before = await SocketFollower.ConnectAsync(_server))
        {
            await SubscribeAsync(before, "ann", null);
            await before.NextAsync();
            seen = (await before.NextAsync())!.Revision;
        }

        await using (var same = await SocketFollower.ConnectAsync(_server))
        {
            await SubscribeAsync(same, "ann", null, seen);
            (await same.NextAsync())!.Type.ShouldBe("SUBSCRIBED");
            await same.HeardNothingAsync();
        }

        await _server.DeleteAsync("/api/rollouts/mail/pool");
        await using var after = await SocketFollower.ConnectAsync(_server);
        await SubscribeAsync(after, "ann", null, seen);

        (await after.NextAsync())!.Type.ShouldBe("SUBSCRIBED");
        (await after.NextAsync())!.At("/config/port").ShouldBe("25", "no layer that it has is newer, and yet it must learn");
    }

    [Fact]
    public async Task Who_comes_to_one_state_from_different_arms_is_told_different_changes()
    {
        await _server.SetAsync("pool", """{"state":"running","split":{"weights":{"a":1,"b":1}},"arms":{"a":{"config":{"port":26}},"b":{"config":{"port":27}}}}""");
        var followers = new List<(string Port, SocketFollower Follower)>();
        for (var i = 0; i < 12; i++)
        {
            var follower = await SocketFollower.ConnectAsync(_server);
            await SubscribeAsync(follower, null, $$"""{"targetingKey":"user-{{i}}"}""");
            (await follower.NextAsync())!.Type.ShouldBe("SUBSCRIBED");
            followers.Add(((await follower.NextAsync())!.At("/config/port")!, follower));
        }

        followers.Select(one => one.Port).Distinct().Order().ShouldBe(["26", "27"]);
        await _server.DeleteAsync("/api/rollouts/mail/pool");

        foreach (var (port, follower) in followers)
        {
            await using (follower)
                (await follower.NextAsync())!.At("/changes").ShouldBe($$"""[{"path":"/port","op":"replace","from":{{port}},"to":25}]""");
        }
    }

    [Fact]
    public void Feeds_of_different_audiences_with_the_same_arms_share_their_bytes()
    {
        var feeds = _server.App.Services.GetRequiredService<FeedTable>();
        var channel = new RecordingChannel(_server);
        var joined = Enumerable.Range(0, 3)
            .Select(i => feeds.Join($"s{i}", channel, new FeedKey(new ViewKey("mail", "production", null), Audience.Of(null, new JsonObjectBuilder().Add("pod", i).Build()))))
            .ToList();

        joined.Select(one => one.Feed).Distinct().Count().ShouldBe(3);
        joined.Select(one => one.Feed.FrameOf(null, one.Feed.State)).Distinct(ReferenceEqualityComparer.Instance).Count().ShouldBe(1);
        joined.ForEach(feeds.Leave);
        feeds.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_attribute_that_is_no_targeting_key_is_refused()
    {
        await using var follower = await SocketFollower.ConnectAsync(_server);

        await SubscribeAsync(follower, null, """{"targetingKey":7}""");

        var refused = (await follower.NextAsync())!;
        (refused.Type, refused.Code).ShouldBe(("ERROR", "MalformedRequest"));
        refused.Text.ShouldContain("targetingKey");
    }

    private async Task<SocketFollower> FollowAsync(string? user, string? attributes, string config)
    {
        var follower = await SocketFollower.ConnectAsync(_server);
        await SubscribeAsync(follower, user, attributes);
        (await follower.NextAsync())!.Type.ShouldBe("SUBSCRIBED");
        (await follower.NextAsync())!.At("/config").ShouldBe(config);
        return follower;
    }

    private static Task SubscribeAsync(SocketFollower follower, string? user, string? attributes, long? lastRevision = null) => follower.SayAsync(
        $$"""
        {"type":"SUBSCRIBE","serviceName":"mail","environment":"production","subscriptions":["config-updates"]
        {{(user is null ? "" : $",\"user\":\"{user}\"")}}{{(attributes is null ? "" : $",\"attributes\":{attributes}")}}{{(lastRevision is { } seen ? $",\"lastRevision\":{seen}" : "")}}}
        """);
}
