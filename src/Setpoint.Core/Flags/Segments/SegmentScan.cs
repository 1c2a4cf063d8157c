using System.Collections.Immutable;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Segments;

/// <summary>Finds the segments that expressions name, without compiling them.</summary>
internal static class SegmentScan
{
    /// <summary>Keys in ordinal order, each once.</summary>
    public static ImmutableArray<string> Of(FlagSettings settings, IEnumerable<FlagSettings> environments)
    {
        SortedSet<string>? found = null;
        Scan(settings, ref found);
        foreach (var environment in environments)
            Scan(environment, ref found);
        return found is null ? [] : [.. found];
    }

    private static void Scan(FlagSettings settings, ref SortedSet<string>? found)
    {
        switch (settings.Decision)
        {
            case FlagDecision.Targeting targeting:
                Scan(targeting.Expression, ref found);
                break;
            case FlagDecision.Rules rules:
                foreach (var clause in rules.Clauses)
                    Scan(clause.When, ref found);
                break;
        }
    }

    private static void Scan(JsonValue value, ref SortedSet<string>? found)
    {
        switch (value)
        {
            case JsonArray array:
                foreach (var item in array.Items)
                    Scan(item, ref found);
                break;
            case JsonObject { Count: 1 } call when call.NameAt(0) == SegmentNode.Operator:
                if ((call.ValueAt(0) as JsonString ?? (call.ValueAt(0) as JsonArray)?.Items.FirstOrDefault() as JsonString) is { } key)
                    (found ??= new(StringComparer.Ordinal)).Add(key.Value);
                break;
            case JsonObject members:
                for (var i = 0; i < members.Count; i++)
                    Scan(members.ValueAt(i), ref found);
                break;
        }
    }
}
