using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonValueTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("10")]
    [InlineData("0.10")]
    [InlineData("-1.5e+07")]
    [InlineData("1E400")]
    public void Digits_that_are_a_json_number_are_taken_as_they_are(string text)
    {
        JsonNumber.TryParse(text, out var number).ShouldBeTrue();
        number!.Text.ShouldBe(text);
        JsonOf(text).ShouldBe(number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1 ")]
    [InlineData("0x1")]
    [InlineData("1_000")]
    [InlineData("NaN")]
    [InlineData("\u0661")]
    public void Other_digits_are_not(string text)
    {
        JsonNumber.TryParse(text, out var number).ShouldBeFalse();
        number.ShouldBeNull();
    }

    [Theory]
    [InlineData("5", true)]
    [InlineData("-5.0", true)]
    [InlineData("1e3", true)]
    [InlineData("1e400", true)]
    [InlineData("0e-9999999999999999999999", true)]
    [InlineData("1.5", false)]
    [InlineData("1.00000000000000000001", false)]
    [InlineData("9007199254740993.5", false)]
    public void A_number_is_an_integer_if_it_has_no_fraction_whatever_a_double_makes_of_it(string text, bool isInteger)
    {
        var number = (JsonNumber)JsonOf(text);

        number.IsInteger.ShouldBe(isInteger);
        JsonTypes.Holds(JsonTypes.Integer, number).ShouldBe(isInteger);
        JsonTypes.Of(number).ShouldBe(isInteger ? "integer" : "number");
    }

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1e21, "1e+21")]
    [InlineData(-0.0, "0")]
    [InlineData(100.0, "100")]
    public void A_double_gets_its_shortest_digits(double value, string text) => JsonNumber.Of(value).Text.ShouldBe(text);

    [Fact]
    public void A_double_that_json_cannot_write_is_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => JsonNumber.Of(double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => JsonNumber.Of(double.NegativeInfinity));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(30)]
    public void A_name_that_is_added_twice_is_a_bug_and_found_when_the_object_is_built(int count)
    {
        var builder = new JsonObjectBuilder();
        for (var i = 0; i < count; i++)
            builder.Add($"key{i}", i);
        builder.Build().Count.ShouldBe(count);
        Should.Throw<InvalidOperationException>(() => builder.Add("key1", 0).Build()).Message.ShouldContain("'key1'");
    }

    [Fact]
    public void Every_name_of_a_large_object_is_found_in_itself_and_in_what_edits_make_of_it()
    {
        var value = JsonObject.Empty;
        for (var i = 0; i < 200; i++)
            value = value.With($"key{i}", JsonNumber.Of(i));
        var shorter = value.Without("key100");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 200; i++)
            {
                value[$"key{i}"].ShouldBe(JsonNumber.Of(i));
                shorter.Contains($"key{i}").ShouldBe(i != 100);
            }

            value["key200"].ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("[]", 1)]
    [InlineData("{\"a\":[1,{\"b\":{}}]}", 4)]
    public void Depth_counts_arrays_and_objects(string text, int depth) => JsonOf(text).Depth.ShouldBe(depth);

    [Fact]
    public void The_deepest_value_that_may_be_read_is_handled_on_a_small_stack()
    {
        var half = JsonLimits.DepthCeiling / 2;
        var text = string.Concat(Enumerable.Repeat("{\"a\":[", half)) + "1" + string.Concat(Enumerable.Repeat("]}", half));
        var limits = new JsonLimits(1 << 20, JsonLimits.DepthCeiling);
        Exception? problem = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    var value = JsonReader.Parse(text, limits).Value;
                    var other = JsonReader.Parse(text.Replace('1', '2'), limits).Value;
                    value.ToString().ShouldBe(text);
                    value.Depth.ShouldBe(JsonLimits.DepthCeiling);
                    value.Equals(other).ShouldBeFalse();
                    CanonicalJson.FingerprintOf(value).ShouldNotBe(CanonicalJson.FingerprintOf(other));
                    JsonMerge.Merge((JsonObject)value, (JsonObject)other).ShouldBe(other);
                    JsonPatch.Parse(JsonReader.Parse(JsonDiff.ToJsonPatch(JsonDiff.Compare(value, other)).ToString()).Value).Value.Apply(value, limits).Value.ShouldBe(other);
                    JsonLeaves.Of(value).Length.ShouldBe(1);
                    CaseConflicts.Find((JsonObject)value).ShouldBeEmpty();
                    MergePatch.Apply(value, other).ShouldBe(other);
                    JsonWriter.ToIndentedText(value).Length.ShouldBeGreaterThan(text.Length);
                }
                catch (Exception caught)
                {
                    problem = caught;
                }
            },
            maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        problem.ShouldBeNull(problem?.ToString());
    }
}
