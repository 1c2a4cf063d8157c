using System.Net;
using Setpoint.Server.Tests.Delivery;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.References;

/// <summary>Values of files, from the disk to who follows.</summary>
public sealed class FileReferenceTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        await WriteAsync("one\n");
        _server = await RunningServer.StartAsync(settings => settings with { ReferenceFolder = _folder.Path });
        await _server.PutAsync("/api/config/pay", """{"config":{"cert":"${file:cert}"}}""");
        await _server.PutAsync("/api/config/mail", """{"config":{"tls":"<${config:pay/cert}>"}}""");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_changed_file_reaches_readers_long_polls_and_followers_also_over_another_namespace_with_no_commit()
    {
        var first = await _server.GetAsync("/api/config/mail?environment=production");
        first.At("/config/tls").ShouldBe("\"<one>\"");
        await using var stream = await StreamFollower.OpenAsync(_server, "service=mail&environment=production");
        (await stream.NextAsync())!.At("/config/tls").ShouldBe("\"<one>\"");
        var waiting = _server.GetAsync("/api/config/mail?environment=production&wait=30s", ("If-None-Match", first.ETag!));

        await WriteAsync("another");

        var told = (await stream.NextAsync())!;
        told.At("/config/tls").ShouldBe("\"<another>\"");
        told.At("/changes/0/from").ShouldBe("\"<one>\"");
        told.Revision.ShouldBe(first.Revision);
        var polled = await waiting.WaitAsync(Eventually.Soon, TestContext.Current.CancellationToken);
        polled.At("/config/tls").ShouldBe("\"<another>\"");
        polled.ETag.ShouldNotBe(first.ETag);
        polled.At("/version").ShouldBe(first.At("/version"));
        polled.Revision.ShouldBe(first.Revision);
    }

    [Fact]
    public async Task A_reload_reads_the_files_before_it_answers_even_one_that_looks_the_same()
    {
        (await _server.GetAsync("/api/config/mail")).At("/config/tls").ShouldBe("\"<one>\"");
        var before = File.GetLastWriteTimeUtc(_folder.File("cert"));
        await WriteAsync("two\n");
        File.SetLastWriteTimeUtc(_folder.File("cert"), before);

        (await _server.PostAsync("/api/config/mail/reload", null)).Status.ShouldBe(HttpStatusCode.OK);

        (await _server.GetAsync("/api/config/mail")).At("/config/tls").ShouldBe("\"<two>\"");
    }

    [Fact]
    public async Task While_a_file_is_gone_reads_are_refused_raw_is_shown_and_followers_keep_the_last_state()
    {
        await using var socket = await SocketFollower.SubscribedAsync(_server, "mail");
        (await socket.NextAsync())!.At("/config/tls").ShouldBe("\"<one>\"");
        File.Delete(_folder.File("cert"));
        await _server.PostAsync("/api/config/pay/reload", null);

        var refused = await _server.GetAsync("/api/config/mail?environment=production");
        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.Code.ShouldBe("ValidationError");
        refused.At("/errors/0/code").ShouldBe("\"UnknownReference\"");
        refused.At("/errors/0/address").ShouldBe("\"config/pay/base\"");
        refused.At("/errors/0/path").ShouldBe("\"/cert\"");
        refused.At("/errors/0/message")!.ShouldContain("there is no file 'cert'");
        refused.Text.ShouldNotContain(_folder.Path);
        (await _server.GetAsync("/api/config/mail/keys/tls?environment=production")).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await _server.GetAsync("/api/config/mail?environment=production&raw=true")).At("/layers/0/document/tls").ShouldBe("\"<${config:pay/cert}>\"");
        await socket.HeardNothingAsync();

        await WriteAsync("back");
        await _server.PostAsync("/api/config/pay/reload", null);

        (await _server.GetAsync("/api/config/mail?environment=production")).At("/config/tls").ShouldBe("\"<back>\"");
        (await socket.NextAsync())!.At("/config/tls").ShouldBe("\"<back>\"");
    }

    [Fact]
    public async Task Who_comes_back_with_the_last_revision_gets_the_state_since_the_file_may_have_changed_meanwhile()
    {
        var revision = (await _server.GetAsync("/api/config/mail")).Revision;

        await using var socket = await SocketFollower.SubscribedAsync(_server, "mail", lastRevision: revision);

        (await socket.NextAsync())!.At("/config/tls").ShouldBe("\"<one>\"");
    }

    private Task WriteAsync(string content) => File.WriteAllTextAsync(_folder.File("cert"), content, TestContext.Current.CancellationToken);
}
