using System.Text;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Server.Sources;

namespace Setpoint.Server.Tests.Sources;

public sealed class YamlTests
{
    [Theory]
    [InlineData("5", "5")]
    [InlineData("+5", "5")]
    [InlineData("-0", "-0")]
    [InlineData("007", "7")]
    [InlineData("0.10", "0.10")]
    [InlineData("1e400", "1e400")]
    [InlineData("1E+4", "1E+4")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5.0")]
    [InlineData("12345678901234567890", "12345678901234567890")]
    [InlineData("0xFF", "255")]
    [InlineData("0o17", "15")]
    [InlineData("true", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("Null", "null")]
    [InlineData("no", "\"no\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("2026-11-20", "\"2026-11-20\"")]
    [InlineData("12:30:45", "\"12:30:45\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("0b11", "\"0b11\"")]
    [InlineData("-0x1F", "\"-0x1F\"")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("0o18", "\"0o18\"")]
    [InlineData("+-5", "\"+-5\"")]
    [InlineData("5e", "\"5e\"")]
    [InlineData(".", "\".\"")]
    [InlineData("-.5e-3", "-0.5e-3")]
    [InlineData("00.50", "0.50")]
    [InlineData("+-.inf", "\"+-.inf\"")]
    [InlineData("'5'", "\"5\"")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("!!int '5'", "5")]
    [InlineData("!!float 5", "5")]
    [InlineData("|\n  two\n  lines\n", "\"two\\nlines\\n\"")]
    public void A_scalar_has_the_type_of_the_core_schema(string written, string json)
    {
        Parse($"value: {written}\n").Value["value"]!.ToString().ShouldBe(json);
    }

    [Fact]
    public void A_document_keeps_order_nesting_and_what_aliases_stand_for()
    {
        var read = Parse("""
            # a comment
            defaults: &defaults
              host: localhost
              ports: [80, 443]
            a: *defaults
            8080: {"x": [], y: {}}
            """);

        read.Value.ToString().ShouldBe(
            """{"defaults":{"host":"localhost","ports":[80,443]},"a":{"host":"localhost","ports":[80,443]},"8080":{"x":[],"y":{}}}""");
    }

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", "Line 3, column 1: key 'a' occurs twice")]
    [InlineData("a: 1\n\"a\": 3\n", "Line 2, column 1: key 'a' occurs twice")]
    [InlineData("a: [1, 2\nb: 3\n", "Line 2, column")]
    [InlineData("a:\n\t- 1\n", "tab")]
    [InlineData("a: .inf\n", "Line 1, column 4: JSON has no infinity")]
    [InlineData("a: *nobody\n", "Line 1, column 4: no anchor")]
    [InlineData("a: &self [*self]\n", "no anchor")]
    [InlineData("a: !secret x\n", "Line 1, column 4: this tag")]
    [InlineData("a: !!int x\n", "Line 1, column 4: this tag")]
    [InlineData("a: !!binary aGVsbG8=\n", "this tag")]
    [InlineData("? [1]\n: 2\n", "Line 1, column 3: a key must be")]
    [InlineData("base: &b {x: 1}\na:\n  <<: *b\n", "Line 3, column 3: '<<'")]
    [InlineData("a: 1\n---\nb: 2\n", "a second document")]
    [InlineData("- 1\n", "Line 1, column 1: a mapping")]
    [InlineData("just text\n", "a mapping")]
    [InlineData("", "holds no document")]
    [InlineData("# nothing\n", "holds no document")]
    [InlineData("a: \"x\n", "Line ")]
    [InlineData("a: %x\n", "Line 1")]
    public void What_cannot_be_meant_is_refused_with_its_place(string yaml, string message)
    {
        var fault = Parse(yaml).Fault.ShouldNotBeNull();

        fault.ShouldBeOfType<Fault.Malformed>();
        fault.Message.ShouldContain(message);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused_with_their_place()
    {
        var fault = YamlReader.ParseObject([.. "a: 1\nb: é"u8, 0xFF], JsonLimits.Document).Fault.ShouldNotBeNull();

        fault.Message.ShouldBe("Line 2, column 5: the text is not valid UTF-8.");
    }

    [Fact]
    public void A_bomb_of_aliases_is_measured_and_not_built()
    {
        var yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 30; i++)
            yaml.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");

        var fault = Parse(yaml.ToString()).Fault.ShouldNotBeNull();

        fault.ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("1048576");
    }

    [Fact]
    public void A_chain_of_aliases_is_as_deep_as_what_it_stands_for()
    {
        var yaml = new StringBuilder("a0: &a0 []\n");
        for (var i = 1; i < 20_000; i++)
            yaml.Append($"a{i}: &a{i} [*a{i - 1}]\n");

        var fault = Parse(yaml.ToString()).Fault.ShouldNotBeNull();

        fault.ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("64 levels");
        fault.Message.ShouldStartWith("Line 64,");
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData(64, true)]
    [InlineData(100_000, true)]
    public void Depth_is_bounded_as_that_of_JSON(int sequences, bool refused)
    {
        var read = Parse($"a: {new string('[', sequences)}{new string(']', sequences)}\n");

        read.IsFault.ShouldBe(refused);
        if (refused)
            read.Fault.ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("64 levels");
    }

    [Fact]
    public void No_bytes_make_the_reader_throw_and_no_refusal_tells_a_value()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var sample = Encoding.UTF8.GetBytes("""
            email: &mail {from: hunter2secret, "to": ['hunter2secret', "hunter2secret"]}
            text: |
              hunter2secret
            again: *mail
            number: !!int 0x1F
            folded: >-
              hunter2secret
            ? key
            : - hunter2secret
              - {a: hunter2secret}
            """);
        const string Special = "{}[]:,&*!|>'\"%@`#?-\n\t <=~\0\u0085é";
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = sample.ToList();
            for (var change = random.Next(1, 5); change > 0; change--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0: bytes.RemoveAt(at); break;
                    case 1: bytes[at] = (byte)random.Next(256); break;
                    case 2: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Special[random.Next(Special.Length)].ToString())); break;
                    default: bytes.RemoveRange(at, random.Next(bytes.Count - at)); break;
                }

                if (bytes.Count == 0)
                    break;
            }

            Result<JsonObject> read;
            try
            {
                read = YamlReader.ParseObject(bytes.ToArray(), JsonLimits.Document);
            }
            catch (Exception thrown)
            {
                throw new InvalidOperationException($"Seed {seed}, round {round}: {Convert.ToBase64String(bytes.ToArray())}", thrown);
            }

            // Keys are named; mangled text can make a key of a value.
            if (read.Fault is { } fault && !fault.Message.Contains(": key '", StringComparison.Ordinal))
                fault.Message.Contains("hunter2secret", StringComparison.Ordinal).ShouldBeFalse($"seed {seed}, round {round}: {fault.Message}");
            else if (!read.IsFault)
                JsonReader.Parse(read.Value.ToString()).Value.ShouldBe(read.Value, $"seed {seed}, round {round}");
        }
    }

    private static Result<JsonObject> Parse(string yaml) => YamlReader.ParseObject(Encoding.UTF8.GetBytes(yaml), JsonLimits.Document);
}
