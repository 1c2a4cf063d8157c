using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;
using Setpoint.Core.Schemas.Keywords;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>The keywords for numbers.</summary>
internal static class NumberCompiler
{
    private static readonly (string Name, NumberBound Bound)[] Bounds =
    [
        ("minimum", NumberBound.Minimum),
        ("maximum", NumberBound.Maximum),
        ("exclusiveMinimum", NumberBound.ExclusiveMinimum),
        ("exclusiveMaximum", NumberBound.ExclusiveMaximum),
    ];

    public static IEnumerable<Keyword> Keywords(SubschemaReader reader)
    {
        var limits = Bounds.Select(bound => (bound.Bound, Limit: reader.Number(bound.Name))).Where(limit => limit.Limit is not null).ToList();
        if (limits.Count > 0)
            yield return new RangeKeyword(limits.Select(limit => (limit.Bound, limit.Limit!)));
        if (reader.Number("multipleOf") is not { } divisor)
            yield break;
        if (DecimalText.Of(divisor.Text).CompareWith(DecimalText.Of("0")) > 0)
            yield return new MultipleOfKeyword(divisor);
        else
            reader.Refuse(reader.PointerTo("multipleOf"), ViolationCode.ConstraintViolation, $"'{reader.PointerTo("multipleOf")}' is {Wording.Show(divisor)}; it must be greater than 0.");
    }
}
