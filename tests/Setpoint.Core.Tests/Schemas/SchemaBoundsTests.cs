using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Json.JsonSamples;
using static Setpoint.Core.Tests.Schemas.SchemaSamples;

namespace Setpoint.Core.Tests.Schemas;

/// <summary>No schema and no instance makes an evaluation endless, deep or large.</summary>
public sealed class SchemaBoundsTests
{
    // What is bounded here takes far less; what is not would take for ever. Wide enough for a machine that does other things.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_recursive_schema_follows_an_instance_of_any_depth_that_can_be_read()
    {
        var schema = SchemaOf("""{"type":"object","properties":{"next":{"allOf":[{"$ref":"#"}]}},"required":["v"]}""");
        var value = JsonOf("""{"v":1}""");
        for (var depth = 1; depth < 64; depth++)
            value = ((JsonObject)JsonOf("""{"v":1}""")).With("next", value);

        schema.Evaluate(value).ShouldBeSameAs(SchemaVerdict.Valid);
        schema.Evaluate(Deepest(value, "v")).Errors.ShouldHaveSingleItem().InstancePath.Length.ShouldBe(63 * "/next".Length);
    }

    [Fact]
    public void A_schema_that_nests_too_deep_is_given_up_and_fits_a_small_stack()
    {
        // 5,000 references in a row, each to the next.
        var links = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $$"""
            "d{{i}}":{"allOf":[{"$ref":"#/$defs/d{{i + 1}}"}]}
            """));
        var schema = SchemaOf($$"""{"properties":{"a":{"$ref":"#/$defs/d0"} },"$defs":{{{links}},"d5000":{"type":"string"} } }""");
        SchemaVerdict? verdict = null;
        Exception? problem = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    verdict = schema.Evaluate(JsonOf("""{"a":1}"""));
                }
                catch (Exception caught)
                {
                    problem = caught;
                }
            },
            maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join(Soon).ShouldBeTrue();

        problem.ShouldBeNull();
        verdict.ShouldNotBeNull().TimedOut.ShouldBeTrue();
        verdict.IsValid.ShouldBeFalse();
        verdict.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void Ten_thousand_alternatives_are_decided()
    {
        var branches = string.Join(',', Enumerable.Range(0, 10_000).Select(i => $$"""{"properties":{"kind":{"const":"k{{i}}"} },"required":["kind"]}"""));
        var schema = InTime(() => SchemaOf($$"""{"oneOf":[{{branches}}]}"""));

        InTime(() => schema.Evaluate(JsonOf("""{"kind":"k9999"}"""))).IsValid.ShouldBeTrue();
        var verdict = InTime(() => schema.Evaluate(JsonOf("""{"kind":"none"}""")));
        verdict.TimedOut.ShouldBeFalse();
        verdict.Errors[0].Message.ShouldContain("none of the 10000 alternatives");
    }

    [Theory]
    [InlineData("allOf", "true")]
    [InlineData("anyOf", "false")]
    [InlineData("oneOf", "true")]
    public void A_schema_that_doubles_on_each_level_is_given_up(string keyword, string last)
    {
        var levels = string.Join(',', Enumerable.Range(0, 40).Select(i => $$"""
            "l{{i}}":{"{{keyword}}":[{"$ref":"#/$defs/l{{i + 1}}"},{"$ref":"#/$defs/l{{i + 1}}"}]}
            """));
        var schema = SchemaOf($$"""{"$ref":"#/$defs/l0","$defs":{{{levels}},"l40":{{last}} } }""");

        // oneOf of two equal branches fails at the lowest level, so it is decided; the others visit 2^40 nodes.
        var verdict = InTime(() => schema.Evaluate(JsonOf("1")));
        schema.IsValid(JsonOf("1")).ShouldBe(verdict.IsValid);
        if (keyword == "oneOf")
            verdict.IsValid.ShouldBeFalse();
        else
            verdict.TimedOut.ShouldBeTrue();
    }

    [Fact]
    public void Marks_under_a_schema_that_doubles_on_each_level_are_found()
    {
        var levels = string.Join(',', Enumerable.Range(0, 40).Select(i => $$"""
            "l{{i}}":{"allOf":[{"$ref":"#/$defs/l{{i + 1}}"},{"$ref":"#/$defs/l{{i + 1}}"}]}
            """));
        var schema = SchemaOf($$"""{"$ref":"#/$defs/l0","$defs":{{{levels}},"l40":{"properties":{"a":{"secret":true} } } } }""");
        var marks = new List<SchemaMark>();
        InTime(() =>
        {
            schema.FindMarks(JsonOf("""{"a":1}"""), marks);
            return true;
        });

        marks.ShouldHaveSingleItem().InstancePath.ShouldBe("/a");
    }

    [Fact]
    public void More_subschemas_than_the_limit_are_refused()
    {
        var schema = $$"""{"allOf":[{{string.Join(',', Enumerable.Repeat("{}", 120_000))}}]}""";
        InTime(() => JsonSchema.Compile(JsonOf(schema), SchemaOptions.Default)).Fault.ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("100000");
    }

    [Fact]
    public void A_pattern_that_takes_too_long_gives_the_evaluation_up()
    {
        var schema = SchemaOf("""{"items":{"pattern":"^(?=(a|aa)+$)"}}""");
        var verdict = InTime(() => schema.Evaluate(new JsonArray([.. Enumerable.Repeat(new JsonString(new string('a', 100) + "b"), 1_000)])));
        verdict.TimedOut.ShouldBeTrue();
        verdict.IsValid.ShouldBeFalse();

        // What would be the other way round must not become valid either.
        InTime(() => SchemaOf("""{"not":{"pattern":"^(?=(a|aa)+$)"}}""").Evaluate(JsonOf($"\"{new string('a', 100)}b\""))).TimedOut.ShouldBeTrue();
        InTime(() => SchemaOf("""{"patternProperties":{"^(?=(a|aa)+$)":false}}""").Evaluate(JsonObject.Empty.With(new string('a', 100) + "b", JsonNull.Instance))).TimedOut.ShouldBeTrue();
    }

    [Fact]
    public void A_large_document_is_decided_within_the_budget()
    {
        var items = string.Join(',', Enumerable.Range(0, 60_000).Select(i => $$"""{"id":{{i}}}"""));
        var schema = SchemaOf("""{"items":{"type":"object","properties":{"id":{"type":"integer","minimum":0}},"required":["id"],"additionalProperties":false},"uniqueItems":true}""");
        InTime(() => schema.Evaluate(JsonOf($"[{items}]"))).ShouldBeSameAs(SchemaVerdict.Valid);
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","minimum":1,"multipleOf":0.5},"b":{"pattern":"^[a-z]+$","maxLength":9}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"allOf":[{"properties":{"a":true}}],"anyOf":[{"properties":{"b":{"type":"string"}}},false],"unevaluatedProperties":false}""")]
    [InlineData("""{"propertyNames":{"enum":["a","b"]},"patternProperties":{"^a":{"not":{"type":"string"}}},"dependentRequired":{"a":["b"]}}""")]
    [InlineData("""{"oneOf":[{"required":["z"]},{"required":["a"]}],"if":{"required":["a"]},"then":{"minProperties":1}}""")]
    public void A_valid_instance_costs_no_allocation(string text)
    {
        var schema = SchemaOf(text);
        var instance = JsonOf("""{"a":3,"b":"abc"}""");
        for (var warm = 0; warm < 50; warm++)
            schema.Evaluate(instance).ShouldBeSameAs(SchemaVerdict.Valid);

        Allocation.Of(() =>
        {
            schema.IsValid(instance);
            schema.Evaluate(instance);
        }).ShouldBe(0);
    }

    [Fact]
    public async Task One_schema_serves_many_threads()
    {
        var schema = SchemaOf("""{"properties":{"a":{"minimum":1}},"patternProperties":{"^x":{"type":"string"}},"additionalProperties":false,"required":["a"]}""");
        var good = Enumerable.Range(0, 20).Select(i => JsonOf($$"""{"a":{{i + 1}},"x{{i}}":"v"}""")).ToArray();
        var bad = Enumerable.Range(0, 20).Select(i => JsonOf($$"""{"a":{{i + 1}},"y{{i}}":"v"}""")).ToArray();
        await Parallel.ForAsync(0, 2_000, (i, _) =>
        {
            schema.IsValid(good[i % 20]).ShouldBeTrue();
            schema.IsValid(bad[i % 20]).ShouldBeFalse();
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>The chain with this property missing at its deepest object.</summary>
    private static JsonObject Deepest(JsonValue value, string without)
    {
        var members = (JsonObject)value;
        return members["next"] is { } next ? members.With("next", Deepest(next, without)) : members.Without(without);
    }

    private static T InTime<T>(Func<T> work)
    {
        T result = default!;
        ProcessorTime.Of(() => result = work()).ShouldBeLessThan(Soon);
        return result;
    }
}
