using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary>How a number must stand to a limit.</summary>
internal enum NumberBound
{
    Minimum,
    Maximum,
    ExclusiveMinimum,
    ExclusiveMaximum,
}

/// <summary><c>minimum</c>, <c>maximum</c>, <c>exclusiveMinimum</c>, <c>exclusiveMaximum</c>: exact, however long the numbers are.</summary>
internal sealed class RangeKeyword : Keyword
{
    private readonly (NumberBound Bound, ExactNumber Limit)[] _limits;

    public RangeKeyword(IEnumerable<(NumberBound Bound, JsonNumber Limit)> limits) =>
        _limits = [.. limits.Select(limit => (limit.Bound, ExactNumber.Of(limit.Limit.Text)))];

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var text = ((JsonNumber)instance).Text;
        run.Charge(text.Length >> 5);
        var number = ExactNumber.Of(text);
        foreach (ref readonly var limit in _limits.AsSpan())
        {
            if (!Holds(limit.Bound, number.CompareWith(limit.Limit)))
                return false;
        }

        return true;
    }

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        var number = ExactNumber.Of(((JsonNumber)instance).Text);
        foreach (var (bound, limit) in _limits)
        {
            if (Holds(bound, number.CompareWith(limit)))
                continue;
            var (name, rule) = Words(bound);
            explanation.Add(name, $"is {explanation.Show(instance)}; {rule} {Phrase.Clip(limit.Text)}.");
        }
    }

    private static bool Holds(NumberBound bound, int order) => bound switch
    {
        NumberBound.Minimum => order >= 0,
        NumberBound.Maximum => order <= 0,
        NumberBound.ExclusiveMinimum => order > 0,
        _ => order < 0,
    };

    private static (string Name, string Rule) Words(NumberBound bound) => bound switch
    {
        NumberBound.Minimum => ("minimum", "the minimum is"),
        NumberBound.Maximum => ("maximum", "the maximum is"),
        NumberBound.ExclusiveMinimum => ("exclusiveMinimum", "it must be greater than"),
        _ => ("exclusiveMaximum", "it must be less than"),
    };
}

/// <summary><c>multipleOf</c>: exact, so that 0.3 is a multiple of 0.1.</summary>
internal sealed class MultipleOfKeyword(JsonNumber divisor) : Keyword
{
    private readonly ExactNumber _divisor = ExactNumber.Of(divisor.Text);

    public override bool Check(JsonValue instance, ref Run run, int marks)
    {
        var text = ((JsonNumber)instance).Text;

        // Long division: each digit of one meets each of the other.
        run.Charge((int)Math.Min(Run.StepsMax, (long)text.Length * divisor.Text.Length >> 6));
        return run.StepsLeft < 0 ? run.GiveUp() : ExactNumber.Of(text).IsMultipleOf(_divisor);
    }

    public override void Explain(JsonValue instance, Explanation explanation) =>
        explanation.Add("multipleOf", $"is {explanation.Show(instance)}; it must be a multiple of {Phrase.Clip(divisor.Text)}.");
}
