using System.Globalization;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Server.Configs.Formats;

/// <summary>
/// A configuration as environment variables: <c>A__B__0=v</c>, upper case, as .NET and many others bind them. A POSIX shell, a dotenv reader
/// and an env file of a container all read the lines alike. A leaf that cannot be written is named in a comment, without its value.
/// </summary>
internal static class EnvFormat
{
    public const string ContentType = "text/plain; charset=utf-8";

    public static byte[] Write(JsonObject config)
    {
        var output = new StringBuilder();
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        Write(config, "", JsonPointer.Root, output, written);
        return Encoding.UTF8.GetBytes(output.ToString());
    }

    private static void Write(JsonValue value, string variable, JsonPointer path, StringBuilder output, Dictionary<string, string> written)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                for (var i = 0; i < members.Count; i++)
                {
                    var name = members.NameAt(i);
                    Write(members.ValueAt(i), variable.Length == 0 ? First(name) : $"{variable}__{Part(name)}", path.Append(name), output, written);
                }

                break;
            case JsonArray { Items.IsEmpty: false } array:
                for (var i = 0; i < array.Items.Length; i++)
                {
                    var index = i.ToString(CultureInfo.InvariantCulture);
                    Write(array.Items[i], $"{variable}__{index}", path.Append(index), output, written);
                }

                break;
            default:
                // The empty configuration has no variable.
                if (variable.Length > 0)
                    WriteLeaf(FlatText.Of(value), variable, path.ToString(), output, written);
                break;
        }
    }

    private static void WriteLeaf(string text, string variable, string path, StringBuilder output, Dictionary<string, string> written)
    {
        // The first one stays: a reader takes the last line of two, so both would mean that the order of keys decides without a word.
        if (!written.TryAdd(variable, path))
        {
            output.Append(CultureInfo.InvariantCulture, $"# collision: {variable} holds {Shown(written[variable])}; {Shown(path)} has the same name and is left out\n");
        }
        else if (text.Contains('\0', StringComparison.Ordinal))
        {
            output.Append(CultureInfo.InvariantCulture, $"# {variable}: {Shown(path)} holds a NUL character, which no variable can hold, and is left out\n");
        }
        else
        {
            output.Append(variable).Append('=');
            Quote(text, output);
            output.Append('\n');
        }
    }

    /// <summary>A path in a comment: a line break in a property's name must not end the comment.</summary>
    private static string Shown(string path) => JsonWriter.ToText(new JsonString(path));

    /// <summary>The name of a variable does not begin with a digit and is not empty.</summary>
    private static string First(string name)
    {
        var part = Part(name);
        return part.Length == 0 || char.IsAsciiDigit(part[0]) ? "_" + part : part;
    }

    private static string Part(string name)
    {
        var part = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var c = rune.IsAscii ? char.ToUpperInvariant((char)rune.Value) : '_';
            part.Append(char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) ? c : '_');
        }

        return part.ToString();
    }

    private static void Quote(string text, StringBuilder output)
    {
        if (text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ':' or '@' or '%' or '+' or ',' or '='))
        {
            output.Append(text);
            return;
        }

        // Between single quotes every reader takes every character as it is, except the quote itself.
        if (!text.Contains('\'', StringComparison.Ordinal))
        {
            output.Append('\'').Append(text).Append('\'');
            return;
        }

        output.Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\' or '$' or '`')
                output.Append('\\');
            output.Append(c);
        }

        output.Append('"');
    }
}
