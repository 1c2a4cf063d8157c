using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Services;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Services;

public sealed class ServiceKindTests
{
    private const string Users = """
        {
          "displayName": "User Management Service",
          "description": "Handles user authentication and profiles",
          "version": "2.1.0",
          "endpoints": ["http://user-service:3000"],
          "healthCheck": "http://user-service:3000/health",
          "requiredConfigs": ["DATABASE_URL", {"key": "pool.size", "type": "integer"}, "JWT_SECRET"],
          "optionalConfigs": ["REDIS_URL", {"key": "SENTRY_DSN", "type": "string"}],
          "tags": ["core", "auth"]
        }
        """;

    [Fact]
    public void A_registration_is_kept_per_environment_and_creates_no_namespace()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(Set("service/user-service/production", Users), Set("service/user-service/staging", "{}"), Set("service/mail/staging", "{}"));

        var services = ledger.Snapshot.Services();
        services.Names.ShouldBe(["mail", "user-service"]);
        services.Of("user-service").Select(one => one.Environment).ShouldBe(["production", "staging"]);
        services.Find("user-service", "production")!.RequiredConfigs.ShouldBe([new("DATABASE_URL"), new("pool.size", "integer"), new("JWT_SECRET")]);
        services.NamesIn("staging").ShouldBe(["mail", "user-service"]);
        ledger.Snapshot.Namespaces().Contains("user-service").ShouldBeFalse();

        ledger.Commit(Remove("service/mail/staging"), Remove("service/user-service/staging"));
        ledger.Snapshot.Services().Names.ShouldBe(["user-service"]);
    }

    [Fact]
    public void The_same_registration_again_makes_no_commit()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(Set("service/user-service/production", Users));
        var head = ledger.Snapshot.Revision;

        ledger.Commit(Set("service/user-service/production", Users)).Commit.ShouldBeNull();

        ledger.Snapshot.Revision.ShouldBe(head);
    }

    [Fact]
    public void Everything_wrong_with_a_registration_is_reported_at_once()
    {
        var violations = TestLedger.WithEnvironments().Violations(Set("service/mail/production", """
            {"version":2,"endpoints":"x","requiredConfigs":["",7,{"type":"integer"},{"key":"a","type":"int"},{"key":"b","kind":"x"}],"optionalConfigs":{},"colour":"red"}
            """));

        violations.Select(violation => (violation.Path, violation.Code)).ShouldBe(
        [
            ("/version", ViolationCode.InvalidParameterType),
            ("/endpoints", ViolationCode.InvalidParameterType),
            ("/requiredConfigs/0", ViolationCode.ConstraintViolation),
            ("/requiredConfigs/1", ViolationCode.InvalidParameterType),
            ("/requiredConfigs/2/key", ViolationCode.MissingRequiredParameter),
            ("/requiredConfigs/3/type", ViolationCode.ConstraintViolation),
            ("/requiredConfigs/4/kind", ViolationCode.MalformedDocument),
            ("/optionalConfigs", ViolationCode.InvalidParameterType),
            ("/colour", ViolationCode.MalformedDocument),
        ], ignoreOrder: true, customMessage: string.Join('\n', violations.Select(violation => $"{violation.Path} {violation.Message}")));
    }

    [Fact]
    public void The_environment_must_exist_and_stays_while_a_service_is_registered_in_it()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Violation(Set("service/mail/nowhere", "{}")).Code.ShouldBe(ViolationCode.UnknownReference);
        ledger.Commit(Set("service/mail/staging", "{}"));

        var violation = ledger.Violation(Remove("environment/staging"));

        violation.Message.ShouldContain("services are registered: mail;");
        violation.Message.ShouldContain("DELETE /api/services/{name}?environment=staging");
        ledger.Commit(Remove("environment/staging"), Remove("service/mail/staging"));
        ledger.Snapshot.Environments().Contains("staging").ShouldBeFalse();
    }

    [Fact]
    public void The_report_parts_what_is_missing_from_what_is_of_the_wrong_type()
    {
        var registration = ServiceKind.Read(ServiceKind.AddressOf("user-service", "production"), JsonSamples.ObjectOf(Users), new ViolationList())!;

        var report = KeyReport.Of(registration, JsonSamples.ObjectOf("""{"DATABASE_URL":null,"pool":{"size":"ten"},"sentry_dsn":5}"""));

        report.Missing.ShouldBe(["JWT_SECRET"], "null is a value");
        report.WrongType.ShouldBe([new("pool.size", "integer", "string"), new("SENTRY_DSN", "string", "integer")]);
        report.OptionalMissing.ShouldBe(["REDIS_URL"]);
        report.IsSatisfied.ShouldBeFalse();
        KeyReport.Of(registration, JsonSamples.ObjectOf("""{"DATABASE_URL":"x","JWT_SECRET":"y","pool":{"size":5}}""")).IsSatisfied.ShouldBeTrue();
        KeyReport.Of(registration, null).Missing.ShouldBe(["DATABASE_URL", "pool.size", "JWT_SECRET"]);
    }
}
