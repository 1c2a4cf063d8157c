using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonPointerTests
{
    private const string Rfc6901 =
        """{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}""";

    /// <summary>RFC 6901 section 5.</summary>
    [Theory]
    [InlineData("", Rfc6901)]
    [InlineData("/foo", "[\"bar\",\"baz\"]")]
    [InlineData("/foo/0", "\"bar\"")]
    [InlineData("/", "0")]
    [InlineData("/a~1b", "1")]
    [InlineData("/c%d", "2")]
    [InlineData("/e^f", "3")]
    [InlineData("/g|h", "4")]
    [InlineData("/i\\j", "5")]
    [InlineData("/k\"l", "6")]
    [InlineData("/ ", "7")]
    [InlineData("/m~0n", "8")]
    public void The_examples_of_rfc_6901_resolve(string text, string value)
    {
        var pointer = JsonPointer.Parse(text).Value;
        pointer.Resolve(JsonOf(Rfc6901))!.ToString().ShouldBe(value);
        pointer.ToString().ShouldBe(text);
    }

    [Theory]
    [InlineData("/foo/2")]
    [InlineData("/foo/-")]
    [InlineData("/foo/00")]
    [InlineData("/foo/01")]
    [InlineData("/foo/+1")]
    [InlineData("/foo/ 1")]
    [InlineData("/foo/99999999999")]
    [InlineData("/foo/")]
    [InlineData("/foo/0/x")]
    [InlineData("/Foo")]
    [InlineData("/a/b")]
    public void What_is_not_there_resolves_to_nothing(string text) => JsonPointer.Parse(text).Value.Resolve(JsonOf(Rfc6901)).ShouldBeNull();

    [Theory]
    [InlineData("foo", "neither empty nor starts with '/'")]
    [InlineData("/~", "'~' must be followed by 0 or 1")]
    [InlineData("/~2", "'~' must be followed by 0 or 1")]
    [InlineData("/a~", "'~' must be followed by 0 or 1")]
    public void A_broken_pointer_is_refused_with_the_rule(string text, string rule) =>
        JsonPointer.Parse(text).Fault.ShouldBeOfType<Fault.Malformed>().Message.ShouldContain(rule);

    [Fact]
    public void A_pointer_deeper_than_any_document_is_refused()
    {
        JsonPointer.Parse(string.Concat(Enumerable.Repeat("/a", JsonPointer.SegmentsMax))).IsFault.ShouldBeFalse();
        JsonPointer.Parse(string.Concat(Enumerable.Repeat("/a", JsonPointer.SegmentsMax + 1))).Fault!.Message.ShouldContain("at most 512");
        KeyPath.Parse(string.Join('.', Enumerable.Repeat("a", JsonPointer.SegmentsMax + 1))).Fault!.Message.ShouldContain("at most 512");
    }

    [Theory]
    [InlineData("thresholds.alert", "/thresholds/alert", "thresholds.alert")]
    [InlineData("servers.0.host", "/servers/0/host", "servers.0.host")]
    [InlineData("/servers/0/host", "/servers/0/host", "servers.0.host")]
    [InlineData("a", "/a", "a")]
    [InlineData("a/b", "/a~1b", "a/b")]
    [InlineData("/a.b/c", "/a.b/c", "/a.b/c")]
    [InlineData("/", "/", "/")]
    [InlineData("/~1x", "/~1x", "/~1x")]
    public void A_key_is_dotted_or_a_pointer(string key, string pointer, string shown)
    {
        var path = KeyPath.Parse(key).Value;
        path.Pointer.ToString().ShouldBe(pointer);
        path.ToString().ShouldBe(shown);
        path.ShouldBe(KeyPath.Parse(pointer).Value);
    }

    [Theory]
    [InlineData("", "The key is empty")]
    [InlineData(".", "empty part")]
    [InlineData("a..b", "empty part")]
    [InlineData(".a", "empty part")]
    [InlineData("a.", "empty part")]
    [InlineData("/~x", "no JSON Pointer")]
    public void A_broken_key_is_refused_with_the_rule(string key, string rule) =>
        KeyPath.Parse(key).Fault.ShouldBeOfType<Fault.Malformed>().Message.ShouldContain(rule);
}
