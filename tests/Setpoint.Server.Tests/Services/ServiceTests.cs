using System.Net;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Services;

public sealed class ServiceTests : IAsyncLifetime
{
    private const string Users = """
        {
          "serviceName": "user-service",
          "displayName": "User Management Service",
          "description": "Handles user authentication and profiles",
          "version": "2.1.0",
          "endpoints": ["http://user-service:3000"],
          "healthCheck": "http://user-service:3000/health",
          "requiredConfigs": ["DATABASE_URL", "JWT_SECRET", {"key": "pool.size", "type": "integer"}],
          "optionalConfigs": ["REDIS_URL", "SENTRY_DSN"],
          "environment": "production",
          "tags": ["core", "auth"]
        }
        """;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_registration_answers_what_the_effective_configuration_of_that_environment_lacks()
    {
        await _server.PutAsync("/api/config/global", """{"environment":"production","config":{"SENTRY_DSN":"https://sentry"}}""");
        await _server.PutAsync("/api/config/user-service", """{"config":{"pool":{"size":5},"DATABASE_URL":"postgres://dev"}}""");
        await _server.PutAsync("/api/config/user-service", """{"environment":"production","config":{"pool":{"size":"five"}}}""");

        var registered = await _server.PostAsync("/api/services/register", Users);

        registered.Status.ShouldBe(HttpStatusCode.Created, registered.Text);
        registered.At("/satisfied").ShouldBe("false");
        registered.At("/registered").ShouldBe("true");
        registered.At("/missing").ShouldBe("""["JWT_SECRET"]""");
        registered.At("/wrongType").ShouldBe("""[{"key":"pool.size","expected":"integer","found":"string"}]""");
        registered.At("/optionalMissing").ShouldBe("""["REDIS_URL"]""");
        registered.At("/revision").ShouldBe(_server.Board.Current.Revision.ToString());

        var staging = await _server.PostAsync("/api/services/register", Users.Replace("production", "staging", StringComparison.Ordinal));
        staging.At("/wrongType").ShouldBe("[]", "only production has the wrong one");
        staging.At("/optionalMissing").ShouldBe("""["REDIS_URL","SENTRY_DSN"]""");
    }

    [Fact]
    public async Task What_is_missing_is_told_anew_when_the_configuration_has_changed()
    {
        await _server.PostAsync("/api/services/register", Users);
        var before = await _server.GetAsync("/api/services/user-service");

        await _server.PutAsync("/api/config/user-service", """{"config":{"database_url":"x","JWT":1,"jwt_secret":null,"Pool":{"Size":3}}}""");
        var after = await _server.GetAsync("/api/services/user-service");

        before.At("/environments/0/configured").ShouldBe("false");
        before.At("/environments/0/missing").ShouldBe("""["DATABASE_URL","JWT_SECRET","pool.size"]""");
        after.At("/environments/0/satisfied").ShouldBe("true", after.Text);
        after.At("/environments/0/registration/version").ShouldBe("\"2.1.0\"");
        after.At("/environments/0/registeredBy")!.ShouldContain("admin");
        var list = await _server.GetAsync("/api/services");
        list.At("/items/0/environments").ShouldBe("""[{"environment":"production","serviceVersion":"2.1.0","configured":true,"satisfied":true}]""");
    }

    [Fact]
    public async Task A_service_may_come_before_its_namespace_which_is_not_created_and_of_which_global_is_no_part()
    {
        await _server.PutAsync("/api/config/global", """{"config":{"DATABASE_URL":"x","JWT_SECRET":"y","pool":{"size":1}}}""");

        var registered = await _server.PostAsync("/api/services/register", Users);

        registered.Status.ShouldBe(HttpStatusCode.Created);
        registered.At("/configured").ShouldBe("false");
        registered.At("/missing").ShouldBe("""["DATABASE_URL","JWT_SECRET","pool.size"]""");
        (await _server.GetAsync("/api/namespaces/user-service")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Ten_instances_that_register_at_once_make_one_commit()
    {
        var before = _server.Board.Current.Revision;

        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _server.PostAsync("/api/services/register", Users)));

        replies.Count(reply => reply.Status == HttpStatusCode.Created).ShouldBe(1);
        replies.Count(reply => reply.At("/changed") == "true").ShouldBe(1);
        replies.ShouldAllBe(reply => (int)reply.Status < 300 && reply.At("/version") == (before + 1).ToString());
        _server.Board.Current.Revision.ShouldBe(before + 1);
    }

    [Fact]
    public async Task The_environment_comes_from_the_header_where_the_body_names_none()
    {
        var registered = await _server.PostAsync("/api/services/register", """{"serviceName":"mail"}""", ("X-Environment", "staging"));
        var nowhere = await _server.PostAsync("/api/services/register", """{"serviceName":"mail"}""");
        var unknown = await _server.PostAsync("/api/services/register", """{"serviceName":"mail","environment":"moon"}""");

        registered.At("/environment").ShouldBe("\"staging\"");
        (nowhere.Status, nowhere.Code).ShouldBe((HttpStatusCode.BadRequest, "MalformedRequest"));
        nowhere.At("/detail")!.ShouldContain("X-Environment");
        (unknown.Status, unknown.Code).ShouldBe((HttpStatusCode.NotFound, "EnvironmentNotFound"));
        (await _server.GetAsync("/api/services/mail")).At("/environments/1").ShouldBeNull();
    }

    [Fact]
    public async Task A_wrong_registration_is_refused_with_every_reason_and_kept_by_nobody()
    {
        var refused = await _server.PostAsync("/api/services/register", """{"serviceName":"mail","environment":"staging","requiredConfigs":[1,{"key":"a","type":"int"}],"port":80}""");
        var nameless = await _server.PostAsync("/api/services/register", """{"environment":"staging"}""");
        var misnamed = await _server.PostAsync("/api/services/register", """{"serviceName":"a/b","environment":"staging"}""");

        refused.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        ((JsonArray)refused.Json["errors"]!).Items.Select(error => ((JsonObject)error)["path"]!.ToString()).ShouldBe(
            ["\"/requiredConfigs/0\"", "\"/requiredConfigs/1/type\"", "\"/port\""]);
        nameless.At("/detail")!.ShouldContain("'serviceName' is required");
        misnamed.Status.ShouldBe(HttpStatusCode.BadRequest);
        (await _server.GetAsync("/api/services")).At("/total").ShouldBe("0");
    }

    [Fact]
    public async Task A_dry_run_reports_and_registers_nobody()
    {
        var dry = await _server.PostAsync("/api/services/register?dryRun=true", Users);

        dry.Status.ShouldBe(HttpStatusCode.OK);
        dry.At("/registered").ShouldBe("true", "as it would be");
        dry.At("/dryRun").ShouldBe("true");
        dry.At("/missing/0").ShouldBe("\"DATABASE_URL\"");
        (await _server.GetAsync("/api/services/user-service")).Code.ShouldBe("NotFound");
    }

    [Fact]
    public async Task A_registration_is_removed_from_one_environment()
    {
        await _server.PostAsync("/api/services/register", Users);
        await _server.PostAsync("/api/services/register", Users.Replace("production", "staging", StringComparison.Ordinal));

        var everywhere = await _server.DeleteAsync("/api/services/user-service");
        var removed = await _server.DeleteAsync("/api/services/user-service?environment=production");
        var again = await _server.DeleteAsync("/api/services/user-service?environment=production");

        (everywhere.Status, everywhere.Code).ShouldBe((HttpStatusCode.BadRequest, "MalformedRequest"));
        removed.Status.ShouldBe(HttpStatusCode.OK, removed.Text);
        again.Status.ShouldBe(HttpStatusCode.NotFound);
        again.At("/detail")!.ShouldContain("in environment 'production'");
        (await _server.GetAsync("/api/services/user-service")).At("/environments/0/environment").ShouldBe("\"staging\"");
    }

    [Fact]
    public async Task An_environment_with_services_is_not_deleted()
    {
        await _server.PostAsync("/api/services/register", Users);

        var refused = await _server.DeleteAsync("/api/environments/production");

        refused.At("/errors/0/message")!.ShouldContain("user-service");
        (await _server.GetAsync("/api/environments/production")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
