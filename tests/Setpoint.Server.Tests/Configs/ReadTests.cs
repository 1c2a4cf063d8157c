using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Configs;

public sealed class ReadTests
{
    [Fact]
    public async Task A_layer_of_an_environment_wins_over_the_base_and_numbers_keep_their_digits()
    {
        await using var server = await RunningServer.StartAsync();
        (await server.PutAsync("/api/config/mail", """{"config":{"retries":3,"ratio":0.10}}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await server.PutAsync("/api/config/mail", """{"environment":"production","config":{"retries":5}}""")).Status.ShouldBe(HttpStatusCode.Created);

        var production = await server.GetAsync("/api/config/mail?environment=production");
        var staging = await server.GetAsync("/api/config/mail?environment=staging");

        production.At("/config").ShouldBe("""{"retries":5,"ratio":0.10}""");
        staging.At("/config").ShouldBe("""{"retries":3,"ratio":0.10}""");
        production.Revision.ShouldBe(3);
    }

    [Theory]
    [InlineData("/api/config/mail?environment=prod", HttpStatusCode.NotFound, "EnvironmentNotFound", "prod")]
    [InlineData("/api/config/nobody", HttpStatusCode.NotFound, "NamespaceNotFound", "nobody")]
    [InlineData("/api/config/mail?enviroment=production", HttpStatusCode.BadRequest, "MalformedRequest", "enviroment")]
    [InlineData("/api/config/mail?version=99", HttpStatusCode.NotFound, "VersionNotFound", "99")]
    [InlineData("/api/config/mail?version=2&at=2026-01-01T00:00:00Z", HttpStatusCode.BadRequest, "MalformedRequest", "'version' and 'at'")]
    [InlineData("/api/config/mail?format=toml", HttpStatusCode.BadRequest, "MalformedRequest", "toml")]
    public async Task A_wrong_read_is_refused_by_name_and_never_falls_back(string path, HttpStatusCode status, string code, string named)
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"retries":3}}""");

        var reply = await server.GetAsync(path);

        reply.Status.ShouldBe(status);
        reply.Code.ShouldBe(code);
        reply.At("/detail")!.ShouldContain(named);
        reply.Message.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }
}
