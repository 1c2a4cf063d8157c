using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Templates;

/// <summary>A blank of a template.</summary>
/// <param name="Type">One of <see cref="JsonTypes"/> that has no parts: string, number, integer or boolean.</param>
/// <param name="Default">What stands in where nothing is given; null makes the parameter required.</param>
/// <param name="Allowed">The only values there may be; empty for any.</param>
/// <param name="Pattern">Found somewhere in every value; only of strings.</param>
public sealed record TemplateParameter(
    string Name, string Type, JsonValue? Default, string? Description, ImmutableArray<JsonValue> Allowed, Regex? Pattern)
{
    /// <summary>What speaks against a value; null if nothing does. The value itself is not told: it may be a secret in the wrong place.</summary>
    internal (string Code, string Message)? Problem(JsonValue value)
    {
        if (!JsonTypes.Holds(Type, value))
            return (ViolationCode.InvalidParameterType, $"Parameter '{Name}' must be {JsonTypes.Describe(Type)}, not {JsonTypes.Describe(JsonTypes.Of(value))}.");
        if (!Allowed.IsEmpty && !Allowed.Any(allowed => JsonComparison.SameValue(allowed, value)))
            return (ViolationCode.ConstraintViolation, $"Parameter '{Name}' must be one of {string.Join(", ", Allowed)}.");
        if (Pattern is not null && !Matches(Pattern, ((JsonString)value).Value))
            return (ViolationCode.ConstraintViolation, $"Parameter '{Name}' must match the pattern {Pattern}.");
        return null;
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            // The automaton is linear in the text, but a pattern can make it large. What cannot be shown to match does not.
            return false;
        }
    }
}
