using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Flags;

/// <summary>No word of our own paths takes a key away from flags.</summary>
public sealed class FlagNameTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("definitions")]
    [InlineData("evaluate")]
    [InlineData("explain")]
    [InlineData("export")]
    [InlineData("exposures")]
    [InlineData("import")]
    [InlineData("stale")]
    public async Task A_flag_may_be_called_as_a_path_of_ours_is(string key)
    {
        var path = "/api/features/" + key;
        (await _server.PutAsync(path, Samples.Boolean(key))).Status.ShouldBe(HttpStatusCode.Created);

        (await _server.GetAsync(path)).At("/key").ShouldBe($"\"{key}\"");
        (await _server.GetAsync(path + "?environment=production")).At("/enabled").ShouldBe("true");
        (await _server.SendAsync(HttpMethod.Patch, path, """{"owner":"web"}""", [])).At("/owner").ShouldBe("\"web\"");
        (await _server.PostAsync(path + "/explain?environment=production", """{"context":{}}""")).Status.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync(path + "/analytics")).At("/flagKey").ShouldBe($"\"{key}\"");
        (await _server.DeleteAsync(path)).Status.ShouldBe(HttpStatusCode.OK);
        var gone = await _server.GetAsync(path);
        (gone.Status, gone.Code).ShouldBe((HttpStatusCode.NotFound, "FlagNotFound"));
    }

    [Fact]
    public async Task A_key_that_holds_an_escape_is_not_the_one_that_the_escape_stands_for()
    {
        (await _server.PutAsync("/api/features/a%2Fb", """{"variants":{"slash":1},"defaultVariant":"slash"}""")).At("/key").ShouldBe("\"a/b\"");
        (await _server.PutAsync("/api/features/a%252Fb", """{"variants":{"escape":1},"defaultVariant":"escape"}""")).Status.ShouldBe(HttpStatusCode.Created);

        (await _server.GetAsync("/api/features/a%2fb")).At("/key").ShouldBe("\"a/b\"");
        (await _server.GetAsync("/api/features/a%252Fb")).At("/key").ShouldBe("\"a%2Fb\"");
        (await _server.PostAsync("/api/features/a%252Fb/explain?environment=production", """{"context":{}}""")).At("/variant").ShouldBe("\"escape\"");
        (await _server.PostAsync("/in/global/production/ofrep/v1/evaluate/flags/a%252Fb", """{"context":{}}""")).At("/variant").ShouldBe("\"escape\"");
        (await _server.PostAsync("/ofrep/v1/evaluate/flags/a%2Fb?environment=production", """{"context":{}}""")).At("/variant").ShouldBe("\"slash\"");
    }

    [Fact]
    public async Task Where_there_is_no_flag_called_export_the_refusal_says_how_to_export()
    {
        var missing = await _server.GetAsync("/api/features/export?environment=production");

        (missing.Status, missing.Code).ShouldBe((HttpStatusCode.NotFound, "FlagNotFound"));
        missing.At("/detail")!.ShouldContain("?format=flagd");
        (await _server.GetAsync("/api/features/nobody")).At("/detail")!.ShouldNotContain("format");
    }
}
