using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Templates;

/// <summary>Reads the parameters that a template declares: <c>{name: {type, default?, description?, enum?, pattern?}}</c>.</summary>
internal static class ParameterReader
{
    private const int PatternLengthMax = 256;
    private const int AllowedMax = 256;

    // Far above what a linear match of a parameter takes, far below what anybody would wait for.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(100);

    public static ImmutableArray<TemplateParameter> Read(Address address, JsonObject parameters, ViolationList violations)
    {
        if (parameters.Count > TemplateKind.ParametersMax)
            violations.Add(address, "/parameters", ViolationCode.ConstraintViolation, $"'parameters' has {parameters.Count} entries; the limit is {TemplateKind.ParametersMax}.");
        var read = ImmutableArray.CreateBuilder<TemplateParameter>(parameters.Count);
        for (var i = 0; i < parameters.Count; i++)
        {
            var name = parameters.NameAt(i);
            var path = JsonPointer.Of("parameters", name).ToString();
            if (!Names.IsValid(name))
                violations.Add(address, path, ViolationCode.ConstraintViolation, Names.Explain("Parameter", name));
            if (parameters.ValueAt(i) is not JsonObject body)
                violations.Add(address, path, ViolationCode.InvalidParameterType, $"Parameter '{name}' must be an object such as {{\"type\": \"string\"}}, not {JsonKinds.Describe(parameters.ValueAt(i).Kind)}.");
            else if (ReadOne(address, name, body, path, violations) is { } parameter)
                read.Add(parameter);
        }

        return read.ToImmutable();
    }

    private static TemplateParameter? ReadOne(Address address, string name, JsonObject body, string path, ViolationList violations)
    {
        var before = violations.Count;
        var shape = new ShapeReader(address, body, violations, path);
        var type = shape.OptionalString("type");
        var fallback = shape.OptionalValue("default");
        var description = shape.OptionalString("description");
        var allowed = shape.OptionalArray("enum");
        var pattern = shape.OptionalString("pattern");
        shape.RefuseUnknown();
        if (type is not (JsonTypes.String or JsonTypes.Number or JsonTypes.Integer or JsonTypes.Boolean))
        {
            if (body["type"] is null or JsonNull or JsonString)
                violations.Add(address, path + "/type", ViolationCode.ConstraintViolation, $"Parameter '{name}' has the type '{type}'; it must be string, number, integer or boolean.");
            return null;
        }

        Regex? compiled = null;
        if (pattern is not null && type != JsonTypes.String)
            violations.Add(address, path + "/pattern", ViolationCode.ConstraintViolation, $"Parameter '{name}' is {JsonTypes.Describe(type)}; only a string has a pattern.");
        else if (pattern is not null && !TryCompile(pattern, out compiled, out var problem))
            violations.Add(address, path + "/pattern", ViolationCode.ConstraintViolation, $"The pattern of parameter '{name}' {problem}");

        // Of the declared values the type alone is asked; then the default is asked everything that a given value is.
        var values = allowed?.Items ?? [];
        if (allowed is not null && values.Length is 0 or > AllowedMax)
            violations.Add(address, path + "/enum", ViolationCode.ConstraintViolation, $"'enum' of parameter '{name}' has {values.Length} entries; 1 to {AllowedMax} are allowed.");
        for (var i = 0; i < values.Length; i++)
        {
            if (!JsonTypes.Holds(type, values[i]))
            {
                violations.Add(address, $"{path}/enum/{i}", ViolationCode.InvalidParameterType,
                    $"Entry {i} of 'enum' must be {JsonTypes.Describe(type)} as the parameter is, not {JsonTypes.Describe(JsonTypes.Of(values[i]))}.");
            }
        }

        var parameter = new TemplateParameter(name, type, fallback, description, values, compiled);
        if (fallback is not null && parameter.Problem(fallback) is { } wrong)
            violations.Add(address, path + "/default", wrong.Code, $"The default breaks the rule of its own parameter. {wrong.Message}");
        return violations.Count > before ? null : parameter;
    }

    private static bool TryCompile(string pattern, [NotNullWhen(true)] out Regex? compiled, [NotNullWhen(false)] out string? problem)
    {
        compiled = null;
        problem = null;
        if (pattern.Length > PatternLengthMax)
        {
            problem = $"has {pattern.Length} characters; the limit is {PatternLengthMax}.";
            return false;
        }

        try
        {
            compiled = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchTimeout);
            return true;
        }
        catch (ArgumentException broken)
        {
            problem = $"is no regular expression: {broken.Message}";
        }
        catch (NotSupportedException)
        {
            problem = "looks ahead, looks behind or refers back; only what is matched in linear time is allowed.";
        }

        return false;
    }
}
