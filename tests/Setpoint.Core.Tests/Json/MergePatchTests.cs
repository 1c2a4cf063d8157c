using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class MergePatchTests
{
    /// <summary>RFC 7396 section 1, section 3 and appendix A.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":"b","c":{"d":"e","f":"g"}}""", """{"a":"z","c":{"f":null}}""", """{"a":"z","c":{"d":"e"}}""")]
    [InlineData(
        """{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},"tags":["example","sample"],"content":"This will be unchanged"}""",
        """{"title":"Hello!","phoneNumber":"+01-123-456-7890","author":{"familyName":null},"tags":["example"]}""",
        """{"title":"Hello!","author":{"givenName":"John"},"tags":["example"],"content":"This will be unchanged","phoneNumber":"+01-123-456-7890"}""")]
    public void The_examples_of_rfc_7396_hold(string target, string patch, string result) =>
        MergePatch.Apply(JsonOf(target), JsonOf(patch)).ToString().ShouldBe(result);

    [Fact]
    public void A_removal_marker_of_the_layers_is_data_here() =>
        MergePatch.Apply(JsonOf("""{"a":1}"""), JsonOf("""{"a":{"$unset":true}}""")).ToString().ShouldBe("""{"a":{"$unset":true}}""");

    [Fact]
    public void What_a_patch_does_not_change_is_the_target_itself()
    {
        var target = ObjectOf("""{"a":{"b":[1]},"c":2}""");
        MergePatch.Apply(target, JsonOf("""{"a":{"b":[1],"x":null},"z":null}""")).ShouldBeSameAs(target);
        MergePatch.Apply(target, JsonOf("{}")).ShouldBeSameAs(target);
        ((JsonObject)MergePatch.Apply(target, JsonOf("""{"c":3}""")))["a"].ShouldBeSameAs(target["a"]);
    }

    [Fact]
    public void Patches_agree_with_the_pseudocode_of_the_rfc() => Seeded.Run(3000, random =>
    {
        var target = JsonMaker.Value(random);
        var patch = random.Next(2) == 0 ? JsonMaker.Value(random) : JsonMaker.Mutated(random, target);
        var text = target.ToString();

        var result = MergePatch.Apply(target, patch);

        result.ShouldBe(Naive(target, patch));
        MergePatch.Apply(result, patch).ShouldBeSameAs(result);
        target.ToString().ShouldBe(text);

        static JsonValue Naive(JsonValue? target, JsonValue patch)
        {
            if (patch is not JsonObject changes)
                return patch;
            var result = target as JsonObject ?? JsonObject.Empty;
            for (var i = 0; i < changes.Count; i++)
            {
                var name = changes.NameAt(i);
                result = changes.ValueAt(i) is JsonNull ? result.Without(name) : result.With(name, Naive(result[name], changes.ValueAt(i)));
            }

            return result;
        }
    });
}
