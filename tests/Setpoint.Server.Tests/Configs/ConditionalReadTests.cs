using System.IO.Compression;
using System.Net;
using System.Text;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Configs;

public sealed class ConditionalReadTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_unchanged_configuration_is_304_and_commits_elsewhere_leave_it_standing()
    {
        var first = await _server.GetAsync("/api/config/mail?environment=production");
        await _server.PutAsync("/api/config/other", """{"config":{"b":1}}""");

        var same = await _server.GetAsync("/api/config/mail?environment=production", ("If-None-Match", first.ETag!));
        var weak = await _server.GetAsync("/api/config/mail?environment=production", ("If-None-Match", "\"x\", W/" + first.ETag));
        var explained = await _server.GetAsync("/api/config/mail?environment=production&explain=true", ("If-None-Match", first.ETag!));

        same.Status.ShouldBe(HttpStatusCode.NotModified);
        same.Text.ShouldBeEmpty();
        same.Revision.ShouldBe(3);
        weak.Status.ShouldBe(HttpStatusCode.NotModified);
        explained.Status.ShouldBe(HttpStatusCode.OK);
        explained.ETag.ShouldNotBe(first.ETag);
    }

    [Fact]
    public async Task A_long_poll_answers_when_the_effective_value_changes_and_not_before()
    {
        var first = await _server.GetAsync("/api/config/mail?environment=production");

        var waiting = _server.GetAsync("/api/config/mail?environment=production&wait=30s", ("If-None-Match", first.ETag!));
        await _server.PutAsync("/api/config/mail", """{"environment":"staging","config":{"a":9}}""");
        waiting.IsCompleted.ShouldBeFalse();
        await _server.PutAsync("/api/config/mail", """{"config":{"a":2}}""");

        var changed = await waiting.WaitAsync(Eventually.Soon, TestContext.Current.CancellationToken);
        changed.Status.ShouldBe(HttpStatusCode.OK);
        changed.At("/config/a").ShouldBe("2");
    }

    [Fact]
    public async Task A_long_poll_that_waited_in_vain_is_304()
    {
        var first = await _server.GetAsync("/api/config/mail");
        var waited = await _server.GetAsync("/api/config/mail?wait=50ms", ("If-None-Match", first.ETag!));
        var endless = await _server.GetAsync("/api/config/mail?wait=1h", ("If-None-Match", first.ETag!));

        waited.Status.ShouldBe(HttpStatusCode.NotModified);
        endless.Code.ShouldBe("MalformedRequest");
    }

    [Fact]
    public async Task A_reader_told_of_a_revision_never_reads_an_older_one()
    {
        var early = _server.GetAsync("/api/config/mail", ("Setpoint-Min-Revision", "3"));
        await _server.PutAsync("/api/config/mail", """{"config":{"a":2}}""");
        var behind = await _server.GetAsync("/api/config/mail", ("Setpoint-Min-Revision", "1000"));
        var nonsense = await _server.GetAsync("/api/config/mail", ("Setpoint-Min-Revision", "soon"));

        (await early).At("/config/a").ShouldBe("2");
        (await early).Revision.ShouldBe(3);
        (await _server.GetAsync("/api/environments")).Revision.ShouldBe(3);
        behind.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        behind.Code.ShouldBe("Behind");
        behind.Message.Headers.RetryAfter.ShouldNotBeNull();
        nonsense.Code.ShouldBe("MalformedRequest");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_large_answer_is_compressed_for_who_asks_with_a_weak_tag_of_the_same_value(string coding)
    {
        await _server.PutAsync("/api/config/mail", $$$"""{"config":{"a":"{{{new string('x', 5000)}}}"}}""");
        var plain = await _server.GetAsync("/api/config/mail");

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/config/mail");
        request.Headers.AcceptEncoding.ParseAdd($"deflate, {coding};q=0.5");
        using var response = await _server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using Stream decoded = coding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        using var text = new StreamReader(decoded, Encoding.UTF8);

        (await text.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldBe(plain.Text);
        response.Content.Headers.ContentEncoding.ShouldBe([coding]);
        response.Headers.ETag!.IsWeak.ShouldBeTrue();
        response.Headers.ETag.Tag.ShouldBe(plain.ETag);
        response.Headers.Vary.ShouldContain("Accept-Encoding");
        response.Content.Headers.ContentLength!.Value.ShouldBeLessThan(500);
    }

    [Fact]
    public async Task Raw_shows_the_layers_lowest_first()
    {
        await _server.PutAsync("/api/config/global", """{"config":{"g":1}}""");
        await _server.PutAsync("/api/config/global", """{"environment":"production","config":{"g":2}}""");
        await _server.PutAsync("/api/config/mail", """{"environment":"production","config":{"a":5}}""");

        var raw = await _server.GetAsync("/api/config/mail?environment=production&raw=true");

        raw.At("/config").ShouldBeNull();
        string?[] addresses = [.. Enumerable.Range(0, 4).Select(i => raw.At($"/layers/{i}/address"))];
        addresses.ShouldBe(["\"config/global/base\"", "\"config/global/env/production\"", "\"config/mail/base\"", "\"config/mail/env/production\""]);
        raw.At("/layers/3/document").ShouldBe("""{"a":5}""");
    }

    [Fact]
    public async Task The_environment_may_come_from_a_header_and_the_query_wins()
    {
        await _server.PutAsync("/api/config/mail", """{"environment":"production","config":{"a":5}}""");

        (await _server.GetAsync("/api/config/mail", ("X-Environment", "production"))).At("/config/a").ShouldBe("5");
        (await _server.GetAsync("/api/config/mail?environment=staging", ("X-Environment", "production"))).At("/config/a").ShouldBe("1");
        (await _server.GetAsync("/api/config/mail", ("X-Environment", "mars"))).Code.ShouldBe("EnvironmentNotFound");
    }
}
