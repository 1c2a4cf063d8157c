using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;
using Setpoint.Core.Tests.Json;
using static Setpoint.Core.Tests.Schemas.SchemaSamples;

namespace Setpoint.Core.Tests.Schemas;

/// <summary>Random schemas against random instances: nothing crashes or hangs, and what must be equal is.</summary>
public sealed class SchemaFuzzTests
{
    private const int InstancesPerSchema = 8;

    private static readonly SchemaOptions Formats7 = Formats with { Draft = SchemaDraft.Draft7 };

    [Fact]
    public void Any_schema_is_compiled_or_refused_and_any_instance_gets_one_verdict() => Seeded.Run(1_500, random =>
    {
        var document = SchemaMaker.Document(random);
        var compiled = JsonSchema.Compile(document, random.Next(4) == 0 ? Formats7 : Formats);
        if (!compiled.TryGet(out var schema, out var fault))
        {
            var violations = fault.ShouldBeOfType<Fault.Invalid>().Violations;
            violations.ShouldNotBeEmpty();
            foreach (var violation in violations)
                JsonPointer.TryParse(violation.Path, out _, out _).ShouldBeTrue(violation.ToString());
            return;
        }

        for (var i = 0; i < InstancesPerSchema; i++)
            Judge(schema, JsonMaker.Value(random, 3));
    });

    [Fact]
    public void A_damaged_metaschema_is_compiled_or_refused() => Seeded.Run(300, random =>
    {
        var uri = random.Next(2) == 0 ? "https://json-schema.org/draft/2020-12/meta/applicator" : "http://json-schema.org/draft-07/schema";
        SchemaRegistry.BuiltIn.TryFind(uri, out var document).ShouldBeTrue();
        for (var times = random.Next(1, 4); times > 0; times--)
            document = JsonMaker.Mutated(random, document!);
        if (JsonSchema.Compile(document!, SchemaOptions.Default).TryGet(out var schema, out _))
            Judge(schema, JsonMaker.Value(random, 3));
    });

    [Fact]
    public void Ways_to_say_the_same_get_the_same_verdict() => Seeded.Run(600, random =>
    {
        var inner = SchemaMaker.Schema(random, 3);
        if (!JsonSchema.Compile(inner, SchemaOptions.Default).TryGet(out var plain, out _) || HasReference(inner))
            return;
        var list = new JsonArray([inner]);
        (string Name, JsonValue Schema)[] same =
        [
            ("allOf of one", JsonObject.Empty.With("allOf", list)),
            ("anyOf of one", JsonObject.Empty.With("anyOf", list)),
            ("oneOf of one", JsonObject.Empty.With("oneOf", list)),
            ("anyOf of two equal ones", JsonObject.Empty.With("anyOf", new JsonArray([inner, inner]))),
            ("not not", JsonObject.Empty.With("not", JsonObject.Empty.With("not", inner))),
            ("through a reference", JsonObject.Empty.With("$ref", new JsonString("#/$defs/x")).With("$defs", JsonObject.Empty.With("x", inner))),
            ("if it then true else false", JsonObject.Empty.With("if", inner).With("else", JsonBoolean.False)),
            ("keywords in another order", JsonMaker.Reordered(random, inner)),
            ("with nothing unevaluated refused that was not before", JsonObject.Empty.With("allOf", list).With("unevaluatedProperties", JsonBoolean.True).With("unevaluatedItems", JsonBoolean.True)),
        ];
        var compiled = Array.ConvertAll(same, way => SchemaOf(way.Schema));
        for (var i = 0; i < InstancesPerSchema; i++)
        {
            var instance = JsonMaker.Value(random, 3);
            var expected = plain.IsValid(instance);
            for (var way = 0; way < same.Length; way++)
                compiled[way].IsValid(instance).ShouldBe(expected, $"{same[way].Name}: {same[way].Schema} of {instance}");
            plain.IsValid(JsonMaker.Reordered(random, instance)).ShouldBe(expected, $"{inner} of {instance} in another order");
        }
    });

    [Fact]
    public void A_verdict_does_not_depend_on_what_the_schema_saw_before() => Seeded.Run(1_000, random =>
    {
        // Plans and remembered names must never change a verdict: a schema that has seen much against one that has seen nothing.
        var document = SchemaMaker.Members(random);
        var used = SchemaOf(document);
        var instances = Enumerable.Range(0, 4).Select(_ => JsonMaker.Object(random, 1)).ToArray();
        var expected = instances.Select(instance => SchemaOf(document).IsValid(instance)).ToArray();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < instances.Length; i++)
            {
                // The second time in a row makes the plan, the third uses it.
                for (var times = 0; times < 3; times++)
                    used.IsValid(instances[i]).ShouldBe(expected[i], $"{document} of {instances[i]}");
            }
        }
    });

    private static void Judge(JsonSchema schema, JsonValue instance)
    {
        var verdict = schema.Evaluate(instance);
        schema.IsValid(instance).ShouldBe(verdict.IsValid);
        (verdict.Errors.Length > 0).ShouldBe(!verdict.IsValid && !verdict.TimedOut);
        verdict.Errors.Length.ShouldBeLessThanOrEqualTo(SchemaVerdict.ErrorsMax);
        foreach (var error in verdict.Errors)
        {
            JsonPointer.TryParse(error.InstancePath, out var place, out _).ShouldBeTrue();
            place.Resolve(instance).ShouldNotBeNull(error.ToString());
            JsonPointer.TryParse(error.SchemaPath, out _, out _).ShouldBeTrue();
        }

        var marks = new List<SchemaMark>();
        schema.FindMarks(instance, marks);
        foreach (var mark in marks)
        {
            JsonPointer.TryParse(mark.InstancePath, out var place, out _).ShouldBeTrue();
            place.Resolve(instance).ShouldBeSameAs(mark.Value);
        }

        if (instance is not JsonObject merged)
            return;
        AddsOnly(schema.DefaultsFor(merged), merged).ShouldBeTrue($"{schema.DefaultsFor(merged)} under {merged}");
    }

    /// <summary>True if nothing in the defaults stands where the object has something.</summary>
    private static bool AddsOnly(JsonObject defaults, JsonObject merged) =>
        Enumerable.Range(0, defaults.Count).All(i => merged[defaults.NameAt(i)] switch
        {
            null => true,
            JsonObject inner => defaults.ValueAt(i) is JsonObject filled && AddsOnly(filled, inner),
            _ => false,
        });

    private static bool HasReference(JsonValue schema) => schema.ToString().Contains("$ref", StringComparison.Ordinal);
}
