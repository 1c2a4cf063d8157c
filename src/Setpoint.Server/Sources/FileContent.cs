using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Server.Sources;

/// <summary>From a file's bytes to the document they write. Pure.</summary>
internal static class FileContent
{
    public static Result<JsonObject> Parse(string path, ReadOnlySpan<byte> utf8) => TreeLayout.IsYaml(path)
        ? YamlReader.ParseObject(utf8, JsonLimits.Document)
        : JsonReader.ParseObject(utf8, JsonLimits.Document);

    /// <summary>A refusal as a problem of a file; both readers begin their messages with the place.</summary>
    public static SourceProblem ProblemOf(string path, Fault fault)
    {
        var message = fault.Message.AsSpan();
        return TakeNumber("Line ", ref message) is { } line && TakeNumber(", column ", ref message) is { } column && message.StartsWith(": ")
            ? new(path, line, column, message[2..].ToString())
            : new(path, null, null, fault.Message);
    }

    private static int? TakeNumber(string before, ref ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(before, StringComparison.Ordinal))
            return null;
        text = text[before.Length..];
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
