using System.Diagnostics;
using System.Globalization;
using System.Text;
using Setpoint.Core.Json;
using Setpoint.Server.Configs.Formats;
using Setpoint.TestKit;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Setpoint.Server.Tests.Formats;

/// <summary>What is written is read back by the readers it was written for.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Texts =
    [
        "", " ", "x", "a b", "yes", "No", "ON", "null", "~", "true", "1", "-1", "0x10", "0o7", "1e3", ".5", ".inf", "nan", "1_000", "190:20:30", "2026-11-20", "a: b", "a:", "a:b",
        "# c", "a #c", "- a", "-", "?", "? x", "[a", "{a", "a, b", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "'a'", "it's", "\"q\"", "\\", "\n", "a\nb\n", "\r\n", "\t", "trail ",
        " lead", "é", "😀", "\u0085", "\u2028", "\u2029", "\uFEFF", "\u0001", "\u007F", "---", "...", "--- a", "<<", "=", "$HOME $(id) `id`", "a=b", "!x", "\uFFFD", "/etc", "_x", "https://a.b/c",
    ];

    [Fact]
    public void Yaml_is_read_back_as_the_same_configuration()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var config = Make(new Random(seed), depth: 4);

            var text = Encoding.UTF8.GetString(YamlFormat.Write(config));
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            var back = Read(parser);

            back.ShouldBe(config, $"seed {seed}:\n{text}");
        }
    }

    [Fact]
    public void No_reader_of_yaml_takes_a_string_for_anything_else()
    {
        // This reader guesses the types of bare scalars generously, as those of YAML 1.1 do.
        var guessing = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        foreach (var text in Texts)
        {
            var yaml = Encoding.UTF8.GetString(YamlFormat.Write(new JsonObjectBuilder().Add("key", text).Build()));

            guessing.Deserialize<Dictionary<string, object?>>(yaml)["key"].ShouldBe(text, yaml);
        }
    }

    [Fact]
    public async Task A_shell_reads_every_variable_back()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("There is no POSIX shell here.");
        using var folder = new TempFolder();
        var texts = Texts.Where(text => !text.Contains('\0', StringComparison.Ordinal)).ToList();
        var config = new JsonObjectBuilder().Add("v", new JsonArray([.. texts.Select(text => (JsonValue)new JsonString(text))])).Build();
        await File.WriteAllBytesAsync(folder.File("config.env"), EnvFormat.Write(config));
        var script = $". '{folder.File("config.env")}'\n" + string.Concat(texts.Select((_, i) => $"printf '%s\\0' \"$V__{i}\"\n"));
        await File.WriteAllTextAsync(folder.File("read.sh"), script);

        using var shell = System.Diagnostics.Process.Start(new ProcessStartInfo("sh", [folder.File("read.sh")]) { RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 })!;
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();

        shell.ExitCode.ShouldBe(0);
        output.Split('\0')[..^1].ShouldBe(texts);
    }

    [Fact]
    public void Properties_are_read_back_by_their_rules()
    {
        var config = new JsonObjectBuilder();
        for (var i = 0; i < Texts.Length; i++)
            config.Add($"k{i} {Texts[i]}", Texts[i]);
        var expected = config.Build();

        var lines = Encoding.Latin1.GetString(PropertiesFormat.Write(expected)).Split('\n')[..^1];

        lines.Length.ShouldBe(Texts.Length);
        for (var i = 0; i < Texts.Length; i++)
        {
            var (key, value) = ReadProperty(lines[i]);
            value.ShouldBe(Texts[i]);
            key.ShouldContain($"k{i} {Texts[i]}");
        }
    }

    /// <summary>The rules of java.util.Properties for one logical line.</summary>
    private static (string Key, string Value) ReadProperty(string line)
    {
        var part = new StringBuilder();
        string? key = null;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\')
            {
                c = line[++i];
                if (c == 'u')
                {
                    part.Append((char)int.Parse(line.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                    i += 4;
                    continue;
                }

                part.Append(c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', _ => c });
            }
            else if (key is null && c is '=' or ':' or ' ')
            {
                if (key is not null)
                {
                    part.Append(c);
                    continue;
                }

                c.ShouldBe('=');
                key = part.ToString();
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        return (key!, part.ToString());
    }

    private static JsonValue Read(Parser parser)
    {
        if (parser.TryConsume<Scalar>(out var scalar))
            return scalar.Style == ScalarStyle.Plain ? Typed(scalar.Value) : new JsonString(scalar.Value);
        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<JsonValue>();
            while (!parser.TryConsume<SequenceEnd>(out _))
                items.Add(Read(parser));
            return new JsonArray([.. items]);
        }

        parser.Consume<MappingStart>();
        var members = new JsonObjectBuilder();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var name = parser.Consume<Scalar>();
            if (name.Style == ScalarStyle.Plain)
                Typed(name.Value).ShouldBeOfType<JsonString>();
            members.Add(name.Value, Read(parser));
        }

        return members.Build();
    }

    /// <summary>The core schema of YAML 1.2, as far as JSON's own spellings go.</summary>
    private static JsonValue Typed(string plain) =>
        JsonReader.Parse(plain).TryGet(out var value, out _) && value is not JsonString ? value : new JsonString(plain);

    private static JsonObject Make(Random random, int depth)
    {
        var members = new JsonObjectBuilder();
        foreach (var name in Enumerable.Range(0, random.Next(6)).Select(_ => Texts[random.Next(Texts.Length)]).Distinct())
            members.Add(name, MakeValue(random, depth - 1));
        return members.Build();
    }

    private static JsonValue MakeValue(Random random, int depth) => random.Next(depth > 0 ? 6 : 4) switch
    {
        0 => JsonReader.Parse(new[] { "0", "-0", "0.10", "1e400", "1E-7", "12345678901234567890", "-1.5" }[random.Next(7)]).Value,
        1 => JsonReader.Parse(new[] { "true", "false", "null" }[random.Next(3)]).Value,
        2 or 3 => new JsonString(Texts[random.Next(Texts.Length)] + (random.Next(3) == 0 ? Texts[random.Next(Texts.Length)] : "")),
        4 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => MakeValue(random, depth - 1))]),
        _ => Make(random, depth),
    };
}
