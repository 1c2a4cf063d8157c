using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Commits;

public sealed class CommitTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_commit_of_several_documents_is_all_or_nothing()
    {
        const string Good = """
            {"message":"two","changes":[
              {"address":"environment/eu","document":{"parent":"production"}},
              {"address":"config/mail/env/eu","document":{"a":1}}]}
            """;
        const string Bad = """
            {"message":"bad","changes":[
              {"address":"config/mail/base","document":{"a":2}},
              {"address":"config/mail/env/nowhere","document":{"a":3}},
              {"address":"teapot/global/x","document":{}}]}
            """;

        var refusedKind = await _server.PostAsync("/api/commits", Bad);
        var done = await _server.PostAsync("/api/commits", Good);
        var refused = await _server.PostAsync("/api/commits", Bad.Replace("""
            ,
              {"address":"teapot/global/x","document":{}}
            """, "", StringComparison.Ordinal));

        refusedKind.At("/errors/0/message")!.ShouldContain("teapot");
        done.Status.ShouldBe(HttpStatusCode.Created);
        done.At("/revision").ShouldBe("2");
        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        refused.At("/errors/0/message")!.ShouldContain("nowhere");
        (await _server.GetAsync("/api/config/mail?environment=eu")).At("/config").ShouldBe("""{"a":1}""");
        _server.Board.Current.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task The_ledger_is_listed_oldest_first_with_an_unbroken_chain()
    {
        for (var i = 0; i < 5; i++)
            await _server.PutAsync("/api/config/mail", $$$"""{"config":{"a":{{{i}}}}}""");

        var first = await _server.GetAsync("/api/commits?limit=4");
        var rest = await _server.GetAsync($"/api/commits?after={first.At("/next")}");
        var one = await _server.GetAsync("/api/commits?address=namespace/mail");

        first.At("/items/0/revision").ShouldBe("1");
        first.At("/items/1/previousHash").ShouldBe(first.At("/items/0/hash"));
        rest.At("/items/0/previousHash").ShouldBe(first.At("/items/3/hash"));
        rest.At("/items/1/changes/0/before").ShouldBe("""{"a":3}""");
        rest.At("/items/1/changes/0/after").ShouldBe("""{"a":4}""");
        rest.At("/next").ShouldBeNull();
        one.At("/items/1").ShouldBeNull();
        (await _server.GetAsync("/api/commits/7")).Code.ShouldBe("VersionNotFound");
        (await _server.GetAsync("/api/commits/x")).Code.ShouldBe("MalformedRequest");
    }

    [Fact]
    public async Task A_page_of_large_commits_ends_early_and_says_where_to_go_on()
    {
        var large = new string('x', 900_000);
        for (var i = 0; i < 40; i++)
            await _server.PutAsync("/api/config/mail", $$$"""{"config":{"i":{{{i}}},"a":"{{{large}}}"}}""");

        var seen = new List<long>();
        string? next = "0";
        var pages = 0;
        while (next is not null)
        {
            var page = await _server.GetAsync($"/api/commits?limit=1000&after={next}");
            seen.AddRange(((Core.Json.JsonArray)page.Json["items"]!).Items.Select(item => long.Parse(((Core.Json.JsonObject)item)["revision"]!.ToString())));
            next = page.At("/next");
            pages++;
        }

        var history = await _server.GetAsync("/api/config/mail/history?limit=1000");

        seen.ShouldBe(Enumerable.Range(1, 41).Select(revision => (long)revision));
        pages.ShouldBeGreaterThan(1);
        history.At("/total").ShouldBe("40");
        ((Core.Json.JsonArray)history.Json["items"]!).Items.Length.ShouldBe(40);
    }

    [Fact]
    public async Task Expected_versions_are_checked_for_each_document_and_malformed_changes_are_all_listed()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");

        var stale = await _server.PostAsync("/api/commits", """{"changes":[{"address":"config/mail/base","document":{"a":2},"expectedVersion":1}]}""");
        var malformed = await _server.PostAsync("/api/commits", """{"changes":[{"address":"Config/x","document":{}},{"address":"config/mail/base","document":[]},7]}""");
        var twice = await _server.PostAsync("/api/commits", """{"changes":[{"address":"config/mail/base","document":{}},{"address":"config/mail/base","document":null}]}""");

        stale.Code.ShouldBe("StaleVersion");
        malformed.Code.ShouldBe("MalformedRequest");
        malformed.At("/errors/2/path").ShouldBe("\"/changes/2\"");
        twice.At("/errors/0/message")!.ShouldContain("twice");
        (await _server.GetAsync("/api/config/mail")).At("/config").ShouldBe("""{"a":1}""");
    }

    [Fact]
    public async Task A_backup_taken_while_serving_holds_the_whole_ledger()
    {
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");

        using var response = await _server.Http.GetAsync("/api/backup", TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        bytes.AsSpan(0, 15).SequenceEqual("SQLite format 3"u8).ShouldBeTrue();
        using var folder = new TestKit.TempFolder();
        var file = folder.File("backup.db");
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        Storage.Sqlite.SqliteLedger.Restore(file, folder.File("restored"), replace: false, TestContext.Current.CancellationToken).Head.Revision.ShouldBe(2);
    }
}
