using System.Net;
using Setpoint.Server.Tests.Delivery;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.References;

/// <summary>Configurations that refer to each other, over the wire.</summary>
public sealed class ReferenceReadTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PutAsync("/api/config/pay", """{"config":{"host":"pay","limits":{"max":10}}}""");
        await _server.PutAsync("/api/config/pay", """{"environment":"production","config":{"host":"pay.prod"}}""");
        await _server.PutAsync("/api/config/mail", """{"config":{"url":"https://${config:pay/host}/","limits":"${config:pay/limits}","own":"${config:url}"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_read_resolves_for_its_environment_and_raw_and_explain_show_what_is_written_and_by_whom()
    {
        var production = await _server.GetAsync("/api/config/mail?environment=production");
        var raw = await _server.GetAsync("/api/config/mail?environment=production&raw=true");
        var explained = await _server.GetAsync("/api/config/mail?environment=production&explain=true");
        var key = await _server.GetAsync("/api/config/mail/keys/limits.max?environment=production&explain=true");

        production.At("/config").ShouldBe("""{"url":"https://pay.prod/","limits":{"max":10},"own":"https://pay.prod/"}""");
        (await _server.GetAsync("/api/config/mail")).At("/config/url").ShouldBe("\"https://pay/\"");
        raw.At("/layers/0/document/url").ShouldBe("\"https://${config:pay/host}/\"");
        explained.At("/config/url").ShouldBe("\"https://pay.prod/\"");
        explained.At("/provenance/~1limits/address").ShouldBe("\"config/mail/base\"");
        key.At("/value").ShouldBe("10");
        key.At("/provenance/~1limits/address").ShouldBe("\"config/mail/base\"");
    }

    [Fact]
    public async Task A_change_of_what_is_referred_to_changes_version_and_tag_and_wakes_a_long_poll_and_others_stand()
    {
        var first = await _server.GetAsync("/api/config/mail?environment=production");
        var staging = await _server.GetAsync("/api/config/mail?environment=staging");
        var waiting = _server.GetAsync("/api/config/mail?environment=production&wait=30s", ("If-None-Match", first.ETag!));

        var written = await _server.PutAsync("/api/config/pay", """{"environment":"production","config":{"host":"new"}}""");

        var changed = await waiting.WaitAsync(Eventually.Soon, TestContext.Current.CancellationToken);
        changed.At("/config/own").ShouldBe("\"https://new/\"");
        changed.At("/version").ShouldBe(written.At("/version"));
        changed.ETag.ShouldNotBe(first.ETag);
        (await _server.GetAsync("/api/config/mail?environment=staging", ("If-None-Match", staging.ETag!))).Status.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Followers_of_the_one_that_refers_are_told_and_those_of_another_environment_are_not()
    {
        await using var production = await StreamFollower.OpenAsync(_server, "service=mail&environment=production");
        await using var staging = await SocketFollower.SubscribedAsync(_server, "mail", "staging");
        (await production.NextAsync())!.At("/config/url").ShouldBe("\"https://pay.prod/\"");
        (await staging.NextAsync())!.At("/config/url").ShouldBe("\"https://pay/\"");

        await _server.PutAsync("/api/config/pay", """{"environment":"production","config":{"host":"new"}}""");

        var told = (await production.NextAsync())!;
        told.At("/config/url").ShouldBe("\"https://new/\"");
        told.At("/changes").ShouldBe("""[{"path":"/url","op":"replace","from":"https://pay.prod/","to":"https://new/"},{"path":"/own","op":"replace","from":"https://pay.prod/","to":"https://new/"}]""");
        await staging.HeardNothingAsync();
    }

    [Fact]
    public async Task A_user_with_settings_only_where_a_reference_leads_sees_them_and_others_do_not()
    {
        await _server.PutAsync("/api/config/pay", """{"scope":"user","user":"ann","config":{"host":"ann.pay"}}""");

        (await _server.GetAsync("/api/config/mail?environment=production&user=ann")).At("/config/url").ShouldBe("\"https://ann.pay/\"");
        (await _server.GetAsync("/api/config/mail?environment=production&user=bob")).At("/config/url").ShouldBe("\"https://pay.prod/\"");
        (await _server.GetAsync("/api/config/mail?environment=production")).At("/config/url").ShouldBe("\"https://pay.prod/\"");
    }

    [Fact]
    public async Task The_past_resolves_to_what_was_there_then_over_several_namespaces()
    {
        await _server.PutAsync("/api/config/shop", """{"config":{"mail":"${config:mail/own}"}}""");
        var then = (await _server.GetAsync("/api/config/shop?environment=production")).Revision;
        await _server.PutAsync("/api/config/pay", """{"environment":"production","config":{"host":"new"}}""");

        var past = await _server.GetAsync($"/api/config/shop?environment=production&version={then}");
        var diff = await _server.GetAsync($"/api/config/shop/diff?environment=production&from={then}");

        past.At("/config").ShouldBe("""{"mail":"https://pay.prod/"}""");
        (await _server.GetAsync("/api/config/shop?environment=production&version=3")).Code.ShouldBe("NamespaceNotFound");
        diff.At("/changes").ShouldBe("""[{"path":"/mail","op":"replace","from":"https://pay.prod/","to":"https://new/"}]""");
    }

    [Fact]
    public async Task What_begins_like_a_reference_and_is_none_is_refused_and_nothing_changes()
    {
        var refused = await _server.PutAsync("/api/config/mail", """{"config":{"home":"${HOME}","a":["${config:x"]}}""");

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.At("/errors/0/path").ShouldBe("\"/home\"");
        refused.At("/errors/0/code").ShouldBe("\"MalformedDocument\"");
        refused.At("/errors/1/path").ShouldBe("\"/a/0\"");
        refused.At("/errors/1/message")!.ShouldContain("$${");
        (await _server.GetAsync("/api/config/mail")).At("/config/url").ShouldBe("\"https://pay/\"");
    }

    [Fact]
    public async Task What_others_refer_to_is_not_removed_and_all_who_do_are_named()
    {
        var revision = (await _server.GetAsync("/api/config/mail")).Revision;

        var key = await _server.DeleteAsync("/api/config/pay/keys/limits");
        var layer = await _server.DeleteAsync("/api/config/pay");
        var all = await _server.DeleteAsync("/api/config/pay?all=true");

        foreach (var refused in (Reply[])[key, layer, all])
        {
            refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            refused.At("/errors/0/code").ShouldBe("\"UnknownReference\"");
            refused.At("/errors/0/namespace").ShouldBe("\"mail\"");
        }

        key.At("/errors/0/environments").ShouldBe("""["development","production","staging"]""");
        key.At("/errors/0/path").ShouldBe("\"/limits\"");
        (await _server.GetAsync("/api/config/mail")).Revision.ShouldBe(revision);
    }

    [Fact]
    public async Task Validation_and_dry_run_show_the_difference_in_resolved_values()
    {
        var body = """{"config":{"limits":"${config:pay/limits.max}"}}""";

        var validated = await _server.PostAsync("/api/config/mail/validate", body);
        var dry = await _server.PutAsync("/api/config/mail?dryRun=true", body);

        validated.At("/valid").ShouldBe("true");
        validated.At("/changes/production").ShouldNotBeNull().ShouldContain("""{"path":"/limits","op":"replace","from":{"max":10},"to":10}""");
        dry.Status.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync("/api/config/mail")).At("/config/limits").ShouldBe("""{"max":10}""");
    }
}
