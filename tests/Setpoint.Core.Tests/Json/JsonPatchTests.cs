using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonPatchTests
{
    /// <summary>RFC 6902 appendix A, those that succeed.</summary>
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData(
        """{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""",
        """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""",
        """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData(
        """{"baz":"qux","foo":["a",2,"c"]}""",
        """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]""",
        """{"baz":"qux","foo":["a",2,"c"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","xyz":123}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    public void The_examples_of_rfc_6902_hold(string document, string patch, string result) => Applied(document, patch).Value.ToString().ShouldBe(result);

    [Theory]
    [InlineData("""{"a":1}""", """[]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"","value":[2]}]""", "[2]")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":null}]""", "null")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"","value":{"a":1.0}}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/a","value":{"b":2}}]""", """{"a":{"b":2}}""")]
    [InlineData("""{"a":[1]}""", """[{"op":"add","path":"/a/1","value":null}]""", """{"a":[1,null]}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"},{"op":"replace","path":"/c/b","value":2}]""", """{"a":{"b":1},"c":{"b":2}}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/a/b"}]""", """{"a":{"b":{"b":1}}}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a/b","path":"/a"}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"/a","path":"/a"}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"move","from":"","path":""}]""", """{"a":1}""")]
    [InlineData("""{"a":1.10}""", """[{"op":"replace","path":"/a","value":1.1}]""", """{"a":1.1}""")]
    public void Corners_of_the_rfc_hold(string document, string patch, string result) => Applied(document, patch).Value.ToString().ShouldBe(result);

    /// <summary>RFC 6902 appendix A.9 and A.15, and more of the kind.</summary>
    [Theory]
    [InlineData("""{"baz":"qux"}""", """[{"op":"test","path":"/baz","value":"bar"}]""", "/baz")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":"10"}]""", "/~01")]
    [InlineData("""{"a":9007199254740993}""", """[{"op":"add","path":"/b","value":1},{"op":"test","path":"/a","value":9007199254740992}]""", "/a")]
    public void A_failed_test_is_a_conflict_that_names_the_path_and_no_value(string document, string patch, string path)
    {
        var fault = Applied(document, patch).Fault.ShouldBeOfType<Fault.Conflict>();
        fault.Message.ShouldContain($"'{path}'");
        fault.Message.ShouldNotContain("qux");
        fault.Message.ShouldNotContain("900719");
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/baz/bat","value":"qux"}]""", "'/baz' does not exist")]
    [InlineData("""[{"op":"remove","path":"/x"}]""", "'/x' does not exist")]
    [InlineData("""[{"op":"replace","path":"/x","value":1}]""", "'/x' does not exist")]
    [InlineData("""[{"op":"test","path":"/x","value":null}]""", "'/x' does not exist")]
    [InlineData("""[{"op":"copy","from":"/x","path":"/y"}]""", "'/x' does not exist")]
    [InlineData("""[{"op":"move","from":"/x","path":"/y"}]""", "'/x' does not exist")]
    [InlineData("""[{"op":"add","path":"/foo/x","value":1}]""", "'/foo' is a string")]
    [InlineData("""[{"op":"add","path":"/list/3","value":1}]""", "'3' is no index")]
    [InlineData("""[{"op":"remove","path":"/list/-"}]""", "'-' is no index")]
    [InlineData("""[{"op":"add","path":"/list/01","value":1}]""", "'01' is no index")]
    [InlineData("""[{"op":"remove","path":""}]""", "cannot remove the document as a whole")]
    public void A_path_that_leads_nowhere_is_invalid_and_changes_nothing(string patch, string problem)
    {
        const string Before = """{"foo":"bar","list":[1,2]}""";
        var document = JsonOf(Before);

        var fault = JsonPatch.Parse(JsonOf(patch)).Value.Apply(document).Fault.ShouldBeOfType<Fault.Invalid>();

        fault.Violations.ShouldHaveSingleItem().Message.ShouldContain(problem);
        document.ToString().ShouldBe(Before);
    }

    [Fact]
    public void Everything_that_is_wrong_with_a_patch_is_listed_with_its_place()
    {
        var fault = JsonPatch.Parse(JsonOf(
            """
            [
              {"op":"add","path":"/a"},
              {"op":"Add","path":"/a","value":1},
              {"op":"remove"},
              {"path":"/a"},
              7,
              {"op":"test","path":"a","value":1},
              {"op":"move","from":"/a","path":"/a/b"},
              {"op":"copy","path":"/b"},
              {"op":5,"path":null},
              {"op":"remove","path":"/fine"}
            ]
            """)).Fault.ShouldBeOfType<Fault.Malformed>();

        fault.Violations.Select(violation => (violation.Path, violation.Code)).ShouldBe(
        [
            ("/0/value", ViolationCode.MissingRequiredParameter),
            ("/1/op", ViolationCode.ConstraintViolation),
            ("/2/path", ViolationCode.MissingRequiredParameter),
            ("/3/op", ViolationCode.MissingRequiredParameter),
            ("/4", ViolationCode.InvalidParameterType),
            ("/5/path", ViolationCode.ConstraintViolation),
            ("/6/path", ViolationCode.ConstraintViolation),
            ("/7/from", ViolationCode.MissingRequiredParameter),
            ("/8/op", ViolationCode.InvalidParameterType),
            ("/8/path", ViolationCode.InvalidParameterType),
        ]);
        fault.Message.ShouldBe("The JSON Patch has 10 mistakes; 'errors' lists each of them.");
        JsonPatch.Parse(JsonOf("{}")).Fault.ShouldBeOfType<Fault.Malformed>().Message.ShouldBe("A JSON Patch is an array of operations, not an object.");
    }

    [Fact]
    public void Copies_that_multiply_the_document_are_refused_before_anyone_walks_them()
    {
        // Each copy puts the whole document into itself: forty of them would be a text of terabytes in a few kilobytes of memory.
        var copies = string.Join(",", Enumerable.Range(0, 40).Select(i => $$"""{"op":"copy","from":"","path":"/c{{i}}"}"""));
        var fault = Applied($$"""{"x":"{{new string('x', 1000)}}"}""", $"[{copies}]").Fault.ShouldBeOfType<Fault.TooLarge>();
        fault.Message.ShouldContain("copy more than 1048576 bytes");
    }

    [Fact]
    public void Operations_that_nest_deeper_than_a_document_may_be_are_refused()
    {
        var moves = string.Join(",", Enumerable.Range(1, 100).Select(i => $$"""{"op":"move","from":"/{{i - 1}}","path":"/{{i}}/x"}"""));
        var document = $"{{{string.Join(",", Enumerable.Range(0, 101).Select(i => $"\"{i}\":{{}}"))}}}";
        Applied(document, $"[{moves}]").Fault.ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("the limit is 64");
    }

    [Fact]
    public void Operations_that_would_copy_a_large_array_thousands_of_times_are_refused()
    {
        var large = string.Join(",", Enumerable.Repeat("{}", 200_000));
        Applied($"[{large}]", Repeated("/0")).Fault.ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("Send fewer at a time");
        Applied($"{{\"list\":[{large}]}}", Alternating("/list/0/x")).Fault.ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("Send fewer at a time");
        Applied("[]", Repeated("/0")).Value.ShouldBeOfType<JsonArray>().Items.Length.ShouldBe(JsonPatch.OperationsMax);

        static string Repeated(string path) => Operations(_ => $$"""{"op":"add","path":"{{path}}","value":1}""");

        static string Alternating(string path) => Operations(i => $$"""{"op":"add","path":"{{path}}","value":{{i % 2}}}""");

        static string Operations(Func<int, string> operation) => $"[{string.Join(",", Enumerable.Range(0, JsonPatch.OperationsMax).Select(operation))}]";
    }

    [Fact]
    public void A_result_over_the_size_of_a_document_is_refused()
    {
        var half = new string('x', 600_000);
        Applied($$"""{"a":"{{half}}"}""", $$"""[{"op":"add","path":"/b","value":"{{half}}"}]""").Fault.ShouldBeOfType<Fault.TooLarge>();
    }

    [Fact]
    public void Too_many_operations_are_refused() =>
        JsonPatch.Parse(JsonOf($"[{string.Join(",", Enumerable.Repeat("1", JsonPatch.OperationsMax + 1))}]")).Fault.ShouldBeOfType<Fault.TooLarge>();

    [Fact]
    public void A_patch_that_changes_nothing_gives_the_document_itself()
    {
        var document = JsonOf("""{"a":{"b":1}}""");
        JsonPatch.Parse(JsonOf("""[{"op":"add","path":"/a","value":{"b":1}},{"op":"replace","path":"/a/b","value":1},{"op":"test","path":"/a/b","value":1}]"""))
            .Value.Apply(document).Value.ShouldBeSameAs(document);
    }

    private static Result<JsonValue> Applied(string document, string patch) => JsonPatch.Parse(JsonOf(patch)).Value.Apply(JsonOf(document));
}
