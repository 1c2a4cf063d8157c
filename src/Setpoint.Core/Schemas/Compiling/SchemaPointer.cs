using System.Globalization;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>JSON Pointers as text, extended step by step.</summary>
internal static class SchemaPointer
{
    public static string Append(string pointer, string segment)
    {
        if (segment.AsSpan().IndexOfAny('~', '/') < 0)
            return $"{pointer}/{segment}";
        var text = new StringBuilder(pointer);
        JsonPointer.AppendSegment(text, segment);
        return text.ToString();
    }

    public static string Append(string pointer, int index) => $"{pointer}/{index.ToString(CultureInfo.InvariantCulture)}";
}
