using System.Globalization;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Server.Configs.Formats;

/// <summary>
/// A configuration as Java properties: <c>a.b[0]=v</c>. A name that holds a dot or a bracket stands in brackets, <c>logging.[com.acme]=info</c>,
/// as Spring binds it. Properties know texts only: null, <c>{}</c> and <c>[]</c> are empty.
/// </summary>
/// <remarks>
/// Whatever is not ASCII is written as <c>\uXXXX</c>: half of all readers (<c>Properties.load(InputStream)</c>, Spring) take the bytes for
/// Latin-1, and the other half for UTF-8.
/// </remarks>
internal static class PropertiesFormat
{
    public const string ContentType = "text/plain; charset=utf-8";

    public static byte[] Write(JsonObject config)
    {
        var output = new StringBuilder();
        Write(config, "", output);
        return Encoding.UTF8.GetBytes(output.ToString());
    }

    private static void Write(JsonValue value, string key, StringBuilder output)
    {
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                for (var i = 0; i < members.Count; i++)
                {
                    var name = members.NameAt(i);
                    var part = IsBare(name) ? name : $"[{name}]";
                    Write(members.ValueAt(i), key.Length == 0 ? part : $"{key}.{part}", output);
                }

                break;
            case JsonArray { Items.IsEmpty: false } array:
                for (var i = 0; i < array.Items.Length; i++)
                    Write(array.Items[i], string.Create(CultureInfo.InvariantCulture, $"{key}[{i}]"), output);
                break;
            default:
                // The empty configuration has no key and no line.
                if (key.Length == 0)
                    break;
                Escape(key, inKey: true, output);
                output.Append('=');
                Escape(FlatText.Of(value), inKey: false, output);
                output.Append('\n');
                break;
        }
    }

    private static bool IsBare(string name) => name.Length > 0 && name.AsSpan().IndexOfAny('.', '[', ']') < 0;

    private static void Escape(string text, bool inKey, StringBuilder output)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '\\': output.Append(@"\\"); break;
                case '\n': output.Append(@"\n"); break;
                case '\r': output.Append(@"\r"); break;
                case '\t': output.Append(@"\t"); break;
                case '\f': output.Append(@"\f"); break;
                case ' ' when inKey || i == 0: output.Append(@"\ "); break;
                case '=' or ':' or '#' or '!' when inKey: output.Append('\\').Append(c); break;
                case < ' ' or > '~': output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"); break;
                default: output.Append(c); break;
            }
        }
    }
}
