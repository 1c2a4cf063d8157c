using Setpoint.Core.Json;
using Setpoint.Core.Schemas;
using static Setpoint.Core.Tests.Json.JsonSamples;
using static Setpoint.Core.Tests.Schemas.SchemaSamples;

namespace Setpoint.Core.Tests.Schemas;

public sealed class SchemaAnnotationTests
{
    [Theory]
    [InlineData("""{"properties":{"a":{"secret":true}}}""", """{"a":1}""", "/a")]
    [InlineData("""{"secret":true}""", "1", "")]
    [InlineData("""{"patternProperties":{"^a":{"secret":true}}}""", """{"ab":1,"b":2}""", "/ab")]
    [InlineData("""{"properties":{"b":{}},"additionalProperties":{"secret":true}}""", """{"a":1,"b":2}""", "/a")]
    [InlineData("""{"items":{"properties":{"k":{"secret":true}}}}""", """[{"k":1},{}]""", "/0/k")]
    [InlineData("""{"prefixItems":[true,{"secret":true}]}""", "[1,2,3]", "/1")]
    [InlineData("""{"contains":{"secret":true}}""", "[1]", "/0")]
    [InlineData("""{"allOf":[{"properties":{"a":{"secret":true}}}]}""", """{"a":1}""", "/a")]
    [InlineData("""{"anyOf":[{"type":"string"},{"required":["z"],"properties":{"a":{"secret":true}}}]}""", """{"a":1}""", "/a")]
    [InlineData("""{"oneOf":[true,{"properties":{"a":{"secret":true}}}]}""", """{"a":1}""", "/a")]
    [InlineData("""{"if":false,"then":{"properties":{"a":{"secret":true}}}}""", """{"a":1}""", "/a")]
    [InlineData("""{"if":true,"else":{"properties":{"a":{"secret":true}}}}""", """{"a":1}""", "/a")]
    [InlineData("""{"dependentSchemas":{"z":{"properties":{"a":{"secret":true}}}}}""", """{"a":1}""", "/a")]
    [InlineData("""{"unevaluatedProperties":{"secret":true}}""", """{"a":1}""", "/a")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/s"}},"$defs":{"s":{"secret":true}}}""", """{"a":1}""", "/a")]
    public void A_secret_is_found_by_every_way_that_may_apply(string schema, string instance, string path)
    {
        var compiled = SchemaOf(schema);
        compiled.HasMarks.ShouldBeTrue();
        var marks = Marks(compiled, JsonOf(instance));
        marks.ShouldHaveSingleItem().InstancePath.ShouldBe(path);
        marks[0].Kind.ShouldBe(SchemaMarkKind.Secret);
    }

    [Fact]
    public void A_secret_beside_a_reference_counts_in_draft_7_too() =>
        Marks(SchemaOf("""{"properties":{"a":{"$ref":"#/definitions/s","secret":true}},"definitions":{"s":{"type":"string"}}}""", Draft7), JsonOf("""{"a":"x"}"""))
            .ShouldHaveSingleItem().InstancePath.ShouldBe("/a");

    [Fact]
    public void A_mark_says_where_why_and_what()
    {
        var marks = Marks(SchemaOf("""{"properties":{"old":{"$ref":"#/$defs/d"}},"$defs":{"d":{"deprecated":"Use 'new'."}}}"""), JsonOf("""{"old":5}"""));
        marks.ShouldHaveSingleItem().ShouldBe(new SchemaMark("/old", "/properties/old/$ref/deprecated", SchemaMarkKind.Deprecated, JsonNumber.Of(5), "Use 'new'."));
    }

    [Fact]
    public void A_schema_without_marks_has_none_and_a_recursive_one_ends()
    {
        SchemaOf("""{"properties":{"a":{"deprecated":false,"secret":false}}}""").HasMarks.ShouldBeFalse();
        var tree = SchemaOf("""{"properties":{"child":{"$ref":"#"},"key":{"secret":true}}}""");
        Marks(tree, JsonOf("""{"key":1,"child":{"key":2,"child":{"key":3}}}""")).Select(mark => mark.InstancePath)
            .ShouldBe(["/key", "/child/key", "/child/child/key"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"default":1},"b":{"default":2},"c":{}}}""", """{"b":null}""", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"properties":{"x":{"default":1},"y":{"default":2}}}}}""", """{"a":{"x":9}}""", """{"a":{"y":2}}""")]
    [InlineData("""{"properties":{"a":{"properties":{"x":{"default":1}}}}}""", "{}", """{"a":{"x":1}}""")]
    [InlineData("""{"properties":{"a":{"required":["z"],"properties":{"x":{"default":1},"z":{}}}}}""", "{}", "{}")]
    [InlineData("""{"properties":{"a":{"required":["z"],"properties":{"x":{"default":1},"z":{}}}}}""", """{"a":{}}""", """{"a":{"x":1}}""")]
    [InlineData("""{"properties":{"a":{"required":["x"],"properties":{"x":{"default":1}}}}}""", "{}", """{"a":{"x":1}}""")]
    [InlineData("""{"properties":{"a":{"default":{"q":1},"properties":{"x":{"default":1}}}}}""", "{}", """{"a":{"q":1}}""")]
    [InlineData("""{"properties":{"a":{"properties":{"x":{"default":1}}}}}""", """{"a":5}""", "{}")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/d"}],"$defs":{"d":{"properties":{"a":{"default":1}}}}}""", "{}", """{"a":1}""")]
    [InlineData("""{"properties":{"a":{"$ref":"#/$defs/d"}},"$defs":{"d":{"default":7}}}""", "{}", """{"a":7}""")]
    [InlineData("""{"anyOf":[{"properties":{"a":{"default":1}}}],"if":true,"then":{"properties":{"b":{"default":1}}}}""", "{}", "{}")]
    [InlineData("""{"properties":{"v":{"default":1},"child":{"$ref":"#"}}}""", "{}", """{"v":1}""")]
    [InlineData("""{"properties":{"v":{"default":1},"child":{"$ref":"#"}}}""", """{"child":{"child":{"v":2}}}""", """{"v":1,"child":{"v":1}}""")]
    [InlineData("""{"properties":{"a":{"default":null}}}""", "{}", """{"a":null}""")]
    public void Defaults_fill_what_is_missing_and_nothing_else(string schema, string merged, string expected) =>
        SchemaOf(schema).DefaultsFor(ObjectOf(merged)).ToString().ShouldBe(ObjectOf(expected).ToString());

    [Fact]
    public void Defaults_that_do_not_depend_on_the_object_are_one_instance()
    {
        var schema = SchemaOf("""{"properties":{"a":{"default":1},"b":{"properties":{"x":{"default":1}}}}}""");
        schema.DefaultsFor(ObjectOf("""{"q":1}""")).ShouldBeSameAs(schema.DefaultsFor(JsonObject.Empty));
        SchemaOf("true").DefaultsFor(ObjectOf("""{"q":1}""")).ShouldBeSameAs(JsonObject.Empty);
    }

    [Fact]
    public void Defaults_that_double_on_each_level_stay_small()
    {
        var levels = Enumerable.Range(0, 60).Select(i => $$"""
            "l{{i}}":{"properties":{"a":{"$ref":"#/$defs/l{{i + 1}}"},"b":{"$ref":"#/$defs/l{{i + 1}}"} } }
            """);
        var schema = SchemaOf($$"""{"$ref":"#/$defs/l0","$defs":{{{string.Join(',', levels)}},"l60":{"properties":{"v":{"default":1} } } } }""");
        Size(schema.DefaultsFor(JsonObject.Empty)).ShouldBeLessThan(200_000);

        static int Size(JsonValue value) => value is JsonObject members ? 1 + Enumerable.Range(0, members.Count).Sum(i => Size(members.ValueAt(i))) : 1;
    }

    private static List<SchemaMark> Marks(JsonSchema schema, JsonValue instance)
    {
        var marks = new List<SchemaMark>();
        schema.FindMarks(instance, marks);
        return marks;
    }
}
