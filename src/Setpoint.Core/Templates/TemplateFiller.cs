using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Core.Templates;

/// <summary>Puts values in the place of placeholders. What has none is shared with the template. For one document; not thread-safe.</summary>
internal sealed class TemplateFiller(IReadOnlyDictionary<string, JsonValue> values)
{
    // A template of a megabyte of placeholders with a parameter of a megabyte would be a terabyte of text; no document takes more than this.
    private long _left = JsonLimits.Document.SizeMax;

    /// <summary>The text did not fit into a document; what was filled is incomplete.</summary>
    public bool IsExhausted => _left < 0;

    public JsonValue Fill(JsonValue value) => value switch
    {
        JsonString text => FillText(text),
        JsonArray array => FillArray(array),
        JsonObject members => FillObject(members),
        _ => value,
    };

    private JsonValue FillText(JsonString whole)
    {
        var text = whole.Value;
        if (!Placeholder.TryFind(text, 0, out var found))
            return whole;
        if (found.Fills(text))
            return Take(values[found.Name!]);

        var filled = new StringBuilder(text.Length);
        var copied = 0;
        do
        {
            filled.Append(text, copied, found.Start - copied).Append(Take(TextOf(values[found.Name!])));
            copied = found.End;
        }
        while (!IsExhausted && Placeholder.TryFind(text, copied, out found));
        return new JsonString(filled.Append(text, copied, text.Length - copied).ToString());
    }

    private JsonArray FillArray(JsonArray array)
    {
        JsonValue[]? filled = null;
        for (var i = 0; i < array.Items.Length && !IsExhausted; i++)
        {
            var item = Fill(array.Items[i]);
            if (!ReferenceEquals(item, array.Items[i]))
                (filled ??= [.. array.Items])[i] = item;
        }

        return filled is null ? array : new([.. filled]);
    }

    private JsonObject FillObject(JsonObject members)
    {
        JsonValue[]? filled = null;
        for (var i = 0; i < members.Count && !IsExhausted; i++)
        {
            var member = Fill(members.ValueAt(i));
            if (!ReferenceEquals(member, members.ValueAt(i)))
                (filled ??= members.Values.ToArray())[i] = member;
        }

        return filled is null ? members : JsonObject.Rebuild(members, filled, removed: 0, added: null);
    }

    private JsonValue Take(JsonValue value)
    {
        _left -= (value as JsonString)?.Value.Length ?? 0;
        return value;
    }

    private string Take(string text)
    {
        _left -= text.Length;
        // Once it is known not to fit, nothing more is built.
        return IsExhausted ? "" : text;
    }

    /// <summary>As it stands inside a text: numbers keep their digits.</summary>
    private static string TextOf(JsonValue value) => value is JsonString text ? text.Value : value.ToString();
}
