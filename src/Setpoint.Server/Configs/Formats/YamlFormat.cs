using System.Collections.Frozen;
using System.Text;
using Setpoint.Core.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Setpoint.Server.Configs.Formats;

/// <summary>
/// A configuration as YAML that every reader takes for the same values: numbers keep their digits, and a string that a reader of YAML 1.1
/// or 1.2 could take for something else is quoted.
/// </summary>
internal static class YamlFormat
{
    public const string ContentType = "application/yaml; charset=utf-8";

    // A folded line is the same value to a parser and another one to grep, so lines are not folded. A key of more than 1024 characters
    // needs the long form; that is the specification's limit, not ours.
    private static readonly EmitterSettings Settings = new(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024);

    private static readonly FrozenSet<string> ReservedWords = new[]
    {
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static byte[] Write(JsonObject config)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, Settings);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, config);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Emit(Emitter emitter, JsonValue value)
    {
        switch (value)
        {
            case JsonObject members:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, members.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                for (var i = 0; i < members.Count; i++)
                {
                    EmitText(emitter, members.NameAt(i));
                    Emit(emitter, members.ValueAt(i));
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, array.Items.IsEmpty ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in array.Items)
                    Emit(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonString text:
                EmitText(emitter, text.Value);
                break;
            case JsonNumber number:
                EmitPlain(emitter, number.Text);
                break;
            case JsonBoolean boolean:
                EmitPlain(emitter, boolean.Value ? "true" : "false");
                break;
            case JsonNull:
                EmitPlain(emitter, "null");
                break;
            default:
                throw new InvalidOperationException($"Unknown JSON kind {value.Kind}.");
        }
    }

    private static void EmitPlain(Emitter emitter, string text) =>
        emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));

    private static void EmitText(Emitter emitter, string text)
    {
        if (IsPlain(text))
            EmitPlain(emitter, text);
        else
            emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, ScalarStyle.DoubleQuoted, isPlainImplicit: false, isQuotedImplicit: true));
    }

    /// <summary>
    /// Whether nobody can take the bare text for anything but this string. Far stricter than YAML: what starts like a number, a time or an
    /// indicator is quoted without asking whether some version reads it as one.
    /// </summary>
    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || !(char.IsLetter(text[0]) || text[0] is '_' or '/') || text[^1] is ' ' or ':' || ReservedWords.Contains(text))
            return false;
        for (var i = 1; i < text.Length; i++)
        {
            var c = text[i];
            // ": " would begin a value; within a word, as in a URL, a colon means nothing.
            var allowed = char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '@' or '+' or ' ' || (c == ':' && text[i + 1] != ' ');
            if (!allowed)
                return false;
        }

        return true;
    }
}
