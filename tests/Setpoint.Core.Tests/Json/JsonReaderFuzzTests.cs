using System.Text;
using System.Text.Json;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Tests.Json;

/// <summary>
/// The reader against hostile bytes, and against System.Text.Json: what one accepts the other accepts, but for the rules by which ours is
/// stricter on purpose (duplicate names, lone surrogates, and UTF-8 in every place).
/// </summary>
public sealed class JsonReaderFuzzTests
{
    private static readonly byte[][] Dictionary =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0041", "null", "true", "false", "-", "0", "01", "1.", ".5", "1e", "e+", "E-5", "//", "/*", "*/",
            "\ufeff", "NaN", "Infinity", " ", "\n", "\r", "\t", "\0", "\u007f", "é", "😀", "\"a\":1,", "\"a\":{\"a\":", "[[[[[[[[", "]]]]]]]]", "'", "+1", "0x10", "1e400", "\"\\", "\u2028",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
    ];

    [Fact]
    public void Damaged_documents_are_read_or_refused_as_the_framework_does() => Seeded.Run(20_000, random =>
    {
        var text = Damaged(random, JsonWriter.ToUtf8(JsonMaker.Value(random, 3)));
        Judge(text);
    });

    [Fact]
    public void Random_bytes_are_read_or_refused_as_the_framework_does() => Seeded.Run(20_000, random =>
    {
        var text = new byte[random.Next(24)];
        random.NextBytes(text);
        Judge(text);
    });

    [Fact]
    public void Pieces_of_json_in_random_order_are_read_or_refused_as_the_framework_does() => Seeded.Run(20_000, random =>
        Judge([.. Enumerable.Range(0, random.Next(1, 12)).SelectMany(_ => Dictionary[random.Next(Dictionary.Length)])]));

    [Fact]
    public void A_document_cut_off_anywhere_is_refused()
    {
        var text = "{\"a\":[1.5e-3,\"é\\ud83d\\ude00\",{\"b\":null,\"c\":[true,false]}]}"u8;
        for (var length = 0; length < text.Length; length++)
            JsonReader.Parse(text[..length], JsonLimits.Document).Fault.ShouldBeOfType<Fault.Malformed>();
        JsonReader.Parse(text, JsonLimits.Document).IsFault.ShouldBeFalse();
    }

    private static byte[] Damaged(Random random, byte[] text)
    {
        var damaged = text.ToList();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(damaged.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < damaged.Count:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1 when at < damaged.Count:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when at < damaged.Count:
                    damaged.RemoveRange(at, random.Next(1, Math.Min(6, damaged.Count - at) + 1));
                    break;
                case 3:
                    damaged.InsertRange(at, Dictionary[random.Next(Dictionary.Length)]);
                    break;
                case 4 when at < damaged.Count:
                    damaged.InsertRange(random.Next(damaged.Count + 1), damaged.GetRange(at, random.Next(1, Math.Min(12, damaged.Count - at) + 1)));
                    break;
            }
        }

        return [.. damaged];
    }

    private static void Judge(byte[] text)
    {
        var result = JsonReader.Parse(text, JsonLimits.Document);
        var expected = FrameworkAccepts(text);
        if (result.IsFault == expected)
            Assert.Fail($"The framework {(expected ? "accepts" : "refuses")} {Convert.ToHexString(text)} ({Encoding.UTF8.GetString(text)}); ours says: {result.Fault?.Message ?? "accepted"}");

        if (result.Fault is { } fault)
        {
            fault.Message.ShouldStartWith("Line ");
            if (fault is Fault.Malformed malformed)
            {
                JsonPointer.Parse(malformed.Violations.ShouldHaveSingleItem().Path).IsFault.ShouldBeFalse();
                fault.Message.Length.ShouldBeLessThan(400);
            }

            return;
        }

        JsonReader.Parse(JsonWriter.ToUtf8(result.Value), JsonLimits.Document).Value.ShouldBe(result.Value);
        using var framework = JsonDocument.Parse(text);
        Same(result.Value, framework.RootElement);
    }

    private static bool FrameworkAccepts(byte[] text)
    {
        // The framework checks the encoding of a string only when somebody asks for it, and there not of everything around it.
        if (!System.Text.Unicode.Utf8.IsValid(text))
            return false;
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
            Touch(document.RootElement);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // How it says that a string holds a lone surrogate.
            return false;
        }
    }

    private static void Touch(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Touch(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Touch(member.Value);
                }

                break;
        }
    }

    private static void Same(JsonValue ours, JsonElement theirs)
    {
        switch (ours)
        {
            case JsonString text:
                theirs.GetString().ShouldBe(text.Value);
                break;
            case JsonNumber number:
                theirs.GetRawText().ShouldBe(number.Text);
                break;
            case JsonArray array:
                theirs.GetArrayLength().ShouldBe(array.Items.Length);
                for (var i = 0; i < array.Items.Length; i++)
                    Same(array.Items[i], theirs[i]);
                break;
            case JsonObject members:
                var at = 0;
                foreach (var member in theirs.EnumerateObject())
                {
                    member.Name.ShouldBe(members.NameAt(at));
                    Same(members.ValueAt(at++), member.Value);
                }

                at.ShouldBe(members.Count);
                break;
            default:
                theirs.GetRawText().ShouldBe(ours.ToString());
                break;
        }
    }
}
