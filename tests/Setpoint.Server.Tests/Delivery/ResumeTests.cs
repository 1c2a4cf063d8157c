using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Delivery;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Delivery;

public sealed class ResumeTests
{
    [Theory]
    [InlineData(2L, false)]
    [InlineData(3L, false)]
    [InlineData(1L, true)]
    [InlineData(0L, true)]
    [InlineData(99L, true)]
    public async Task A_socket_that_comes_back_gets_the_state_only_if_it_changed_since_or_if_its_revision_never_was(long lastRevision, bool getsState)
    {
        await using var server = await StartAtThreeAsync();

        await using var follower = await SocketFollower.SubscribedAsync(server, "mail", lastRevision: lastRevision);
        if (!getsState)
            await follower.HeardNothingAsync();

        await AssertResumesAsync(server, follower, getsState);
    }

    [Theory]
    [InlineData("2", false)]
    [InlineData("3", false)]
    [InlineData("1", true)]
    [InlineData("99", true)]
    [InlineData("nonsense", true)]
    [InlineData("", true)]
    public async Task A_stream_that_comes_back_does_the_same_with_Last_Event_ID(string lastEventId, bool getsState)
    {
        await using var server = await StartAtThreeAsync();

        await using var stream = await StreamFollower.OpenAsync(server, "service=mail&environment=production", lastEventId);
        // The stream is open before the reader has joined, and a change between the two would be a part of the state.
        var feeds = server.App.Services.GetRequiredService<FeedTable>();
        await Eventually.TrueAsync(() => feeds.All is [{ Followers.Count: 1 }], "the reader has joined");

        await AssertResumesAsync(server, stream, getsState);
    }

    [Fact]
    public async Task The_first_state_says_the_newest_revision_at_which_it_holds()
    {
        await using var server = await StartAtThreeAsync();
        await using var early = await SocketFollower.SubscribedAsync(server, "mail");
        (await early.NextAsync())!.Revision.ShouldBe(3);
        await server.PutAsync("/api/config/other", """{"config":{"a":2}}""");

        await using var late = await SocketFollower.SubscribedAsync(server, "mail");

        var state = (await late.NextAsync())!;
        (state.Revision, state.At("/version")).ShouldBe((4, "2"));
    }

    [Fact]
    public async Task Whoever_subscribes_after_a_write_was_answered_sees_that_write()
    {
        await using var server = await RunningServer.StartAsync();
        await using var follower = await SocketFollower.ConnectAsync(server);
        for (var i = 1; i <= 100; i++)
        {
            var version = long.Parse((await server.PutAsync("/api/config/mail", $$"""{"config":{"n":{{i}} } }""")).At("/version")!);
            await follower.SubscribeAsync("mail");
            var confirmed = (await follower.NextAsync())!;
            confirmed.Revision.ShouldBeGreaterThanOrEqualTo(version);
            var state = (await follower.NextAsync())!;
            state.At("/config/n").ShouldBe($"{i}");
            await follower.SayAsync($$"""{"type":"UNSUBSCRIBE","subscriptionId":{{confirmed.At("/subscriptionId")}}}""");
            await follower.HeardNothingAsync();
        }
    }

    /// <summary>Revision 2 is the mail configuration, revision 3 is about something else.</summary>
    private static async Task<RunningServer> StartAtThreeAsync()
    {
        var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        await server.PutAsync("/api/config/other", """{"config":{"a":1}}""");
        return server;
    }

    private static async Task AssertResumesAsync(RunningServer server, IFollower follower, bool getsState)
    {
        if (getsState)
            (await follower.NextAsync())!.At("/config/retries").ShouldBe("3");

        await server.PutAsync("/api/config/mail", """{"config":{"retries":4}}""");

        // Were the state sent against expectation, it would come first.
        var change = (await follower.NextAsync())!;
        change.At("/config/retries").ShouldBe("4");
        change.At("/changes").ShouldBe("""[{"path":"/retries","op":"replace","from":3,"to":4}]""");
    }
}
