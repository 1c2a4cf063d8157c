using System.Text;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonReaderTests
{
    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("false")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[1,[2,[3]],{\"a\":[]}]")]
    [InlineData("{\"b\":1,\"a\":{\"d\":null,\"c\":\"x\"}}")]
    public void Compact_text_comes_back_as_it_was(string text) => JsonOf(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("7")]
    [InlineData("12345678901234567890")]
    [InlineData("0.10")]
    [InlineData("1e400")]
    [InlineData("1E+05")]
    [InlineData("-1.50e-0007")]
    public void Numbers_come_back_with_their_digits(string text)
    {
        JsonOf(text).ShouldBeOfType<JsonNumber>().Text.ShouldBe(text);
        JsonOf($" [ {text} ] ").ToString().ShouldBe($"[{text}]");
    }

    [Theory]
    [InlineData("""  "a\"\\\/\b\f\n\r\t\u0041\u00e9" """, "a\"\\/\b\f\n\r\tA\u00e9")]
    [InlineData("""  "\ud83d\ude00 and 😀" """, "😀 and 😀")]
    [InlineData("""  "\u0000" """, "\0")]
    [InlineData("\"\u007f\u0080\ufeff\uffff\"", "\u007f\u0080\ufeff\uffff")]
    public void Strings_are_unescaped(string text, string value) => JsonOf(text).ShouldBeOfType<JsonString>().Value.ShouldBe(value);

    [Theory]
    [InlineData("", "Line 1, column 1: the text is empty")]
    [InlineData(" \n ", "Line 2, column 2: the text is empty")]
    [InlineData("\ufeff{}", "Line 1, column 1: the text starts with a byte order mark")]
    [InlineData("{\n  \"a\": 1,\n  // why\n}", "Line 3, column 3: '/' stands where a property name in double quotes is expected. Comments are not allowed.")]
    [InlineData("[1, /* */ 2]", "Line 1, column 5: '/' stands where a value is expected. Comments are not allowed.")]
    [InlineData("[1,]", "Line 1, column 4: a comma stands before ']'; trailing commas are not allowed.")]
    [InlineData("{\"a\":1,}", "Line 1, column 8: a comma stands before '}'; trailing commas are not allowed.")]
    [InlineData("[,1]", "Line 1, column 2: ',' stands where a value is expected.")]
    [InlineData("[1 2]", "Line 1, column 4: '2' stands where ',' or ']' is expected.")]
    [InlineData("{\"a\" 1}", "Line 1, column 6: '1' stands where ':' is expected")]
    [InlineData("{\"a\":1 \"b\":2}", "Line 1, column 8: '\"' stands where ',' or '}' is expected.")]
    [InlineData("{a:1}", "Line 1, column 2: 'a' stands where a property name in double quotes is expected.")]
    [InlineData("{'a':1}", "Strings are written in double quotes.")]
    [InlineData("NaN", "JSON has no NaN and no Infinity.")]
    [InlineData("[nan]", "JSON has no NaN")]
    [InlineData("-Infinity", "Line 1, column 2: 'I' stands where a digit is expected after '-'. JSON has no NaN and no Infinity.")]
    [InlineData("01", "Line 1, column 1: a number starts with a superfluous zero.")]
    [InlineData("-01", "Line 1, column 1: a number starts with a superfluous zero.")]
    [InlineData("+1", "A number starts with a digit or '-'.")]
    [InlineData(".5", "A number starts with a digit or '-'.")]
    [InlineData("1.", "Line 1, column 3: the text ends where a digit is expected after the decimal point.")]
    [InlineData("1e", "Line 1, column 3: the text ends where a digit is expected in the exponent.")]
    [InlineData("0x10", "Line 1, column 2: 'x' stands where the text should end")]
    [InlineData("{} {}", "Line 1, column 4:")]
    [InlineData("nul", "Line 1, column 1:")]
    [InlineData("True", "Line 1, column 1:")]
    [InlineData("{", "Line 1, column 2: the text ends where a property name in double quotes is expected.")]
    [InlineData("[1", "Line 1, column 3: the text ends where ',' or ']' is expected.")]
    [InlineData("{\"a\":", "Line 1, column 6: the text ends where a value is expected.")]
    [InlineData("[\"äöü\", \"abc", "Line 1, column 13: the text ends inside the string that starts at line 1, column 9.")]
    [InlineData("\"\\", "the text ends inside the string")]
    [InlineData("[\"a\nb\"]", "Line 1, column 4: a string holds the control character U+000A")]
    [InlineData("\"\\x41\"", "Line 1, column 2: a string holds an unknown escape")]
    [InlineData("\"\\u12g4\"", "Line 1, column 2: \\u must be followed by four hexadecimal digits.")]
    [InlineData("\"\\u12\"", "\\u must be followed by four hexadecimal digits.")]
    [InlineData("\"x\\ud800\"", "Line 1, column 3: a \\u escape is a surrogate without its other half.")]
    [InlineData("\"\\udc00\\ud800\"", "a surrogate without its other half")]
    [InlineData("\"\\ud800\\u0041\"", "a surrogate without its other half")]
    [InlineData("{\"\\ud800\":1}", "a surrogate without its other half")]
    public void Broken_text_is_refused_with_its_place(string text, string message)
    {
        var fault = Refusal(text).ShouldBeOfType<Fault.Malformed>();

        fault.Message.ShouldContain(message);
        fault.Message.ShouldStartWith("Line ");
        fault.Violations.ShouldHaveSingleItem().Code.ShouldBe(ViolationCode.MalformedDocument);
        fault.Violations[0].Message.ShouldBe(fault.Message);
    }

    [Theory]
    [InlineData("{\"a\":{\"b/c\":[1,{\"~\":tru}]}}", "/a/b~1c/1/~0")]
    [InlineData("{\"a\":{\"b\":1,}}", "/a")]
    [InlineData("{\"a\":{\"b\" 1}}", "/a/b")]
    [InlineData("[1,2", "")]
    public void The_violation_points_into_the_document(string text, string pointer) =>
        Refusal(text).ShouldBeOfType<Fault.Malformed>().Violations[0].Path.ShouldBe(pointer);

    [Theory]
    [InlineData("{\"a\":1,\n \"a\":2}", "Line 2, column 2: property 'a' occurs twice in one object.", "/a")]
    [InlineData("{\"x\":[0,{\"a\":1,\"b\":2,\"\\u0061\":3}]}", "property 'a' occurs twice", "/x/1/a")]
    public void A_property_that_occurs_twice_is_refused_by_its_decoded_name(string text, string message, string pointer)
    {
        var fault = Refusal(text).ShouldBeOfType<Fault.Malformed>();
        fault.Message.ShouldContain(message);
        fault.Violations[0].Path.ShouldBe(pointer);
    }

    [Fact]
    public void A_duplicate_among_many_names_is_found_and_equal_shapes_elsewhere_are_not_confused()
    {
        var many = string.Join(",", Enumerable.Range(0, 500).Select(i => $"\"key{i}\":{i}"));
        JsonOf($"[{{{many}}},{{{many}}}]").ShouldBeOfType<JsonArray>().Items[0].ShouldBe(JsonOf($"{{{many}}}"));
        Refusal($"[{{{many}}},{{{many},\"key250\":0}}]").ShouldBeOfType<Fault.Malformed>().Violations[0].Path.ShouldBe("/1/key250");
    }

    [Theory]
    [InlineData("5B22FF225D", 3)]           // a byte that never occurs
    [InlineData("22C3", 2)]                 // cut off
    [InlineData("22EDA08022", 2)]           // a surrogate written as UTF-8
    [InlineData("22C0AF22", 2)]             // an overlong slash
    [InlineData("22F490808022", 2)]         // past U+10FFFF
    [InlineData("7B7D20FE", 4)]             // after the value
    [InlineData("FFFE7B007D00", 1)]         // UTF-16
    public void Bytes_that_are_not_utf8_are_refused_wherever_they_stand(string hex, int column) =>
        Refusal(Convert.FromHexString(hex)).Message.ShouldStartWith($"Line 1, column {column}: the bytes from offset {column - 1} on are not UTF-8");

    [Fact]
    public void A_text_with_half_a_surrogate_pair_is_refused() =>
        JsonReader.Parse("\"a\ud800\"").Fault.ShouldBeOfType<Fault.Malformed>().Message.ShouldBe("Line 1, column 3: character 3 is a surrogate without its other half.");

    [Fact]
    public void Columns_count_characters_and_not_bytes() => Refusal("{\"ключ😀\": x}").Message.ShouldStartWith("Line 1, column 11:");

    [Fact]
    public void Depth_is_accepted_up_to_the_limit_and_refused_past_it()
    {
        JsonReader.Parse(Nested(64)).IsFault.ShouldBeFalse();
        var fault = JsonReader.Parse(Nested(65)).Fault.ShouldBeOfType<Fault.TooLarge>();
        fault.Message.ShouldBe("Line 1, column 65: arrays and objects are nested deeper than 64 levels, which is the limit.");
        JsonReader.Parse(Nested(400_000)).Fault.ShouldBeOfType<Fault.TooLarge>();
        JsonReader.Parse(Encoding.UTF8.GetBytes(Nested(JsonLimits.DepthCeiling)), new JsonLimits(1 << 20, JsonLimits.DepthCeiling)).IsFault.ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => JsonReader.Parse("1"u8, new JsonLimits(1, JsonLimits.DepthCeiling + 1)));

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    [Fact]
    public void Size_is_accepted_up_to_the_limit_and_refused_past_it()
    {
        JsonReader.Parse("[ 1 ]"u8, new JsonLimits(5, 64)).IsFault.ShouldBeFalse();
        JsonReader.Parse("[ 1  ]"u8, new JsonLimits(5, 64)).Fault.ShouldBeOfType<Fault.TooLarge>()
            .Message.ShouldBe("The JSON text has 6 bytes; the limit is 5.");
        JsonReader.Parse("\"äöü\"", new JsonLimits(7, 64)).Fault.ShouldBeOfType<Fault.TooLarge>();
    }

    [Theory]
    [InlineData("[1]", "an array")]
    [InlineData("\"hunter2\"", "a string")]
    [InlineData("null", "null")]
    public void Where_an_object_is_asked_for_another_root_is_refused(string text, string found)
    {
        var fault = JsonReader.ParseObject(Encoding.UTF8.GetBytes(text), JsonLimits.Document).Fault.ShouldBeOfType<Fault.Malformed>();
        fault.Message.ShouldBe($"An object {{...}} is expected, and the text holds {found}.");
    }

    [Theory]
    [InlineData("{\"password\":\"hunter2}")]
    [InlineData("{\"password\":\"hunter2\" \"hunter2\"}")]
    [InlineData("{\"password\":\"hunter2\\q\"}")]
    [InlineData("{\"password\":hunter2}")]
    [InlineData("{\"password\":\"hunter2\",\"password\":\"hunter2\"}")]
    [InlineData("\"hunter2\"hunter2")]
    public void A_refusal_never_holds_a_value(string text)
    {
        var fault = Refusal(text).ShouldBeOfType<Fault.Malformed>();
        fault.Message.ShouldNotContain("unter");
        fault.Violations[0].Path.ShouldNotContain("unter");
    }

    [Fact]
    public void Properties_keep_their_order_and_equal_shapes_share_their_names()
    {
        var array = (JsonArray)JsonOf("[{\"b\":1,\"a\":2},{\"b\":3,\"a\":4},{\"a\":5,\"b\":6}]");
        var first = (JsonObject)array.Items[0];
        first.NameAt(0).ShouldBe("b");
        first.SharesNamesWith((JsonObject)array.Items[1]).ShouldBeTrue();
        first.SharesNamesWith((JsonObject)array.Items[2]).ShouldBeFalse();
        array.Items[2].ToString().ShouldBe("{\"a\":5,\"b\":6}");
    }
}
