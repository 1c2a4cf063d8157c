using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>Values as JavaScript's String() writes them.</summary>
internal static class LogicText
{
    private const string OfObject = "[object Object]";

    public static string Of(LogicValue value, ref LogicFrame frame)
    {
        switch (value.Kind)
        {
            case LogicKind.Null:
                return "null";
            case LogicKind.Boolean:
                return value.Boolean ? "true" : "false";
            case LogicKind.String:
                return value.Text;
            case LogicKind.Number:
                return OfNumber(value.Number, stackalloc char[EcmaNumber.LengthMax]).ToString();
            case LogicKind.Array:
                var text = new DefaultInterpolatedStringHandler(0, 0);
                Append(ref text, value, ref frame);
                return text.ToStringAndClear();
            default:
                return OfObject;
        }
    }

    /// <summary>Appends the value as Array.join does: nothing for null, arrays with commas.</summary>
    public static void Append(ref DefaultInterpolatedStringHandler text, LogicValue value, ref LogicFrame frame)
    {
        switch (value.Kind)
        {
            case LogicKind.Null:
                break;
            case LogicKind.Boolean:
                text.AppendLiteral(value.Boolean ? "true" : "false");
                break;
            case LogicKind.String:
                if (frame.SpendOnText(value.Text.Length))
                    text.AppendLiteral(value.Text);
                break;
            case LogicKind.Number:
                text.AppendFormatted(OfNumber(value.Number, stackalloc char[EcmaNumber.LengthMax]));
                break;
            case LogicKind.Array:
                LogicItems.TryOf(value, out var items);
                for (var i = 0; i < items.Count && frame.Spend(1); i++)
                {
                    if (i > 0)
                        text.AppendLiteral(",");
                    Append(ref text, items[i], ref frame);
                }

                break;
            default:
                text.AppendLiteral(OfObject);
                break;
        }
    }

    /// <summary>The text with U+FFFD for every half of a surrogate pair, which <c>substr</c> may have cut and JSON cannot hold.</summary>
    public static string WithoutHalves(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
            return text;
        var whole = new StringBuilder(text.Length);
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            var status = Rune.DecodeFromUtf16(rest, out var rune, out var length);
            whole.Append(status == OperationStatus.Done ? rune.ToString() : "\ufffd");
            rest = rest[length..];
        }

        return whole.ToString();
    }

    private static ReadOnlySpan<char> OfNumber(double value, Span<char> room)
    {
        if (double.IsFinite(value))
            return EcmaNumber.Format(value, room);
        return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    }
}
