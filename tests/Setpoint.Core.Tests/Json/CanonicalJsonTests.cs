using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Json;

public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("arrays")]
    [InlineData("french")]
    [InlineData("structures")]
    [InlineData("unicode")]
    [InlineData("values")]
    [InlineData("weird")]
    public void The_published_rfc_8785_data_comes_out_byte_for_byte(string name)
    {
        var folder = Path.Combine(Conformance(), "jcs", "testdata");
        var input = File.ReadAllBytes(Path.Combine(folder, "input", name + ".json"));
        var expected = File.ReadAllBytes(Path.Combine(folder, "output", name + ".json"));
        var hex = Convert.FromHexString(string.Concat(File.ReadAllText(Path.Combine(folder, "outhex", name + ".txt")).Where(char.IsAsciiHexDigit)));

        var canonical = CanonicalJson.ToUtf8(JsonReader.Parse(input, JsonLimits.Document).Value, CanonicalNumbers.Rfc8785).Value;

        canonical.ShouldBe(hex);
        Encoding.UTF8.GetString(canonical).ShouldBe(Encoding.UTF8.GetString(expected).TrimEnd('\n'));
        CanonicalJson.ToUtf8(JsonReader.Parse(canonical, JsonLimits.Document).Value, CanonicalNumbers.Rfc8785).Value.ShouldBe(canonical);
    }

    /// <summary>RFC 8785 appendix B.</summary>
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void Doubles_are_written_as_ecmascript_writes_them(string bits, string expected)
    {
        var value = BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        EcmaNumber.Format(value, new char[EcmaNumber.LengthMax]).ToString().ShouldBe(expected);
        Text(JsonNumber.Of(value), CanonicalNumbers.Rfc8785).ShouldBe(expected);
    }

    [Fact]
    public void Any_double_comes_back_from_its_ecmascript_form()
    {
        const int Seed = 8785;
        var random = new Random(Seed);
        var room = new char[EcmaNumber.LengthMax];
        for (var i = 0; i < 200_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (!double.IsFinite(value))
                continue;
            var text = EcmaNumber.Format(value, room);
            if (double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) != value)
                Assert.Fail($"seed {Seed}, round {i}: {value:R} became {text}");
        }
    }

    [Theory]
    [InlineData("1e309")]
    [InlineData("[{\"a\":-1e400}]")]
    public void Rfc_8785_refuses_what_no_double_is_near_and_the_form_with_digits_takes_it(string text)
    {
        var fault = CanonicalJson.ToUtf8(JsonOf(text), CanonicalNumbers.Rfc8785).Fault.ShouldBeOfType<Fault.Invalid>();
        fault.Message.ShouldContain("within the range of a double");
        Text(JsonOf(text), CanonicalNumbers.AsWritten).ShouldBe(text);
    }

    [Theory]
    [InlineData("333333333.33333329", "333333333.3333333")]
    [InlineData("12345678901234567890", "12345678901234567000")]
    [InlineData("1e-400", "0")]
    [InlineData("-0.0", "0")]
    public void Rfc_8785_rounds_what_a_double_rounds_and_the_form_with_digits_does_not(string text, string rounded)
    {
        Text(JsonOf(text), CanonicalNumbers.Rfc8785).ShouldBe(rounded);
        Text(JsonOf(text), CanonicalNumbers.AsWritten).ShouldBe(text);
    }

    [Fact]
    public void Names_sort_by_their_utf16_code_units_whatever_their_number()
    {
        // U+FB33 is below U+1F600 as a code point and above its first surrogate as a code unit.
        Text(JsonOf("{\"\ufb33\":1,\"😀\":2,\"€\":3,\"1\":4,\"\\r\":5,\"ö\":6}"), CanonicalNumbers.AsWritten)
            .ShouldBe("{\"\\r\":5,\"1\":4,\"ö\":6,\"€\":3,\"😀\":2,\"\ufb33\":1}");

        var many = Enumerable.Range(0, 300).Select(i => $"k{(i * 7919) % 300:D3}").ToArray();
        var sorted = Text(JsonOf($"{{{string.Join(",", many.Select(name => $"\"{name}\":{{}}"))}}}"), CanonicalNumbers.AsWritten);
        sorted.ShouldBe($"{{{string.Join(",", many.Order(StringComparer.Ordinal).Select(name => $"\"{name}\":{{}}"))}}}");
    }

    [Fact]
    public void The_fingerprint_is_the_hash_of_the_canonical_text_with_digits_as_written()
    {
        var value = JsonOf($"{{\"z\":[0.10,1e400,{{}}],\"a\":{{\"y\":\"{new string('é', 50_000)}\",\"x\":null}}}}");
        var text = CanonicalJson.ToUtf8(value, CanonicalNumbers.AsWritten).Value;
        CanonicalJson.FingerprintOf(value).ToArray().ShouldBe(SHA256.HashData(text));
        CanonicalJson.FingerprintOf(JsonOf("0.1")).ShouldNotBe(CanonicalJson.FingerprintOf(JsonOf("0.10")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(4_096)]
    [InlineData(12_287)]
    [InlineData(12_288)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(100_000)]
    public void The_fingerprint_is_that_hash_whatever_the_length_of_the_text(int length)
    {
        var value = JsonOf($"[\"{new string('x', length)}\",1]");
        var before = CanonicalJson.FingerprintOf(value);
        before.ToArray().ShouldBe(SHA256.HashData(CanonicalJson.ToUtf8(value, CanonicalNumbers.AsWritten).Value));
        // The buffers are shared: what another value left in them must not be hashed.
        CanonicalJson.FingerprintOf(JsonOf("[1]")).ToArray().ShouldBe(SHA256.HashData("[1]"u8));
        CanonicalJson.FingerprintOf(value).ShouldBe(before);
    }

    private static string Text(JsonValue value, CanonicalNumbers numbers) => Encoding.UTF8.GetString(CanonicalJson.ToUtf8(value, numbers).Value);

    private static string Conformance([CallerFilePath] string here = "")
    {
        var named = Environment.GetEnvironmentVariable("SETPOINT_CONFORMANCE");
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
        var folder = string.IsNullOrEmpty(named) ? Path.Combine(root, "..", "shared", "conformance") : named;
        if (!Directory.Exists(Path.Combine(folder, "jcs")))
            Assert.Skip($"The conformance suite is not at {folder}; set SETPOINT_CONFORMANCE.");
        return folder;
    }
}
