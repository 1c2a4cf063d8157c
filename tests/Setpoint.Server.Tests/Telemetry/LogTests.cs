using System.Text.Json;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Telemetry;

public sealed class LogTests
{
    private const string Canary = "canary-4f1d-value";

    [Fact]
    public async Task No_value_of_a_configuration_is_ever_logged_and_each_line_of_a_request_has_its_trace()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The server is stopped by a signal, which Windows does not have.");
        using var folder = new TempFolder();
        await using var server = await ChildServer.StartAsync(folder.File("data"));
        var body = $$$"""{"config":{"password":"{{{Canary}}}","list":["{{{Canary}}}"]},"description":"one"}""";

        // Written, read in every form, patched, refused in every way, rolled back, removed.
        (await server.SendAsync(HttpMethod.Put, "/api/config/mail", body)).ShouldStartWith("201 ");
        foreach (var form in (string[])["", "?environment=production", "?explain=true", "?raw=true", "?format=yaml", "?format=properties", "?format=env", "?version=2"])
            (await server.SendAsync(HttpMethod.Get, "/api/config/mail" + form)).ShouldContain(Canary);
        (await server.SendAsync(HttpMethod.Patch, "/api/config/mail", $$$"""{"password":"{{{Canary}}}-2"}""", "application/merge-patch+json")).ShouldStartWith("200 ");
        (await server.SendAsync(HttpMethod.Patch, "/api/config/mail", $$$"""[{"op":"test","path":"/password","value":"{{{Canary}}}"}]""", "application/json-patch+json")).ShouldStartWith("409 ");
        (await server.SendAsync(HttpMethod.Put, "/api/config/mail/keys/password", $$$"""{"value":"{{{Canary}}}-3"}""")).ShouldStartWith("200 ");
        (await server.SendAsync(HttpMethod.Put, "/api/config/mail", $$$"""{"config":{"Password":"{{{Canary}}}","password":"{{{Canary}}}"}}""")).ShouldStartWith("422 ");
        (await server.SendAsync(HttpMethod.Put, "/api/config/mail", $$$"""{"config":{"a":"{{{Canary}}}","a":"{{{Canary}}}"}}""")).ShouldStartWith("400 ");
        (await server.SendAsync(HttpMethod.Put, "/api/config/mail", $$$"""{"config":{"a":"{{{Canary}}} """)).ShouldStartWith("400 ");
        (await server.SendAsync(HttpMethod.Put, "/api/config/mail", $$$"""{"config":"{{{Canary}}}"}""")).ShouldStartWith("400 ");
        (await server.SendAsync(HttpMethod.Put, "/api/config/mail", $$$"""{"config":{"a":"{{{Canary}}}"},"expectedVersion":1}""")).ShouldStartWith("412 ");
        (await server.SendAsync(HttpMethod.Post, "/api/config/mail/validate", body)).ShouldStartWith("200 ");
        (await server.SendAsync(HttpMethod.Post, "/api/commits", $$$"""{"message":"m","changes":[{"address":"config/mail/base","document":{"a":"{{{Canary}}}"}},{"address":"nonsense","document":{"a":"{{{Canary}}}"}}]}""")).ShouldStartWith("4");
        (await server.SendAsync(HttpMethod.Get, "/api/config/mail/history")).ShouldContain(Canary);
        (await server.SendAsync(HttpMethod.Get, "/api/config/mail/diff?from=2")).ShouldContain(Canary);
        (await server.SendAsync(HttpMethod.Post, "/api/config/mail/rollback", """{"version":2}""")).ShouldStartWith("200 ");
        (await server.SendAsync(HttpMethod.Delete, "/api/config/mail")).ShouldStartWith("200 ");
        await server.StopAsync();

        server.Lines.ShouldNotBeEmpty();
        server.Lines.ShouldNotContain(line => line.Contains(Canary, StringComparison.Ordinal));
        server.Lines.ShouldNotContain(line => line.Contains(ChildServer.AdminKey, StringComparison.Ordinal));
        var log = server.Lines.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        log.Count.ShouldBeGreaterThan(10);
        var ofRequests = log.Where(line => line.GetProperty("Message").GetString()!.StartsWith("Request ", StringComparison.Ordinal)).ToList();
        ofRequests.ShouldNotBeEmpty();
        foreach (var line in ofRequests)
        {
            line.GetProperty("Scopes").EnumerateArray()
                .Any(scope => scope.TryGetProperty("TraceId", out var trace) && trace.GetString()!.Length == 32)
                .ShouldBeTrue(line.ToString());
        }
    }

    [Fact]
    public async Task Every_line_on_standard_output_is_one_json_object_with_time_level_and_message()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The server is stopped by a signal, which Windows does not have.");
        using var folder = new TempFolder();
        await using var server = await ChildServer.StartAsync(folder.File("data"));
        await server.StopAsync();

        foreach (var line in server.Lines)
        {
            var message = JsonDocument.Parse(line).RootElement;
            message.GetProperty("Timestamp").GetString()!.ShouldEndWith("Z");
            message.GetProperty("LogLevel").GetString().ShouldNotBeNullOrEmpty();
            message.GetProperty("Message").GetString().ShouldNotBeNullOrEmpty();
        }
    }
}
