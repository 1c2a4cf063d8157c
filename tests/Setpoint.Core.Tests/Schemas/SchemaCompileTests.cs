using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;
using static Setpoint.Core.Tests.Json.JsonSamples;
using static Setpoint.Core.Tests.Schemas.SchemaSamples;

namespace Setpoint.Core.Tests.Schemas;

public sealed class SchemaCompileTests
{
    [Fact]
    public void Every_mistake_in_a_schema_is_reported_with_its_place()
    {
        var violations = ViolationsOf("""{"type":"strin","properties":{"a":{"minLength":-1},"b":{"required":"x"}},"items":5}""");

        violations.Select(violation => violation.Path).Distinct().ShouldBe(["/type", "/properties/a/minLength", "/properties/b/required", "/items"], ignoreOrder: true);
        violations.Single(violation => violation.Path == "/properties/b/required").Code.ShouldBe(ViolationCode.InvalidParameterType);
        violations.Single(violation => violation.Path == "/properties/a/minLength").Message.ShouldBe("'/properties/a/minLength' is -1; the minimum is 0.");
    }

    [Theory]
    [InlineData("""{"$ref":"#/$defs/no"}""", "/$ref", "#/$defs/no")]
    [InlineData("""{"items":{"$ref":"#nowhere"}}""", "/items/$ref", "nowhere")]
    [InlineData("""{"$ref":"https://example.com/other"}""", "/$ref", "only the schema itself and registered schemas are looked at")]
    [InlineData("""{"$defs":{"unused":{"$ref":"other.json"}}}""", "/$defs/unused/$ref", "other.json")]
    [InlineData("""{"$dynamicRef":"#no"}""", "/$dynamicRef", "#no")]
    [InlineData("""{"$schema":"https://example.com/meta"}""", "/$schema", "https://example.com/meta")]
    public void A_reference_to_nothing_is_refused_and_named(string schema, string path, string named)
    {
        var violation = ViolationsOf(schema).ShouldHaveSingleItem();
        violation.Code.ShouldBe(ViolationCode.UnknownReference);
        violation.Path.ShouldBe(path);
        violation.Message.ShouldContain(named);
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}]}}}""")]
    [InlineData("""{"anyOf":[{"type":"string"},{"not":{"$ref":"#"}}]}""")]
    [InlineData("""{"dependentSchemas":{"a":{"$ref":"#"}}}""")]
    [InlineData("""{"if":{"$dynamicRef":"#x"},"$dynamicAnchor":"x"}""")]
    [InlineData("""{"$defs":{"unused":{"$ref":"#/$defs/unused"}}}""")]
    public void A_reference_that_comes_back_for_the_same_value_is_refused(string schema) =>
        ViolationsOf(schema).ShouldContain(violation => violation.Code == ViolationCode.CircularDependency);

    [Theory]
    [InlineData("""{"properties":{"child":{"$ref":"#"}}}""")]
    [InlineData("""{"items":{"$ref":"#"}}""")]
    [InlineData("""{"propertyNames":{"$ref":"#"}}""")]
    public void A_reference_that_goes_into_the_value_may_come_back(string schema) => SchemaOf(schema).IsValid(JsonOf("[{}]"));

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("a**")]
    [InlineData("*a")]
    [InlineData(@"\Z")]
    [InlineData(@"\a")]
    [InlineData("(?i)a")]
    [InlineData("(?>a)")]
    [InlineData(@"(a)\2")]
    [InlineData("a{2,1}")]
    [InlineData("[b-a]")]
    [InlineData(@"\p{Nonsense}")]
    [InlineData(@"\")]
    public void A_pattern_that_cannot_be_read_is_refused(string pattern)
    {
        var text = new JsonString(pattern).ToString();
        ViolationsOf($$"""{"pattern":{{text}}}""").ShouldHaveSingleItem().Path.ShouldBe("/pattern");
        var inName = ViolationsOf($$$"""{"patternProperties":{{{{text}}}:true}}""").ShouldHaveSingleItem();
        inName.Path.ShouldStartWith("/patternProperties/");
        inName.Code.ShouldBe(ViolationCode.ConstraintViolation);
    }

    [Theory]
    [InlineData("""{"secret":"yes"}""", "/secret")]
    [InlineData("""{"deprecated":1}""", "/deprecated")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf")]
    [InlineData("5", "")]
    public void A_keyword_of_the_wrong_type_is_refused(string schema, string path) =>
        ViolationsOf(schema).ShouldContain(violation => violation.Path == path);

    [Fact]
    public void Two_schemas_may_not_claim_one_id() =>
        ViolationsOf("""{"$defs":{"a":{"$id":"https://example.com/x"},"b":{"$id":"https://example.com/x"}}}""")
            .ShouldHaveSingleItem().Path.ShouldBe("/$defs/b/$id");

    [Fact]
    public void Documents_that_were_used_are_named_and_others_are_not()
    {
        var registry = SchemaRegistry.BuiltIn
            .With("https://example.com/a", JsonOf("""{"$ref":"b#/$defs/x"}"""))
            .With("https://example.com/b", JsonOf("""{"$defs":{"x":{"type":"string"}}}"""))
            .With("https://example.com/unused", JsonOf("{}"));
        var schema = SchemaOf("""{"properties":{"a":{"$ref":"https://example.com/a"}}}""", SchemaOptions.Default with { Registry = registry });

        schema.ExternalReferences.ShouldBe(["https://example.com/a", "https://example.com/b"]);
        schema.IsValid(JsonOf("""{"a":"x"}""")).ShouldBeTrue();
        schema.IsValid(JsonOf("""{"a":1}""")).ShouldBeFalse();
        SchemaOf("""{"$ref":"https://json-schema.org/draft/2020-12/schema"}""").ExternalReferences.ShouldBeEmpty();
    }

    [Fact]
    public void A_mistake_in_a_registered_document_is_reported_with_its_name()
    {
        var registry = SchemaRegistry.BuiltIn.With("https://example.com/a", JsonOf("""{"type":"nonsense"}"""));
        var violation = ViolationsOf("""{"$ref":"https://example.com/a"}""", SchemaOptions.Default with { Registry = registry })[0];
        violation.Message.ShouldContain("https://example.com/a");
        violation.Message.ShouldContain("/type");
    }

    [Fact]
    public void A_registry_does_not_change_and_keeps_its_metaschemas()
    {
        var more = SchemaRegistry.BuiltIn.With("https://example.com/a#", JsonOf("true"));
        Should.Throw<ArgumentException>(() => more.With("relative", JsonOf("true")));
        Should.Throw<ArgumentException>(() => more.With("https://example.com/a#x", JsonOf("true")));
        Should.Throw<ArgumentException>(() => more.With("http://json-schema.org/draft-07/schema#", JsonOf("true")));
        ViolationsOf("""{"$ref":"https://example.com/a"}""").ShouldHaveSingleItem().Code.ShouldBe(ViolationCode.UnknownReference);
    }

    [Fact]
    public void The_draft_follows_the_schema_and_else_the_options()
    {
        const string Tuple = """[1]""";
        Accepts("""{"items":[{"type":"string"}]}""", Tuple, Draft7).ShouldBeFalse();
        Accepts("""{"prefixItems":[{"type":"string"}]}""", Tuple, Draft7).ShouldBeTrue();
        Accepts("""{"prefixItems":[{"type":"string"}]}""", Tuple).ShouldBeFalse();
        Accepts("""{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"type":"string"}]}""", Tuple).ShouldBeFalse();
    }

    [Fact]
    public void Formats_are_asserted_only_where_asked()
    {
        Accepts("""{"format":"date"}""", "\"2026-02-30\"").ShouldBeTrue();
        Accepts("""{"format":"date"}""", "\"2026-02-30\"", Formats).ShouldBeFalse();
        Accepts("""{"format":"no-such-format"}""", "\"x\"", Formats).ShouldBeTrue();
    }
}
