using Setpoint.Core.Faults;
using Setpoint.Core.Templates;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Templates;

public sealed class TemplateKindTests
{
    [Fact]
    public void A_template_is_kept_and_found_by_name_until_it_is_removed()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("template/plugin-default", """{"description":"d","parameters":{"team":{"type":"string"}},"config":{"owner":"${param:team}"}}"""));

        ledger.Snapshot.Templates().TryFind("plugin-default", out var template).ShouldBeTrue();
        template!.NamespaceKind.ShouldBe("plugin", "the default");
        template.Version.ShouldBe(1);
        template.Parameters.ShouldHaveSingleItem().Default.ShouldBeNull();

        ledger.Commit(Remove("template/plugin-default"));
        ledger.Snapshot.Templates().Count.ShouldBe(0);
    }

    [Fact]
    public void Everything_wrong_with_a_template_is_reported_at_once_and_at_its_place()
    {
        var violations = new TestLedger().Violations(Set("template/bad", """
            {
              "kind": "thing",
              "colour": "red",
              "parameters": {
                "a": {"type": "integer", "default": "three"},
                "b": {"type": "list"},
                "c": {"type": "number", "pattern": "x"},
                "d": {"type": "string", "pattern": "("},
                "e": {"type": "string", "pattern": "(?=x)"},
                "f": {"type": "string", "enum": ["x", 1], "default": "y"},
                "g": 7,
                "h": {"type": "string", "size": 3}
              },
              "config": {
                "one": "${param:nobody}",
                "two": ["x ${param:a} y ${param:nowhere}"],
                "three": "${param:a",
                "${param:a}": 1,
                "case": 1,
                "Case": 2
              },
              "environments": {"bad name": {}, "staging": 5, "production": {"x": "${param:no}"}},
              "schema": {"x": {"default": "${param:neither}"}}
            }
            """));

        violations.Select(violation => (violation.Path, violation.Code)).ShouldBe(
        [
            ("/kind", ViolationCode.ConstraintViolation),
            ("/parameters/a/default", ViolationCode.InvalidParameterType),
            ("/parameters/b/type", ViolationCode.ConstraintViolation),
            ("/parameters/c/pattern", ViolationCode.ConstraintViolation),
            ("/parameters/d/pattern", ViolationCode.ConstraintViolation),
            ("/parameters/e/pattern", ViolationCode.ConstraintViolation),
            ("/parameters/f/enum/1", ViolationCode.InvalidParameterType),
            ("/parameters/f/default", ViolationCode.ConstraintViolation),
            ("/parameters/g", ViolationCode.InvalidParameterType),
            ("/parameters/h/size", ViolationCode.MalformedDocument),
            ("/environments/bad name", ViolationCode.ConstraintViolation),
            ("/environments/staging", ViolationCode.InvalidParameterType),
            ("/colour", ViolationCode.MalformedDocument),
            ("/config/one", ViolationCode.UnknownReference),
            ("/config/two/0", ViolationCode.UnknownReference),
            ("/config/three", ViolationCode.MalformedDocument),
            ("/config/${param:a}", ViolationCode.ConstraintViolation),
            ("/config/Case", ViolationCode.ConstraintViolation),
            ("/environments/production/x", ViolationCode.UnknownReference),
            ("/schema/x/default", ViolationCode.UnknownReference),
        ], ignoreOrder: true);
        violations.ShouldAllBe(violation => violation.Address!.Text == "template/bad");
    }

    [Theory]
    [InlineData("""{}""", "/config")]
    [InlineData("""{"config":{},"parameters":[]}""", "/parameters")]
    [InlineData("""{"config":{},"schema":true}""", "/schema")]
    [InlineData("""{"config":{},"includes":["a",5]}""", "/includes/1")]
    [InlineData("""{"config":{"$unset":true}}""", "/config/$unset")]
    public void A_part_of_the_wrong_shape_is_named(string document, string path) =>
        new TestLedger().Violation(Set("template/t", document)).Path.ShouldBe(path);

    [Fact]
    public void A_name_leaves_room_for_the_tag_of_the_commits_that_use_it()
    {
        var longest = new string('t', TemplateKind.NameLengthMax);
        new TestLedger().Commit(Set($"template/{longest}", """{"config":{}}"""));

        (TemplateKind.TagPrefix + longest).Length.ShouldBe(64);
        new TestLedger().Violation(Set($"template/{longest}t", """{"config":{}}""")).Message.ShouldContain($"1 to {TemplateKind.NameLengthMax} characters");
    }

    [Fact]
    public void Too_many_parameters_are_counted_and_not_listed_in_every_message()
    {
        var parameters = string.Join(",", Enumerable.Range(0, 65).Select(i => $$"""
            "p{{i}}":{"type":"string"}
            """.Trim()));

        var violations = new TestLedger().Violations(Set("template/t", $$$"""{"parameters":{{{{parameters}}}},"config":{"a":"${param:x}"}}"""));

        violations[0].Message.ShouldContain("65 entries; the limit is 64");
        violations[1].Message.ShouldContain("declares 65 others");
    }
}
