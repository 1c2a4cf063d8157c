using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Validation;

public sealed class SchemaKindTests
{
    private readonly TestLedger _ledger = WithEnvironments();

    [Fact]
    public void A_schema_that_is_none_is_refused_with_every_reason_and_its_place_in_the_document()
    {
        var violations = _ledger.Violations(Set("schema/mail", """{"schema":{"type":"integr","properties":{"a":{"minimum":"1"}}}}"""));

        violations.Select(violation => violation.Path).Distinct().ShouldBe(["/schema/type", "/schema/properties/a/minimum"], ignoreOrder: true);
        violations.ShouldAllBe(violation => violation.Address!.Text == "schema/mail");
    }

    [Fact]
    public void The_document_has_a_known_shape()
    {
        _ledger.Violations(Set("schema/mail", """{"version":0,"shcema":{}}""")).Select(violation => violation.Path).ShouldBe(["/schema", "/version", "/shcema"]);
        _ledger.Violation(Set("schema/mail", """{"schema":[]}""")).Code.ShouldBe(ViolationCode.InvalidParameterType);
        _ledger.Violation(Set("schema/mail/extra", """{"schema":{}}""")).Code.ShouldBe(ViolationCode.MalformedDocument);
        _ledger.Commit(Set("schema/mail", """{"schema":true}"""));
    }

    [Fact]
    public void A_schema_refers_to_that_of_another_namespace_and_follows_it()
    {
        _ledger.Commit(Set("schema/types", """{"schema":{"$defs":{"port":{"type":"integer"}}}}"""));
        _ledger.Commit(Set("schema/mail", """{"schema":{"properties":{"port":{"$ref":"setpoint://schema/types#/$defs/port"}}}}"""), Set("config/mail/base", """{"port":70000}"""));
        _ledger.Violation(Set("config/mail/base", """{"port":"x"}"""));

        var violation = _ledger.Violation(Set("schema/types", """{"schema":{"$defs":{"port":{"type":"integer","maximum":65535}}}}"""));
        violation.Effective!.Namespace.ShouldBe("mail");

        _ledger.Commit(Set("schema/types", """{"schema":{"$defs":{"port":{"type":["integer","string"]}}}}"""));
        _ledger.Commit(Set("config/mail/base", """{"port":"x"}"""));
    }

    [Fact]
    public void A_schema_that_others_lean_on_stays()
    {
        _ledger.Commit(Set("schema/types", """{"schema":{"$defs":{"port":{"type":"integer"}}}}"""), Set("schema/mail", """{"schema":{"properties":{"port":{"$ref":"setpoint://schema/types#/$defs/port"}}}}"""));

        var violation = _ledger.Violation(Remove("schema/types"));

        violation.Code.ShouldBe(ViolationCode.UnknownReference);
        violation.Address!.Text.ShouldBe("schema/mail");
        violation.Message.ShouldContain("setpoint://schema/types");
    }

    [Fact]
    public void A_reference_to_nothing_is_refused_and_the_network_is_never_asked()
    {
        var violation = _ledger.Violation(Set("schema/mail", """{"schema":{"$ref":"https://example.com/schema.json"}}"""));

        violation.Code.ShouldBe(ViolationCode.UnknownReference);
        violation.Message.ShouldContain("https://example.com/schema.json");
    }

    [Fact]
    public void Schemas_survive_a_restart()
    {
        _ledger.Commit(Set("schema/types", """{"schema":{"$defs":{"port":{"type":"integer"}}}}"""), Set("schema/mail", """{"schema":{"properties":{"port":{"$ref":"setpoint://schema/types#/$defs/port","default":7}}}}"""));
        _ledger.Commit(Set("config/mail/base", """{"a":1}"""));

        var loaded = Core.Ledger.Snapshot.Load(StandardCatalog.Default, _ledger.Snapshot.Revision, _ledger.Snapshot.Hash, _ledger.Snapshot.At, _ledger.Snapshot.Documents);

        EffectiveConfiguration.Resolve(loaded, "mail", ResolveContext.Of("staging")).Config["port"]!.ToString().ShouldBe("7");
    }
}
