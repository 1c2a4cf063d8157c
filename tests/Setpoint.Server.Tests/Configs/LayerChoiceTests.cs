using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Configs;

public sealed class LayerChoiceTests
{
    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_user_that_no_address_can_name_is_refused_as_a_bad_request(string user)
    {
        await using var server = await RunningServer.StartAsync();

        var reply = await server.PutAsync("/api/config/mail", $$$"""{"scope":"user","user":"{{{user}}}","config":{"a":1}}""");

        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        reply.Code.ShouldBe("MalformedRequest");
        reply.At("/detail")!.ShouldContain($"'{user}'");
        server.Board.Current.Revision.ShouldBe(1);
    }

    [Fact]
    public async Task A_user_whose_address_would_be_too_long_is_refused_and_the_longest_possible_one_is_taken()
    {
        await using var server = await RunningServer.StartAsync();
        // 128 characters are allowed, but each of these takes nine in an address, and that has 512.
        var tooLong = new string('\u20ac', 128);
        var plain = new string('u', 128);

        (await server.PutAsync("/api/config/mail", $$$"""{"scope":"user","user":"{{{tooLong}}}","config":{"a":1}}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await server.PutAsync("/api/config/mail", $$$"""{"scope":"user","user":"{{{plain}}}","config":{"a":1}}""")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("PUT", "/api/config/mail", """{"environment":"..","config":{}}""")]
    [InlineData("PUT", "/api/config/mail", """{"environment":"a/b","scope":"runtime","ttlSeconds":60,"config":{}}""")]
    [InlineData("DELETE", "/api/config/mail?environment=..", null)]
    [InlineData("PUT", "/api/config/mail/keys/a?environment=.", """{"value":1}""")]
    public async Task An_environment_that_no_address_can_name_does_not_exist(string method, string path, string? body)
    {
        await using var server = await RunningServer.StartAsync();

        var reply = await server.SendAsync(new HttpMethod(method), path, body, []);

        reply.Status.ShouldBe(HttpStatusCode.NotFound);
        reply.Code.ShouldBe("EnvironmentNotFound");
        server.Board.Current.Revision.ShouldBe(1);
    }
}
