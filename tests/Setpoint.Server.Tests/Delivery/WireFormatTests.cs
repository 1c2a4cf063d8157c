using System.Net;
using System.Text.RegularExpressions;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Delivery;

/// <summary>Every message, to the letter.</summary>
public sealed partial class WireFormatTests
{
    [Fact]
    public async Task A_subscription_over_a_WebSocket_is_confirmed_then_gets_the_state_then_the_change()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3,"ratio":0.10}}""");
        await using var follower = await SocketFollower.ConnectAsync(server);

        await follower.SayAsync("""{"type":"SUBSCRIBE","serviceName":"mail","environment":"production","subscriptions":["config-updates","feature-flags"]}""");

        (await follower.NextAsync())!.Text.ShouldBe(
            """{"type":"SUBSCRIBED","subscriptionId":"s1","serviceName":"mail","environment":"production","revision":2}""");
        Masked((await follower.NextAsync())!).ShouldBe(
            """{"type":"CONFIGURATION_UPDATE","serviceName":"mail","environment":"production","version":2,"revision":2,"etag":"E","config":{"retries":3,"ratio":0.10},"changes":[]}""");
        await server.PutAsync("/api/config/mail", """{"environment":"production","config":{"retries":5,"host":"a"}}""");
        Masked((await follower.NextAsync())!).ShouldBe(
            """{"type":"CONFIGURATION_UPDATE","serviceName":"mail","environment":"production","version":3,"revision":3,"etag":"E","config":{"retries":5,"ratio":0.10,"host":"a"},"changes":[{"path":"/retries","op":"replace","from":3,"to":5},{"path":"/host","op":"add","to":"a"}]}""");
    }

    [Fact]
    public async Task An_event_stream_carries_the_same_text_with_its_type_and_its_revision()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        await using var stream = await StreamFollower.OpenAsync(server, "service=mail&environment=production&subscriptions=config-updates&ctx.region=eu");

        stream.Response.StatusCode.ShouldBe(HttpStatusCode.OK);
        stream.Response.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        var first = (await stream.NextAsync())!;
        (first.Event, first.Id).ShouldBe(("configuration-update", "2"));
        Masked(first).ShouldBe(
            """{"type":"CONFIGURATION_UPDATE","serviceName":"mail","environment":"production","version":2,"revision":2,"etag":"E","config":{"retries":3},"changes":[]}""");

        await server.PutAsync("/api/config/mail", """{"config":{}}""");
        var second = (await stream.NextAsync())!;
        (second.Event, second.Id).ShouldBe(("configuration-update", "3"));
        Masked(second).ShouldBe(
            """{"type":"CONFIGURATION_UPDATE","serviceName":"mail","environment":"production","version":3,"revision":3,"etag":"E","config":{},"changes":[{"path":"/retries","op":"remove","from":3}]}""");
    }

    [Fact]
    public async Task The_etag_of_a_message_is_that_of_a_read()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        await using var follower = await SocketFollower.SubscribedAsync(server, "mail");

        var state = (await follower.NextAsync())!;

        var read = await server.GetAsync("/api/config/mail?environment=production");
        state.At("/etag").ShouldBe(read.At("/etag"));
    }

    [Fact]
    public async Task A_users_messages_name_the_user()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        await server.PutAsync("/api/config/mail", """{"scope":"user","user":"ann","config":{"retries":4}}""");
        await using var follower = await SocketFollower.ConnectAsync(server);

        await follower.SayAsync("""{"type":"SUBSCRIBE","serviceName":"mail","user":"ann","attributes":{"region":"eu"}}""");

        (await follower.NextAsync())!.Text.ShouldBe(
            """{"type":"SUBSCRIBED","subscriptionId":"s1","serviceName":"mail","environment":null,"user":"ann","revision":3}""");
        Masked((await follower.NextAsync())!).ShouldBe(
            """{"type":"CONFIGURATION_UPDATE","serviceName":"mail","environment":null,"user":"ann","version":3,"revision":3,"etag":"E","config":{"retries":4},"changes":[]}""");
    }

    [Fact]
    public async Task A_reload_is_told_to_the_subscribers_of_its_environment_and_to_no_others()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        await using var production = await SocketFollower.SubscribedAsync(server, "mail");
        await production.NextAsync();
        await using var stream = await StreamFollower.OpenAsync(server, "service=mail&environment=production");
        await stream.NextAsync();
        await using var staging = await SocketFollower.SubscribedAsync(server, "mail", "staging");
        await staging.NextAsync();

        var reply = await server.PostAsync("/api/config/mail/reload", """{"environment":"production"}""");

        reply.At("/subscribers").ShouldBe("2");
        const string Expected = """{"type":"CONFIGURATION_RELOAD","serviceName":"mail","environment":"production","revision":2}""";
        (await production.NextAsync())!.Text.ShouldBe(Expected);
        (await stream.NextAsync()).ShouldBe(new Heard(Expected, "configuration-reload", "2"));
        await staging.HeardNothingAsync();
    }

    [Fact]
    public async Task A_namespace_that_goes_is_an_error_once_and_its_return_is_a_state()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        await using var follower = await SocketFollower.SubscribedAsync(server, "mail");
        await follower.NextAsync();

        (await server.DeleteAsync("/api/config/mail?all=true")).Status.ShouldBe(HttpStatusCode.OK);
        (await follower.NextAsync())!.Text.ShouldBe(
            """{"type":"ERROR","code":"NamespaceNotFound","detail":"Namespace 'mail' does not exist. GET /api/namespaces lists those that do; writing a configuration to it creates it.","serviceName":"mail","environment":"production","revision":3}""");
        await server.PutAsync("/api/config/other", """{"config":{"a":1}}""");
        await follower.HeardNothingAsync();

        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        Masked((await follower.NextAsync())!).ShouldBe(
            """{"type":"CONFIGURATION_UPDATE","serviceName":"mail","environment":"production","version":5,"revision":5,"etag":"E","config":{"retries":3},"changes":[]}""");
    }

    [Theory]
    [InlineData("""{"type":"HELLO"}""", """{"type":"ERROR","code":"MalformedRequest","detail":"Message type 'HELLO' is not known here; known are AUTH, SUBSCRIBE, UNSUBSCRIBE and PING."}""")]
    [InlineData("""{"type":"UNSUBSCRIBE","subscriptionId":"s9"}""", """{"type":"ERROR","code":"NotFound","detail":"This socket has no subscription with that subscriptionId; SUBSCRIBED tells it."}""")]
    [InlineData("""{"type":"SUBSCRIBE","serviceName":"mail","subscriptions":["news"]}""", """{"type":"ERROR","code":"MalformedRequest","detail":"'subscriptions' has 'news'; known are config-updates and feature-flags."}""")]
    [InlineData("""{"type":"SUBSCRIBE","serviceName":"mail","environment":"prod"}""", """{"type":"ERROR","code":"EnvironmentNotFound","detail":"Environment 'prod' does not exist. GET /api/environments lists those that do; POST /api/environments creates one.","serviceName":"mail","environment":"prod","revision":2}""")]
    [InlineData("""{"type":"SUBSCRIBE","serviceName":"nobody","environment":"production"}""", """{"type":"ERROR","code":"NamespaceNotFound","detail":"Namespace 'nobody' does not exist. GET /api/namespaces lists those that do; writing a configuration to it creates it.","serviceName":"nobody","environment":"production","revision":2}""")]
    [InlineData("""{"type":"PING","extra":1}""", """{"type":"ERROR","code":"MalformedRequest","detail":"Field 'extra' is not known here; known are type.","errors":[{"path":"/extra","code":"MalformedDocument","message":"Field 'extra' is not known here; known are type."}]}""")]
    public async Task A_message_that_cannot_be_obeyed_is_refused_by_name_and_the_connection_stays(string message, string answer)
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");
        await using var follower = await SocketFollower.ConnectAsync(server);

        await follower.SayAsync(message);

        (await follower.NextAsync())!.Text.ShouldBe(answer);
        await follower.HeardNothingAsync();
    }

    private static string Masked(Heard heard) => Etag().Replace(heard.Text, "\"etag\":\"E\"");

    [GeneratedRegex("\"etag\":\"[A-Za-z0-9_-]{22}\"")]
    private static partial Regex Etag();
}
