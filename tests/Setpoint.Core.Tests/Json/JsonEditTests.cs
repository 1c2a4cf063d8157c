using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonEditTests
{
    private const string Document = """{"a":{"b":1},"list":[{"x":1},2],"s":"text","n":null}""";

    [Theory]
    [InlineData("a.b", "5", """{"a":{"b":5},"list":[{"x":1},2],"s":"text","n":null}""")]
    [InlineData("a.c.d", "5", """{"a":{"b":1,"c":{"d":5}},"list":[{"x":1},2],"s":"text","n":null}""")]
    [InlineData("list.0.x", "5", """{"a":{"b":1},"list":[{"x":5},2],"s":"text","n":null}""")]
    [InlineData("list.1", "null", """{"a":{"b":1},"list":[{"x":1},null],"s":"text","n":null}""")]
    [InlineData("list.-", "3", """{"a":{"b":1},"list":[{"x":1},2,3],"s":"text","n":null}""")]
    [InlineData("/x.y/z", "[]", """{"a":{"b":1},"list":[{"x":1},2],"s":"text","n":null,"x.y":{"z":[]}}""")]
    public void A_value_is_set_where_the_key_leads(string key, string value, string after) =>
        JsonEdit.Set(ObjectOf(Document), KeyPath.Parse(key).Value, JsonOf(value)).Value.ToString().ShouldBe(after);

    [Theory]
    [InlineData("s.x", "'/s' is a string; there is nothing inside it.")]
    [InlineData("n.x.y", "'/n' is null; there is nothing inside it.")]
    [InlineData("list.2", "the array at '/list' has 2 item(s), and '2' is no index of one of them.")]
    [InlineData("list.-.x", "'-' is no index of one of them.")]
    [InlineData("list.01", "'01' is no index")]
    [InlineData("list.first.x", "'first' is no index")]
    public void A_key_that_leads_nowhere_is_refused_and_names_the_path(string key, string problem)
    {
        var document = ObjectOf(Document);
        var path = KeyPath.Parse(key).Value;

        var fault = JsonEdit.Set(document, path, JsonNull.Instance).Fault.ShouldBeOfType<Fault.Invalid>();

        var violation = fault.Violations.ShouldHaveSingleItem();
        violation.Message.ShouldContain(problem);
        violation.Message.ShouldContain($"'{path.Pointer}'");
        violation.Path.ShouldBe(path.Pointer.ToString());
        document.ToString().ShouldBe(Document);
        JsonEdit.Remove(document, path).ShouldBeSameAs(document);
    }

    [Theory]
    [InlineData("a.b", """{"a":{},"list":[{"x":1},2],"s":"text","n":null}""")]
    [InlineData("list.0", """{"a":{"b":1},"list":[2],"s":"text","n":null}""")]
    [InlineData("n", """{"a":{"b":1},"list":[{"x":1},2],"s":"text"}""")]
    public void A_value_is_removed_where_the_key_leads(string key, string after) =>
        JsonEdit.Remove(ObjectOf(Document), KeyPath.Parse(key).Value).ToString().ShouldBe(after);

    [Fact]
    public void What_is_not_touched_is_shared()
    {
        var before = ObjectOf(Document);
        var after = JsonEdit.Set(before, KeyPath.Parse("a.b").Value, JsonNumber.Of(2)).Value;

        after["list"].ShouldBeSameAs(before["list"]);
        after.SharesNamesWith(before).ShouldBeTrue();
        JsonEdit.Set(before, KeyPath.Parse("a.b").Value, JsonNumber.Of(1)).Value.ShouldBeSameAs(before);
        JsonEdit.Remove(before, KeyPath.Parse("a.x").Value).ShouldBeSameAs(before);
    }
}
