using System.Net;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Flags;

/// <summary>What a process is given to evaluate flags itself.</summary>
public sealed class DefinitionsTests : IAsyncLifetime
{
    private const string Path = "/api/flags/definitions?environment=production";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        (await _server.PostAsync("/api/commits", """
            {"changes":[
              {"address":"segment/global/staff","document":{"included":["ann"]}},
              {"address":"segment/global/nobody-names-it","document":{"included":["bob"]}},
              {"address":"flag/global/banner","document":{"variants":{"on":true,"off":false},"defaultVariant":"off",
                "rules":[{"when":{"segment":"staff"},"serve":"on"}]}}]}
            """)).Status.ShouldBe(HttpStatusCode.Created);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_process_gets_the_documents_the_chain_and_the_segments_that_flags_name()
    {
        await _server.PutAsync("/api/environments/production-eu", """{"parent":"production"}""");

        var reply = await _server.GetAsync("/api/flags/definitions?environment=production-eu");

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.At("/namespace").ShouldBe("\"global\"");
        reply.At("/environment").ShouldBe("\"production-eu\"");
        reply.At("/chain").ShouldBe("""["production","production-eu"]""");
        reply.At("/version").ShouldBe(_server.Board.Current.Revision.ToString());
        reply.At("/flags/0/key").ShouldBe("\"banner\"");
        reply.At("/flags/0/document/defaultVariant").ShouldBe("\"off\"");
        ((JsonArray)reply.Json["segments"]!).Items.ShouldHaveSingleItem().ToString().ShouldBe("""{"key":"staff","namespace":"global","document":{"included":["ann"]}}""");
        reply.ETag.ShouldBe($"\"{((JsonString)reply.Json["etag"]!).Value}\"");
        reply.Revision.ShouldBe(_server.Board.Current.Revision);
    }

    [Fact]
    public async Task Commits_elsewhere_leave_the_tag_standing_and_commits_to_flags_or_their_segments_do_not()
    {
        var first = await _server.GetAsync(Path);
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
        await _server.PostAsync("/api/commits", """{"changes":[{"address":"segment/global/nobody-names-it","document":{"included":["eve"]}}]}""");

        var same = await _server.GetAsync(Path, ("If-None-Match", first.ETag!));
        same.Status.ShouldBe(HttpStatusCode.NotModified);
        same.Revision.ShouldBe(_server.Board.Current.Revision);

        await _server.PostAsync("/api/commits", """{"changes":[{"address":"segment/global/staff","document":{"included":["ann","eve"]}}]}""");
        var other = await _server.GetAsync(Path, ("If-None-Match", first.ETag!));
        other.Status.ShouldBe(HttpStatusCode.OK);
        other.At("/segments/0/document/included").ShouldBe("""["ann","eve"]""");
        other.At("/version").ShouldBe(_server.Board.Current.Revision.ToString());
    }

    [Fact]
    public async Task A_long_poll_is_answered_by_the_change_of_a_flag()
    {
        var first = await _server.GetAsync(Path);

        var waiting = _server.GetAsync(Path + "&wait=60s", ("If-None-Match", first.ETag!));
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
        waiting.IsCompleted.ShouldBeFalse();
        await _server.PostAsync("/api/commits", """{"changes":[{"address":"flag/global/banner","document":null}]}""");

        var reply = await waiting;
        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.At("/flags").ShouldBe("[]");
        reply.At("/segments").ShouldBe("[]");
    }

    [Fact]
    public async Task A_long_poll_without_a_change_ends_with_304()
    {
        var first = await _server.GetAsync(Path);

        (await _server.GetAsync(Path + "&wait=50ms", ("If-None-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest, "MalformedRequest", "X-Environment")]
    [InlineData("?environment=moon", HttpStatusCode.NotFound, "EnvironmentNotFound", "moon")]
    [InlineData("?environment=production&namespace=nobody", HttpStatusCode.NotFound, "NamespaceNotFound", "nobody")]
    [InlineData("?enviroment=production", HttpStatusCode.BadRequest, "MalformedRequest", "enviroment")]
    public async Task A_target_that_is_not_there_is_refused_by_name(string query, HttpStatusCode status, string code, string told)
    {
        var refused = await _server.GetAsync("/api/flags/definitions" + query);

        (refused.Status, refused.Code).ShouldBe((status, code), refused.Text);
        refused.At("/detail")!.ShouldContain(told);
    }
}
