using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary>The schema <c>false</c>.</summary>
internal sealed class RefuseAllKeyword : Keyword
{
    public override bool Check(JsonValue instance, ref Run run, int marks) => false;

    public override void Explain(JsonValue instance, Explanation explanation) => explanation.AddFalse();
}

/// <summary><c>type</c>, registered for the kinds of value that it refuses: where it holds nothing runs.</summary>
internal sealed class TypeKeyword(string[] allowed) : Keyword
{
    public override bool Check(JsonValue instance, ref Run run, int marks) => false;

    public override void Explain(JsonValue instance, Explanation explanation) => explanation.Add("type", Sentence(allowed, instance, explanation));

    public static string Sentence(string[] allowed, JsonValue instance, Explanation explanation)
    {
        var found = instance.Kind is JsonKind.Null or JsonKind.Array or JsonKind.Object
            ? JsonKinds.Describe(instance.Kind)
            : $"{JsonKinds.Describe(instance.Kind)}{(explanation.IsSecretHere() ? "" : $" ({explanation.Show(instance)})")}";
        return $"is {found}; it must be {Wording.Or([.. allowed.Select(JsonTypes.Describe)])}.";
    }
}

/// <summary><c>type</c> with <c>integer</c> and without <c>number</c>, for numbers: <c>1.0</c> is an integer and <c>1.5</c> is none.</summary>
internal sealed class IntegerKeyword(string[] allowed) : Keyword
{
    public override bool Check(JsonValue instance, ref Run run, int marks) => ((JsonNumber)instance).IsInteger;

    public override void Explain(JsonValue instance, Explanation explanation) =>
        explanation.Add("type", TypeKeyword.Sentence(allowed, instance, explanation));
}

/// <summary><c>enum</c> and <c>const</c>: values are compared by meaning, numbers exactly.</summary>
internal sealed class OneOfValuesKeyword(string keyword, JsonValue[] values) : Keyword
{
    // A handful of texts is found sooner by comparing than by hashing.
    private const int ScannedMax = 8;

    private readonly HashSet<string>? _texts = values.Length > ScannedMax
        ? values.OfType<JsonString>().Select(text => text.Value).ToHashSet(StringComparer.Ordinal)
        : null;

    private readonly HashSet<JsonValue>? _others = values.Length > ScannedMax
        ? values.Where(value => value is not JsonString).ToHashSet(SameValueComparer.Instance)
        : null;

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        if (instance is JsonString text)
            return ContainsText(text.Value);
        if (_others is not null)
        {
            // The hash looks at the whole value.
            run.Charge(instance.Kind >= JsonKind.Array && _others.Count > 0 ? SameValueComparer.SizeOf(instance) : 1);
            return _others.Contains(instance);
        }

        foreach (var value in values)
        {
            if (value.Kind != instance.Kind)
                continue;
            if (value.Kind >= JsonKind.Array)
                run.Charge(SameValueComparer.SizeOf(value));
            if (JsonComparison.SameValue(value, instance))
                return true;
        }

        return false;
    }

    public override bool CheckName(string name, ref Run run) => ContainsText(name);

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var allowed = Wording.Or([.. values.Select(Wording.Show)]);
        var hint = instance is JsonString text && !explanation.IsSecretHere()
            && NearestName.Of(text.Value, values.OfType<JsonString>().Select(value => value.Value)) is { } closest
            && values.Length > 1
                ? $" Did you mean \"{closest}\"?"
                : "";
        explanation.Add(keyword, $"is {explanation.Show(instance)}; it must be {allowed}.{hint}");
    }

    private bool ContainsText(string text)
    {
        if (_texts is not null)
            return _texts.Contains(text);
        foreach (var value in values)
        {
            if (value is JsonString known && string.Equals(known.Value, text, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
