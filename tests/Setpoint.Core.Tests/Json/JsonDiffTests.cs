using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonDiffTests
{
    [Theory]
    [InlineData("{}", "{}", "[]")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", "[]")]
    [InlineData("""{"a":0.1}""", """{"a":0.10}""", """[{"op":"replace","path":"/a","value":0.10}]""")]
    [InlineData("""{"a":1}""", """{"a":null}""", """[{"op":"replace","path":"/a","value":null}]""")]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"c":{"d":{"e":1}}}""", """[{"op":"remove","path":"/a"},{"op":"add","path":"/c","value":{"d":{"e":1}}}]""")]
    [InlineData("""{"x":{"a/b":1,"m~n":{"":2}}}""", """{"x":{"a/b":3,"m~n":{"":4}}}""", """[{"op":"replace","path":"/x/a~1b","value":3},{"op":"replace","path":"/x/m~0n/","value":4}]""")]
    [InlineData("""{"a":[1,2,3,4]}""", """{"a":[1,9]}""", """[{"op":"replace","path":"/a/1","value":9},{"op":"remove","path":"/a/3"},{"op":"remove","path":"/a/2"}]""")]
    [InlineData("""{"a":[1]}""", """{"a":[1,2,3]}""", """[{"op":"add","path":"/a/1","value":2},{"op":"add","path":"/a/2","value":3}]""")]
    [InlineData("""{"a":{"x":1}}""", """{"a":[1]}""", """[{"op":"replace","path":"/a","value":[1]}]""")]
    [InlineData("1", "2", """[{"op":"replace","path":"","value":2}]""")]
    public void Changes_are_found_leaf_by_leaf(string before, string after, string patch) =>
        JsonDiff.ToJsonPatch(JsonDiff.Compare(JsonOf(before), JsonOf(after))).ToString().ShouldBe(patch);

    [Fact]
    public void A_change_carries_the_values_of_both_sides()
    {
        var changes = JsonDiff.Compare(JsonOf("""{"a":1,"b":2}"""), JsonOf("""{"a":3,"c":null}"""));
        changes.ShouldBe(
        [
            new("/a", JsonChangeOp.Replace, JsonOf("1"), JsonOf("3")),
            new("/b", JsonChangeOp.Remove, JsonOf("2"), null),
            new("/c", JsonChangeOp.Add, null, JsonNull.Instance),
        ]);
    }

    [Fact]
    public void Case_conflicts_are_reported_with_both_places()
    {
        CaseConflicts.Find(ObjectOf("""{"a":{"Timeout":1,"x":2,"timeout":3},"list":[{"b":1},{"B":1,"b":2}],"A":0}""")).ShouldBe(
        [
            new("/A", "/a"),
            new("/a/timeout", "/a/Timeout"),
            new("/list/1/b", "/list/1/B"),
        ]);
        CaseConflicts.Find(ObjectOf("""{"a":{"b":1},"c":{"B":1}}""")).ShouldBeEmpty();
    }

    [Fact]
    public void A_shape_that_is_shared_with_an_older_version_is_not_looked_at_again()
    {
        // The older version has a conflict, which nobody asks about here: finding it would show that the shared shape was looked at.
        var before = ObjectOf("""{"a":{"x":1,"X":2},"b":1}""");
        CaseConflicts.Find(before.With("b", JsonOf("2")), before).ShouldBeEmpty();
        CaseConflicts.Find(before.With("b", JsonOf("""{"y":1,"Y":2}""")), before).ShouldHaveSingleItem().Path.ShouldBe("/b/Y");
    }

    [Fact]
    public void Leaves_come_in_document_order_and_empty_containers_count() =>
        JsonLeaves.Of(JsonOf("""{"b":{"x":[1,{}],"y":null},"a":[],"c":{}}""")).Select(leaf => $"{leaf.Path}={leaf.Value}").ShouldBe(
            ["/b/x/0=1", "/b/x/1={}", "/b/y=null", "/a=[]", "/c={}"]);
}
