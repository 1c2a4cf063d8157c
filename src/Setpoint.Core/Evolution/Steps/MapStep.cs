using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.References;

namespace Setpoint.Core.Evolution.Steps;

/// <summary>Exchanges values by a table, for example <c>"warn"</c> for <c>"warning"</c>. A removal stays as it is.</summary>
/// <remarks>Values are compared as they are written: in the table, 1 is not 1.0.</remarks>
/// <param name="path">Where.</param>
/// <param name="pairs">Each old value once, with the new one.</param>
/// <param name="refuseOthers">Refuse a value that the table does not name, instead of keeping it.</param>
internal sealed class MapStep(StepPlace path, ImmutableArray<(JsonValue Old, JsonValue New)> pairs, bool refuseOthers) : MigrationStep
{
    public const string OpName = "map";

    private readonly FrozenDictionary<JsonValue, (JsonValue New, long Size)> _table =
        pairs.ToFrozenDictionary(pair => pair.Old, pair => (pair.New, JsonMeasure.TextSize(pair.New)));

    private readonly JsonValue? _twice = pairs.GroupBy(pair => pair.New).FirstOrDefault(group => group.Skip(1).Any())?.Key;

    public override string Op => OpName;

    internal override MigrationStep? Inverse =>
        _twice is null ? new MapStep(path, [.. pairs.Select(pair => (pair.New, pair.Old))], refuseOthers) : null;

    internal override string? WhyNoInverse =>
        _twice is null ? null : $"its table is not one-to-one: several values become {StepValues.Show(_twice)}, and nobody knows which it was";

    internal override JsonObject Apply(JsonObject layer, MigrationRun run) => new StepWalk(path, run).EditValues(layer, value =>
    {
        if (JsonMerge.IsUnset(value))
            return value;
        if (ReferenceText.Refers(value))
        {
            run.Refuse("holds a reference, whose value comes from elsewhere. Map what it refers to, or write the value itself first.");
            return value;
        }

        if (_table.TryGetValue(value, out var found))
        {
            run.Added(found.Size);
            return found.New;
        }

        if (refuseOthers)
            run.Refuse($"is {run.Show(value)}, which is not in the table. Add it, or keep such values with \"else\": \"keep\".");
        return value;
    });
}
