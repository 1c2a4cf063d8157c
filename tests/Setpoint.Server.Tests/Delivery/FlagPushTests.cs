using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Core.Json;
using Setpoint.Server.Delivery;
using Setpoint.Server.Flags;
using Setpoint.Server.Tests.Flags;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Delivery;

/// <summary>Flags are pushed to those who follow them: those whose outcome may have changed, and no others.</summary>
public sealed class FlagPushTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        (await _server.PostAsync("/api/commits", """
            {"changes":[
              {"address":"environment/eu","document":{"parent":"production"}},
              {"address":"segment/global/staff","document":{"included":["ann"]}},
              {"address":"flag/global/banner","document":{"variants":{"on":true,"off":false},"defaultVariant":"on"}},
              {"address":"flag/global/for-staff","document":{"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"segment":"staff"},"serve":"on"}]}},
              {"address":"flag/global/needs-banner","document":{"variants":{"on":true,"off":false},"defaultVariant":"on","offVariant":"off","dependencies":[{"flag":"banner"}]}}]}
            """)).Status.ShouldBe(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_change_is_told_with_the_flags_that_depend_on_it()
    {
        await using var follower = await FollowAsync("production");

        var written = await PatchAsync("banner", """{"state":"disabled"}""");

        var first = (await follower.NextAsync()).ShouldNotBeNull();
        first.Text.ShouldBe($$"""{"type":"FEATURE_FLAG_UPDATE","serviceName":"global","environment":"production","flagKey":"banner","enabled":false,"revision":{{written.Revision}}}""");
        var second = (await follower.NextAsync()).ShouldNotBeNull();
        (second.At("/flagKey"), second.At("/variant")).ShouldBe(("\"needs-banner\"", "\"off\""));
        await follower.HeardNothingAsync();
    }

    [Theory]
    [InlineData("production", "banner", """{"environments":{"staging":{"state":"disabled"}}}""", null)]
    [InlineData("staging", "for-staff", """{"environments":{"staging":{"state":"disabled"}}}""", "for-staff")]
    [InlineData("eu", "for-staff", """{"environments":{"production":{"state":"disabled"}}}""", "for-staff")]
    [InlineData("production", "for-staff", """{"environments":{"eu":{"state":"disabled"}}}""", null)]
    [InlineData("production", "banner", """{"description":"Only for people.","tags":["x"]}""", null)]
    [InlineData("production", "for-staff", """{"metadata":{"team":"web"}}""", "for-staff")]
    public async Task Only_what_may_change_an_outcome_there_is_told(string environment, string key, string patch, string? told)
    {
        await using var follower = await FollowAsync(environment);

        (await PatchAsync(key, patch)).Status.ShouldBe(HttpStatusCode.OK);

        if (told is not null)
            (await follower.NextAsync()).ShouldNotBeNull().At("/flagKey").ShouldBe($"\"{told}\"");
        // What is told next is the change that comes now, and nothing between.
        await _server.PostAsync("/api/features", Samples.Boolean("zz"));
        (await follower.NextAsync()).ShouldNotBeNull().At("/flagKey").ShouldBe("\"zz\"");
    }

    [Fact]
    public async Task A_segment_changes_the_flags_that_name_it()
    {
        await using var follower = await FollowAsync("production");

        await _server.PostAsync("/api/commits", """{"changes":[{"address":"segment/global/staff","document":{"included":["eve"]}}]}""");

        (await follower.NextAsync()).ShouldNotBeNull().At("/flagKey").ShouldBe("\"for-staff\"");
    }

    [Fact]
    public async Task A_flag_that_is_deleted_is_told_as_deleted()
    {
        await using var follower = await FollowAsync("production");

        await _server.DeleteAsync("/api/features/for-staff");

        var heard = (await follower.NextAsync()).ShouldNotBeNull();
        (heard.At("/flagKey"), heard.At("/enabled"), heard.At("/deleted")).ShouldBe(("\"for-staff\"", "false", "true"));
    }

    [Fact]
    public async Task A_schedule_is_told_when_its_time_comes()
    {
        await using var follower = await FollowAsync("production");
        var start = DateTimeOffset.UtcNow + Samples.Lead;
        await PatchAsync("for-staff", $$$"""{"schedule":{"start":"{{{start:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}}"}}""");
        (await follower.NextAsync()).ShouldNotBeNull().At("/enabled").ShouldBe("false");

        var heard = (await follower.NextAsync()).ShouldNotBeNull();

        (heard.At("/flagKey"), heard.At("/enabled")).ShouldBe(("\"for-staff\"", "true"));
        DateTimeOffset.UtcNow.ShouldBeGreaterThanOrEqualTo(start);
        heard.Revision.ShouldBe(_server.Board.Current.Revision);
    }

    [Fact]
    public async Task Who_follows_configurations_alone_is_told_of_no_flag()
    {
        await using var follower = await FollowAsync("production", "config-updates");
        (await follower.NextAsync()).ShouldNotBeNull().Type.ShouldBe("CONFIGURATION_UPDATE");

        await PatchAsync("banner", """{"state":"disabled"}""");
        await _server.PutAsync("/api/config/global", """{"environment":"production","config":{"a":1}}""");

        (await follower.NextAsync()).ShouldNotBeNull().Type.ShouldBe("CONFIGURATION_UPDATE");
    }

    [Fact]
    public async Task A_follower_of_both_hears_older_revisions_first_whichever_they_are()
    {
        await using var follower = await SocketFollower.SubscribedAsync(_server, "global");
        (await follower.NextAsync()).ShouldNotBeNull().Type.ShouldBe("CONFIGURATION_UPDATE");
        const int rounds = 40;
        for (var i = 0; i < rounds; i++)
        {
            await PatchAsync("for-staff", $$$"""{"metadata":{"n":{{{i}}}}}""");
            await _server.PutAsync("/api/config/global", $$$"""{"environment":"production","config":{"n":{{{i}}}}}""");
        }

        var last = 0L;
        var (flagSeen, configSeen) = (false, false);
        while (!flagSeen || !configSeen)
        {
            var heard = (await follower.NextAsync()).ShouldNotBeNull();
            heard.Revision.ShouldBeGreaterThanOrEqualTo(last);
            last = heard.Revision;
            flagSeen |= heard.Type == "FEATURE_FLAG_UPDATE" && last >= _server.Board.Current.Revision - 1;
            configSeen |= heard.At("/config/n") == (rounds - 1).ToString();
        }
    }

    [Fact]
    public async Task Who_comes_back_with_a_revision_is_told_of_the_flags_that_changed_since()
    {
        var seen = (await PatchAsync("for-staff", """{"metadata":{"n":1}}""")).Revision;
        await PatchAsync("banner", """{"state":"disabled"}""");
        await _server.DeleteAsync("/api/features/needs-banner");

        await using var follower = await SocketFollower.ConnectAsync(_server);
        await follower.SayAsync($$"""{"type":"SUBSCRIBE","serviceName":"global","environment":"production","subscriptions":["feature-flags"],"lastRevision":{{seen + 1}}}""");
        (await follower.NextAsync()).ShouldNotBeNull().Type.ShouldBe("SUBSCRIBED");

        (await follower.NextAsync()).ShouldNotBeNull().At("/flagKey").ShouldBe("\"banner\"");
        var deleted = (await follower.NextAsync()).ShouldNotBeNull();
        (deleted.At("/flagKey"), deleted.At("/deleted")).ShouldBe(("\"needs-banner\"", "true"));
        await follower.HeardNothingAsync();
    }

    [Fact]
    public async Task An_event_stream_carries_flags_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/stream?service=global&environment=production&subscriptions=feature-flags");
        using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        // The stream says nothing first, so the change must come after the feed has joined; joining is counted.
        var metrics = _server.App.Services.GetRequiredService<DeliveryMetrics>();
        await Eventually.TrueAsync(() => metrics.Subscribers(Transport.EventStream) == 1, "the stream has joined");

        var written = await PatchAsync("for-staff", """{"state":"disabled"}""");

        using var patience = new CancellationTokenSource(Eventually.Soon);
        (await lines.ReadLineAsync(patience.Token)).ShouldBe("event: feature-flag-update");
        (await lines.ReadLineAsync(patience.Token)).ShouldBe($"id: {written.Revision}");
    }

    [Fact]
    public async Task A_slow_follower_gets_the_newest_state_of_each_flag_once()
    {
        var channel = new RecordingChannel(_server);
        var feeds = _server.App.Services.GetRequiredService<FlagFeedTable>();
        var subscription = feeds.Join(channel, new FlagTarget("global", "production"), lastRevision: null);
        channel.Hold();
        FlagFeedTable.Start(subscription.Feed, subscription);
        await PatchAsync("for-staff", """{"metadata":{"n":0}}""");
        await Eventually.TrueAsync(() => channel.Begun == 1, "a send has begun");
        for (var i = 1; i <= 100; i++)
            await PatchAsync(i % 2 == 0 ? "for-staff" : "needs-banner", $$$"""{"metadata":{"n":{{{i}}}},"state":"{{{(i > 98 ? "disabled" : "enabled")}}}"}""");
        await Eventually.TrueAsync(() => subscription.Feed.CheckedRevision == _server.Board.Current.Revision, "the feed is at the head");

        channel.LetGo();

        await Eventually.TrueAsync(() => channel.Frames.Count >= 3, "three frames are sent");
        var frames = channel.Frames.Select(frame => (JsonObject)JsonReader.Parse(Encoding.UTF8.GetString(frame.Json.Span)).Value).ToList();
        frames.Count.ShouldBe(3);
        // In no order: where the feed looks at two commits at once, that of the flags' keys.
        frames[1..].Select(frame => (frame["flagKey"]!.ToString(), frame["enabled"]!.ToString()))
            .ShouldBe([("\"needs-banner\"", "false"), ("\"for-staff\"", "false")], ignoreOrder: true);
        feeds.Leave(subscription.Feed, subscription);
    }

    private async Task<SocketFollower> FollowAsync(string environment, string topic = "feature-flags")
    {
        var follower = await SocketFollower.ConnectAsync(_server);
        await follower.SayAsync($$"""{"type":"SUBSCRIBE","serviceName":"global","environment":"{{environment}}","subscriptions":["{{topic}}"]}""");
        (await follower.NextAsync()).ShouldNotBeNull().Type.ShouldBe("SUBSCRIBED");
        return follower;
    }

    private Task<Reply> PatchAsync(string key, string patch) =>
        _server.SendAsync(HttpMethod.Patch, $"/api/features/{key}", patch, [], "application/merge-patch+json");
}
