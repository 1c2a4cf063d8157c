using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Environments;

public sealed class EnvironmentTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_fresh_server_has_three_environments_and_production_is_marked()
    {
        var list = await _server.GetAsync("/api/environments");
        var production = await _server.GetAsync("/api/environments/production");

        list.At("/total").ShouldBe("3");
        production.At("/production").ShouldBe("true");
        production.At("/chain").ShouldBe("""["production"]""");
    }

    [Fact]
    public async Task An_environment_inherits_from_its_parent_as_soon_as_it_is_made()
    {
        await _server.PutAsync("/api/config/mail", """{"environment":"production","config":{"a":1}}""");

        var created = await _server.PostAsync("/api/environments", """{"name":"production-eu","parent":"production","description":"Europe"}""");
        var again = await _server.PostAsync("/api/environments", """{"name":"production-eu"}""");

        created.Status.ShouldBe(HttpStatusCode.Created);
        created.At("/chain").ShouldBe("""["production","production-eu"]""");
        again.Status.ShouldBe(HttpStatusCode.Conflict);
        (await _server.GetAsync("/api/config/mail?environment=production-eu")).At("/config/a").ShouldBe("1");
    }

    [Fact]
    public async Task A_circle_an_unknown_parent_and_an_environment_in_use_are_refused_by_name()
    {
        await _server.PostAsync("/api/environments", """{"name":"eu","parent":"production"}""");
        await _server.PutAsync("/api/config/mail", """{"environment":"eu","config":{"a":1}}""");

        var circle = await _server.PutAsync("/api/environments/production", """{"parent":"eu"}""");
        var orphan = await _server.PostAsync("/api/environments", """{"name":"x","parent":"nowhere"}""");
        var used = await _server.DeleteAsync("/api/environments/eu");
        var parent = await _server.DeleteAsync("/api/environments/production");

        circle.At("/errors/0/code").ShouldBe("\"CircularDependency\"");
        circle.At("/errors/0/message")!.ShouldContain("production -> eu -> production");
        orphan.At("/errors/0/code").ShouldBe("\"UnknownReference\"");
        used.At("/errors/0/message")!.ShouldContain("mail");
        parent.At("/errors/0/message")!.ShouldContain("eu");
        (await _server.GetAsync("/api/environments")).At("/total").ShouldBe("4");
    }

    [Fact]
    public async Task An_unused_environment_can_be_deleted_and_is_404_afterwards()
    {
        (await _server.DeleteAsync("/api/environments/staging")).Status.ShouldBe(HttpStatusCode.OK);

        (await _server.GetAsync("/api/environments/staging")).Code.ShouldBe("EnvironmentNotFound");
        (await _server.DeleteAsync("/api/environments/staging")).Status.ShouldBe(HttpStatusCode.NotFound);
    }
}
