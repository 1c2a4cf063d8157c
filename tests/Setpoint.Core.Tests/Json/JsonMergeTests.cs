using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonMergeTests
{
    [Theory]
    [InlineData("{}", "{}", "{}")]
    [InlineData("""{"a":1}""", """{"b":2}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1,"b":2}""", """{"c":4,"a":3}""", """{"a":3,"b":2,"c":4}""")]
    [InlineData("""{"a":{"x":1,"y":{"z":1}}}""", """{"a":{"y":{"w":2}}}""", """{"a":{"x":1,"y":{"z":1,"w":2}}}""")]
    [InlineData("""{"a":[1,2,3]}""", """{"a":[4]}""", """{"a":[4]}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":null}""", """{"a":null}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":5}""", """{"a":5}""")]
    [InlineData("""{"a":5}""", """{"a":{"x":1}}""", """{"a":{"x":1}}""")]
    [InlineData("""{"a":1}""", """{"A":2}""", """{"a":1,"A":2}""")]
    [InlineData("""{"a":0.1}""", """{"a":0.10}""", """{"a":0.10}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":{}}""", """{"a":{"x":1}}""")]
    [InlineData("""{"a":1,"b":2,"c":3}""", """{"b":{"$unset":true}}""", """{"a":1,"c":3}""")]
    [InlineData("""{"a":{"x":1,"y":2}}""", """{"a":{"x":{"$unset":true}}}""", """{"a":{"y":2}}""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":{"x":{"$unset":true}}}""", """{"a":{}}""")]
    [InlineData("""{}""", """{"a":{"$unset":true},"b":{"c":{"$unset":true},"d":1}}""", """{"b":{"d":1}}""")]
    [InlineData("""{"b":7}""", """{"b":{"c":{"$unset":true}}}""", """{"b":{}}""")]
    [InlineData("""{"a":1}""", """{"a":{"$unset":false}}""", """{"a":{"$unset":false}}""")]
    [InlineData("""{"a":1}""", """{"a":{"$unset":true,"x":1}}""", """{"a":{"$unset":true,"x":1}}""")]
    [InlineData("""{"a":1}""", """{"a":[{"$unset":true}]}""", """{"a":[{"$unset":true}]}""")]
    public void The_upper_layer_wins_by_property(string lower, string upper, string merged) =>
        JsonMerge.Merge(ObjectOf(lower), ObjectOf(upper)).ToString().ShouldBe(merged);

    [Fact]
    public void A_layer_that_changes_nothing_gives_the_lower_layer_itself()
    {
        var lower = ObjectOf("""{"a":{"x":[1,{"y":2}]},"b":"s"}""");
        JsonMerge.Merge(lower, ObjectOf("""{"b":"s","a":{"x":[1,{"y":2}]},"c":{"$unset":true}}""")).ShouldBeSameAs(lower);
        JsonMerge.Merge(lower, JsonObject.Empty).ShouldBeSameAs(lower);
        JsonMerge.Merge(null, lower).ShouldBeSameAs(lower);
        JsonMerge.Merge(JsonObject.Empty, lower).ShouldBeSameAs(lower);
        JsonMerge.MergeAll().ShouldBeSameAs(JsonObject.Empty);
    }

    [Fact]
    public void A_changed_value_shares_names_and_everything_beside_it()
    {
        var lower = ObjectOf("""{"a":{"x":1,"y":2},"b":{"z":3}}""");

        var merged = JsonMerge.Merge(lower, ObjectOf("""{"a":{"y":9}}"""));

        merged.SharesNamesWith(lower).ShouldBeTrue();
        ((JsonObject)merged["a"]!).SharesNamesWith((JsonObject)lower["a"]!).ShouldBeTrue();
        merged["b"].ShouldBeSameAs(lower["b"]);
        lower.ToString().ShouldBe("""{"a":{"x":1,"y":2},"b":{"z":3}}""");
    }

    [Theory]
    [InlineData("""{"a":{"$unset":true},"b":{"c":{"$unset":true}}}""")]
    [InlineData("""{"$unset":true}""", "/$unset")]
    [InlineData("""{"a":{"$unset":false}}""", "/a/$unset")]
    [InlineData("""{"a":{"$unset":true,"x":1},"b":[{"$unset":true},[{"c":{"$unset":true}}]]}""", "/a/$unset", "/b/0/$unset", "/b/1/0/c/$unset")]
    [InlineData("""{"a":{"$unset":{"$unset":true}}}""", "/a/$unset")]
    public void A_removal_that_would_remove_nothing_is_found(string document, params string[] pointers) =>
        JsonMerge.MisplacedUnsets(ObjectOf(document)).ShouldBe(pointers);

    [Fact]
    public void Layers_are_folded_from_the_lowest_up() =>
        JsonMerge.MergeAll(ObjectOf("""{"a":1,"b":{"x":1}}"""), ObjectOf("""{"a":{"$unset":true},"b":{"y":2}}"""), ObjectOf("""{"a":3}"""))
            .ToString().ShouldBe("""{"b":{"x":1,"y":2},"a":3}""");

    [Fact]
    public void Merging_agrees_with_the_naive_model_and_obeys_its_laws() => Seeded.Run(1500, random =>
    {
        var lower = JsonMerge.Merge(null, JsonMaker.Object(random, unsets: random.Next(3)));
        var upper = random.Next(3) == 0
            ? JsonMaker.Mutated(random, lower) as JsonObject ?? lower
            : JsonMaker.Object(random, unsets: random.Next(4));
        var (lowerText, upperText) = (lower.ToString(), upper.ToString());

        var merged = JsonMerge.Merge(lower, upper);

        merged.ToString().ShouldBe(Naive(lower, upper).ToString());
        merged.ToString().ShouldNotContain(JsonMerge.Unset);
        JsonMerge.Merge(merged, upper).ShouldBeSameAs(merged, "a layer twice is the layer once");
        JsonMerge.Merge(lower, JsonObject.Empty).ShouldBeSameAs(lower);
        JsonMerge.Merge(JsonObject.Empty, lower).ShouldBe(lower);
        if (merged.Equals(lower))
            merged.ShouldBeSameAs(lower);
        foreach (var leaf in JsonLeaves.Of(JsonMerge.Merge(null, upper)).Where(leaf => leaf.Value is not JsonObject))
        {
            var pointer = JsonPointer.Parse(leaf.Path).Value;
            pointer.Resolve(merged).ShouldBe(leaf.Value, "the upper layer wins");
        }

        lower.ToString().ShouldBe(lowerText);
        upper.ToString().ShouldBe(upperText);
    });

    [Fact]
    public void Without_removals_layers_may_be_grouped_in_any_way() => Seeded.Run(2000, random =>
    {
        var layers = Enumerable.Range(0, 3).Select(_ => JsonMaker.Object(random)).ToArray();
        var folded = JsonMerge.MergeAll(layers);

        // Where a scalar or array lies between two objects the grouping decides whether those meet; the fold from the lowest is the rule.
        if (layers.All(layer => JsonLeaves.Of(layer).All(leaf => JsonPointer.Parse(leaf.Path).Value.Segments.Length <= 1)))
            JsonMerge.Merge(layers[0], JsonMerge.Merge(layers[1], layers[2])).ShouldBe(folded);
        JsonMerge.Merge(JsonMerge.Merge(layers[0], layers[1]), layers[2]).ShouldBe(folded);
    });

    /// <summary>As DESIGN section 4 says it, with no thought of sharing.</summary>
    private static JsonObject Naive(JsonObject lower, JsonObject upper)
    {
        var merged = new List<(string Name, JsonValue Value)>();
        for (var i = 0; i < lower.Count; i++)
        {
            var name = lower.NameAt(i);
            if (upper[name] is not { } over)
                merged.Add((name, lower.ValueAt(i)));
            else if (!IsUnset(over))
                merged.Add((name, over is JsonObject inner ? Naive(lower.ValueAt(i) as JsonObject ?? JsonObject.Empty, inner) : over));
        }

        for (var i = 0; i < upper.Count; i++)
        {
            if (!lower.Contains(upper.NameAt(i)) && !IsUnset(upper.ValueAt(i)))
                merged.Add((upper.NameAt(i), upper.ValueAt(i) is JsonObject inner ? Naive(JsonObject.Empty, inner) : upper.ValueAt(i)));
        }

        return merged.Aggregate(new JsonObjectBuilder(), (builder, member) => builder.Add(member.Name, member.Value)).Build();

        static bool IsUnset(JsonValue value) => value.ToString() == "{\"$unset\":true}";
    }
}
