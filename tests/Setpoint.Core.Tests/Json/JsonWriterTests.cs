using System.Buffers;
using System.Text;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class JsonWriterTests
{
    [Fact]
    public void Only_what_must_be_escaped_is_escaped()
    {
        var text = new JsonString("\"\\/\b\f\n\r\t\u0001\u001f\u007f<>&'é\u2028😀");
        text.ToString().ShouldBe("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\u007f<>&'é\u2028😀\"");
        JsonOf(text.ToString()).ShouldBe(text);
    }

    [Theory]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(70_000)]
    public void Long_strings_and_numbers_survive_the_borders_of_the_buffer(int length)
    {
        var value = new JsonArray(
        [
            new JsonString(new string('x', length - 1) + "😀" + new string('é', length)),
            new JsonString(new string('\n', length)),
            JsonOf("1" + new string('0', length)),
        ]);
        JsonOf(value.ToString()).ShouldBe(value);
        JsonWriter.ToUtf8(value).ShouldBe(Encoding.UTF8.GetBytes(value.ToString()));
    }

    [Fact]
    public void A_string_with_half_a_surrogate_pair_is_a_bug_and_not_written_as_something_else()
    {
        Should.Throw<InvalidOperationException>(() => new JsonString("a\ud800").ToString());
        Should.Throw<InvalidOperationException>(() => new JsonString(new string('x', 1023) + "\ud800\ud800").ToString());
        Should.Throw<InvalidOperationException>(() => CanonicalJson.FingerprintOf(new JsonString("\udc00")));
    }

    [Fact]
    public void The_writer_appends_to_what_the_output_holds()
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("data: "u8);
        JsonWriter.Write(JsonOf("{\"a\":[1,true]}"), output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("data: {\"a\":[1,true]}");
    }

    [Fact]
    public void The_indented_form_is_for_people() =>
        JsonWriter.ToIndentedText(JsonOf("{\"a\":{\"b\":[1,{}],\"c\":[]},\"d\":0.10}")).ShouldBe(
            """
            {
              "a": {
                "b": [
                  1,
                  {}
                ],
                "c": []
              },
              "d": 0.10
            }
            """);
}
