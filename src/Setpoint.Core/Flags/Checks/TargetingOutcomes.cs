using System.Collections.Frozen;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Checks;

/// <summary>
/// Finds in a targeting expression what it is sure to come to for some contexts and what is no variant: flagd would answer an error to those.
/// What only evaluation can tell is left to it.
/// </summary>
internal sealed class TargetingOutcomes(Flag flag, Action<string, string> report)
{
    private static readonly FrozenSet<string> Tests = FrozenSet.Create(
        StringComparer.Ordinal,
        "==", "===", "!=", "!==", "<", "<=", ">", ">=", "!", "!!", "in", "all", "none", "some", SegmentNode.Operator);

    /// <param name="expression">Compiles.</param>
    public void Check(JsonValue expression, string path)
    {
        switch (expression)
        {
            case JsonString name:
                CheckName(name.Value, path);
                break;
            case JsonBoolean truth:
                CheckName(truth.Value ? "true" : "false", path);
                break;
            case JsonObject { Count: 1 } call:
                CheckCall(call.NameAt(0), (call.ValueAt(0) as JsonArray)?.Items ?? [call.ValueAt(0)], path + JsonPointer.Of(call.NameAt(0)));
                break;
            case JsonArray:
                report(path, "The targeting comes to an array here; it must come to the name of a variant, or null.");
                break;
        }
    }

    private void CheckCall(string name, System.Collections.Immutable.ImmutableArray<JsonValue> arguments, string path)
    {
        if (name == "if")
        {
            // Condition, value, condition, value, ..., and perhaps a last value.
            for (var i = 1; i < arguments.Length; i++)
            {
                if (i % 2 == 1 || i == arguments.Length - 1)
                    Check(arguments[i], $"{path}/{i}");
            }
        }
        else if (name == FractionalNode.Operator)
        {
            for (var i = 0; i < arguments.Length; i++)
            {
                if (arguments[i] is JsonArray { Items: [var value, ..] })
                    Check(value, $"{path}/{i}/0");
            }
        }
        else if (Tests.Contains(name) && flag.FindVariant("true") < 0 && flag.FindVariant("false") < 0)
        {
            report(path, $"'{name}' comes to true or false, and no variant has such a name; write {{\"if\": [{{\"{name}\": ...}}, \"{FlagKeys.Clip(flag.Variants[0].Name)}\", ...]}}.");
        }
    }

    private void CheckName(string name, string path)
    {
        if (flag.FindVariant(name) < 0)
            report(path, $"The targeting comes to '{FlagKeys.Clip(name)}' here, and there is no such variant; there are {FlagKeys.Clip(string.Join(", ", flag.Variants.Select(variant => variant.Name)))}.");
    }
}
