namespace Setpoint.Core.Json;

/// <summary>A place in JSON text: line and column, both from 1. Lines end with a line feed; columns count Unicode characters.</summary>
internal readonly record struct JsonPlace(int Line, int Column)
{
    /// <summary>Counted only when something is refused, so that reading pays nothing for it.</summary>
    public static JsonPlace Of(ReadOnlySpan<byte> utf8, int offset)
    {
        var before = utf8[..Math.Min(offset, utf8.Length)];
        var line = 1 + before.Count((byte)'\n');
        var column = 1;
        foreach (var unit in before[(before.LastIndexOf((byte)'\n') + 1)..])
        {
            // 10xxxxxx continues a character that has been counted.
            if ((unit & 0xC0) != 0x80)
                column++;
        }

        return new(line, column);
    }

    public override string ToString() => $"Line {Line}, column {Column}";
}
