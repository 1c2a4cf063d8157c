using System.Globalization;
using System.Text.RegularExpressions;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Server.Sources;

/// <summary>From a file's bytes to the document they write. Pure.</summary>
internal static partial class FileContent
{
    public static Result<JsonObject> Parse(string path, ReadOnlySpan<byte> utf8) => TreeLayout.IsYaml(path)
        ? YamlReader.ParseObject(utf8, JsonLimits.Document)
        : JsonReader.ParseObject(utf8, JsonLimits.Document);

    /// <summary>A refusal as a problem of a file; both readers begin their messages with the place.</summary>
    public static SourceProblem ProblemOf(string path, Fault fault)
    {
        var place = PlacePattern().Match(fault.Message);
        return place.Success
            ? new(path, Number(place.Groups["line"]), Number(place.Groups["column"]), fault.Message[place.Length..])
            : new(path, null, null, fault.Message);
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Line (?<line>\d{1,9}), column (?<column>\d{1,9}): ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex PlacePattern();
}
