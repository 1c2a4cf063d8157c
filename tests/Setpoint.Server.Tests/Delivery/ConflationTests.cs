using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Delivery;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Delivery;

public sealed class ConflationTests
{
    [Fact]
    public async Task A_change_that_has_no_effect_is_no_message()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        await server.PutAsync("/api/config/mail", """{"environment":"production","config":{"retries":5}}""");
        await using var follower = await SocketFollower.SubscribedAsync(server, "mail");
        await follower.NextAsync();

        // Shadowed, elsewhere, in another environment, and a change of a namespace's description: none has an effect here.
        await server.PutAsync("/api/config/mail", """{"config":{"retries":4}}""");
        await server.PutAsync("/api/config/other", """{"config":{"retries":4}}""");
        await server.PutAsync("/api/config/mail", """{"environment":"staging","config":{"retries":9}}""");
        await server.PutAsync("/api/namespaces/mail", """{"kind":"service","description":"Sends mail."}""");
        var real = await server.PutAsync("/api/config/mail", """{"environment":"production","config":{"retries":6}}""");

        var only = (await follower.NextAsync())!;
        only.At("/changes").ShouldBe("""[{"path":"/retries","op":"replace","from":5,"to":6}]""");
        only.At("/version").ShouldBe(real.At("/version"));
        await follower.HeardNothingAsync();
    }

    [Fact]
    public async Task A_value_that_comes_back_while_a_reader_was_slow_is_no_message()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"n":0}}""");
        var channel = new RecordingChannel(server);
        channel.Follow("mail");
        await Eventually.TrueAsync(() => channel.Frames.Count == 1, "the first state is sent");
        channel.Hold();
        await server.PutAsync("/api/config/mail", """{"config":{"n":1}}""");
        await Eventually.TrueAsync(() => channel.Begun == 2, "the send of n=1 is under way");

        await server.PutAsync("/api/config/mail", """{"config":{"n":2}}""");
        await AdvancedAsync(server, "n", "2");
        await server.PutAsync("/api/config/mail", """{"config":{"n":1}}""");
        await AdvancedAsync(server, "n", "1");
        channel.LetGo();
        await Eventually.TrueAsync(() => channel.Frames.Count == 2, "the send of n=1 ends");
        await server.PutAsync("/api/config/mail", """{"config":{"n":3}}""");

        await Eventually.TrueAsync(() => channel.Frames.Count == 3, "n=3 is sent");
        Texts(channel)[2].ShouldContain("""[{"path":"/n","op":"replace","from":1,"to":3}]""");
    }

    [Fact]
    public async Task A_slow_reader_skips_to_the_last_state_with_the_changes_from_the_one_it_had_and_delays_nobody()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"n":0}}""");
        var slow = new RecordingChannel(server);
        var quick = new RecordingChannel(server);
        slow.Follow("mail");
        quick.Follow("mail");
        await Eventually.TrueAsync(() => slow.Frames.Count == 1 && quick.Frames.Count == 1, "both have the first state");
        slow.Hold();

        for (var i = 1; i <= 9; i++)
        {
            await server.PutAsync("/api/config/mail", $$"""{"config":{"n":{{i}} } }""");
            await Eventually.TrueAsync(() => quick.Frames.Count == i + 1, $"the quick reader has n={i} while the slow one is stuck");
        }

        slow.Frames.Count.ShouldBe(1);
        slow.LetGo();
        await Eventually.TrueAsync(() => slow.Frames.Count == 3, "the slow reader has what was under way and the last state");
        Texts(slow)[1].ShouldContain("""[{"path":"/n","op":"replace","from":0,"to":1}]""");
        Texts(slow)[2].ShouldContain("""[{"path":"/n","op":"replace","from":1,"to":9}]""");
        slow.Begun.ShouldBe(3);
    }

    [Fact]
    public async Task Subscribers_of_one_view_share_the_bytes()
    {
        await using var server = await RunningServer.StartAsync();
        server.App.Services.GetRequiredService<DeliveryLimits>().Lanes = 4;
        await server.PutAsync("/api/config/mail", """{"config":{"n":0}}""");
        var channels = Enumerable.Range(0, 50).Select(_ => new RecordingChannel(server)).ToList();
        channels.ForEach(channel => channel.Follow("mail"));

        await server.PutAsync("/api/config/mail", """{"config":{"n":1}}""");
        await Eventually.TrueAsync(() => channels.TrueForAll(channel => channel.Frames.Count == 2), "all have both states");

        for (var i = 0; i < 2; i++)
        {
            foreach (var channel in channels)
                channel.Frames.ElementAt(i).ShouldBeSameAs(channels[0].Frames.ElementAt(i));
        }
    }

    [Fact]
    public async Task A_connection_that_fails_while_sending_ends_alone()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"n":0}}""");
        var broken = new RecordingChannel(server);
        var sound = new RecordingChannel(server);
        broken.Follow("mail");
        sound.Follow("mail");
        await Eventually.TrueAsync(() => broken.Frames.Count == 1 && sound.Frames.Count == 1, "both have the first state");
        broken.Hold();
        await server.PutAsync("/api/config/mail", """{"config":{"n":1}}""");
        await Eventually.TrueAsync(() => broken.Begun == 2, "the send is under way");

        broken.Break();
        await Eventually.TrueAsync(() => broken.Ended, "the broken connection ends");
        await server.PutAsync("/api/config/mail", """{"config":{"n":2}}""");

        await Eventually.TrueAsync(() => sound.Frames.Count == 3, "the sound one has every state");
        broken.Frames.Count.ShouldBe(1);
        await broken.EndAsync();
    }

    [Fact]
    public async Task A_feed_nobody_follows_any_more_is_let_go()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"n":0}}""");
        var feeds = server.App.Services.GetRequiredService<FeedTable>();
        var first = new RecordingChannel(server).Follow("mail");
        var second = new RecordingChannel(server).Follow("mail");

        feeds.Leave(first);
        feeds.All.Length.ShouldBe(1);
        feeds.Leave(second);

        feeds.All.ShouldBeEmpty();
        server.App.Services.GetRequiredService<DeliveryMetrics>().Subscribers(Transport.WebSocket).ShouldBe(0);
    }

    private static string[] Texts(RecordingChannel channel) => [.. channel.Frames.Select(frame => Encoding.UTF8.GetString(frame.Json.Span))];

    private static Task AdvancedAsync(RunningServer server, string key, string value)
    {
        var feed = server.App.Services.GetRequiredService<FeedTable>().All.Single();
        return Eventually.TrueAsync(() => feed.State.View!.Effective.Config[key]!.ToString() == value, $"the feed has {key}={value}");
    }
}
