using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Formats;
using Setpoint.Core.Schemas.Patterns;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary>A keyword that judges text, be it a value or the name of a property.</summary>
internal abstract class TextKeyword : Keyword
{
    public sealed override bool Check(JsonValue instance, ref Run run, int marks) => CheckName(((JsonString)instance).Value, ref run);

    public abstract override bool CheckName(string name, ref Run run);
}

/// <summary><c>minLength</c> and <c>maxLength</c>, in Unicode characters.</summary>
internal sealed class LengthKeyword(int? least, int? most) : TextKeyword
{
    private readonly int _least = least ?? 0;
    private readonly int _most = most ?? int.MaxValue;

    public override bool CheckName(string name, ref Run run)
    {
        // A character is one or two UTF-16 units: mostly their number alone decides.
        if (name.Length < _least || (name.Length + 1) / 2 > _most)
            return false;
        if (name.Length <= _most && (name.Length + 1) / 2 >= _least)
            return true;
        run.Charge(name.Length >> 6);
        var length = LengthOf(name);
        return length >= _least && length <= _most;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var length = LengthOf(((JsonString)instance).Value);
        if (length < _least)
            explanation.Add("minLength", $"has {Wording.Count(length, "character")}; the minimum is {Wording.Number(_least)}.");
        if (length > _most)
            explanation.Add("maxLength", $"has {Wording.Count(length, "character")}; the maximum is {Wording.Number(_most)}.");
    }

    private static int LengthOf(string text)
    {
        // A pair is one character; strings read from JSON have no lone halves.
        var pairs = 0;
        foreach (var unit in text)
            pairs += char.IsHighSurrogate(unit) ? 1 : 0;
        return text.Length - pairs;
    }
}

/// <summary><c>pattern</c></summary>
internal sealed class PatternKeyword(EcmaPattern pattern) : TextKeyword
{
    public override bool CheckName(string name, ref Run run) => pattern.IsMatch(name, ref run);

    public override void Explain(JsonValue instance, Explanation explanation) =>
        explanation.Add("pattern", $"is {explanation.Show(instance)}, which does not match the pattern '{Phrase.Clip(pattern.Source)}'.");
}

/// <summary><c>format</c>, where it is asserted.</summary>
internal sealed class FormatKeyword(StringFormat format) : TextKeyword
{
    public override bool CheckName(string name, ref Run run)
    {
        run.Charge(name.Length >> 5);
        return format.IsMatch(name);
    }

    public override void Explain(JsonValue instance, Explanation explanation) =>
        explanation.Add("format", $"is {explanation.Show(instance)}, which is no {format.Name} ({format.Example}).");
}
