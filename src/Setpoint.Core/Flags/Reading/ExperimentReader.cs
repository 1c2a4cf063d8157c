using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Statistics;

namespace Setpoint.Core.Flags.Reading;

/// <summary>Reads <c>experiment</c> of a flag's or a rollout's document and reports every way in which its shape is wrong.</summary>
internal sealed class ExperimentReader(PartReader reader, JsonObject body)
{
    public const string Path = "/experiment";

    private const int MinimumPerArmMax = 10_000_000;
    private const long PlannedSampleMax = 1_000_000_000;

    /// <summary>The experiment; meaningless if something was reported.</summary>
    public FlagExperiment Read()
    {
        var shape = reader.Shape(body, Path);
        var environment = shape.RequiredString("environment", Names.LengthMax);
        var control = reader.Known(shape.RequiredString("control", FlagKeys.LengthMax), Path + "/control");
        var defaults = new ExperimentOptions();
        var experiment = new FlagExperiment(environment ?? "", control ?? "", ReadMetrics(shape.Required("metrics")))
        {
            Weights = ReadWeights(shape.OptionalValue("weights"), control),
            Iteration = (int)shape.OptionalInteger("iteration", 1, int.MaxValue, 1),
            Options = new()
            {
                Alpha = ReadAlpha(shape.OptionalValue("alpha"), defaults.Alpha),
                MinimumPerArm = (int)shape.OptionalInteger("minimumPerArm", 2, MinimumPerArmMax, defaults.MinimumPerArm),
                PlannedSample = shape.OptionalInteger("plannedSample", 1, PlannedSampleMax, defaults.PlannedSample),
                Correction = OneOf(shape.OptionalString("correction"), Path + "/correction", Correction.Holm,
                    ("holm", Correction.Holm), ("benjamini-hochberg", Correction.BenjaminiHochberg), ("none", Correction.None)),
            },
        };
        shape.RefuseUnknown();
        return experiment;
    }

    private ImmutableArray<FlagMetric> ReadMetrics(JsonValue? value)
    {
        var metrics = ImmutableArray.CreateBuilder<FlagMetric>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var items = reader.ReadItems(value, Path + "/metrics", FlagExperiment.MetricsMax);
        if (value is JsonArray { Items.IsEmpty: true })
            reader.Refuse(Path + "/metrics", ViolationCode.ConstraintViolation, $"An experiment has 1 to {FlagExperiment.MetricsMax} metrics, not 0.");
        foreach (var (i, item) in items.Index())
        {
            var path = $"{Path}/metrics/{i}";
            if (item is not JsonObject members)
            {
                reader.Refuse(path, ViolationCode.InvalidParameterType, "A metric is an object with 'name', 'kind' and 'better'.");
                continue;
            }

            var shape = reader.Shape(members, path);
            var name = shape.RequiredString("name", FlagKeys.LengthMax);
            if (name is not null && !Names.IsValid(name))
                reader.Refuse(path + "/name", ViolationCode.ConstraintViolation, Names.Explain("Metric", name));
            else if (name is not null && !names.Add(name))
                reader.Refuse(path + "/name", ViolationCode.ConstraintViolation, $"The metric '{name}' is there twice.");
            metrics.Add(new(
                name ?? "",
                OneOf(shape.OptionalString("kind"), path + "/kind", MetricKind.Conversion, ("conversion", MetricKind.Conversion), ("mean", MetricKind.Continuous)),
                OneOf(shape.OptionalString("better"), path + "/better", MetricDirection.Increase, ("increase", MetricDirection.Increase), ("decrease", MetricDirection.Decrease)),
                shape.OptionalBoolean("covariate", fallback: false)));
            shape.RefuseUnknown();
        }

        return metrics.ToImmutable();
    }

    private FrozenDictionary<string, double> ReadWeights(JsonValue? value, string? control)
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        if (reader.ReadObject(value, Path + "/weights") is not { } members)
            return FrozenDictionary<string, double>.Empty;
        for (var i = 0; i < members.Count; i++)
        {
            var path = Path + "/weights" + JsonPointer.Of(members.NameAt(i));
            if (members.ValueAt(i) is not JsonNumber number || !(number.ToDouble() is > 0 and <= int.MaxValue))
                reader.Refuse(path, ViolationCode.ConstraintViolation, $"A weight is a number above 0, at most {int.MaxValue}; leave variants out that take no part.");
            else if (reader.Known(members.NameAt(i), path) is { } variant)
                weights[variant] = number.ToDouble();
        }

        if (members.Count < 2)
            reader.Refuse(Path + "/weights", ViolationCode.ConstraintViolation, "An experiment has two arms or more; give each its weight.");
        else if (control is not null && members[control] is null)
            reader.Refuse(Path + "/weights", ViolationCode.MissingRequiredParameter, $"The control '{FlagKeys.Clip(control)}' has no weight.");
        return weights.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private double ReadAlpha(JsonValue? value, double fallback)
    {
        if (value is null)
            return fallback;
        if (value is JsonNumber number && number.ToDouble() is > 0 and < 1 and var alpha)
            return alpha;
        reader.Refuse(Path + "/alpha", ViolationCode.ConstraintViolation, $"'alpha' is {value}; it must be a number between 0 and 1, such as 0.05.");
        return fallback;
    }

    private T OneOf<T>(string? text, string path, T fallback, params ReadOnlySpan<(string Word, T Value)> words)
    {
        if (text is null)
            return fallback;
        var known = new List<string>();
        foreach (var (word, value) in words)
        {
            if (text == word)
                return value;
            known.Add(word);
        }

        reader.Refuse(path, ViolationCode.ConstraintViolation, $"This is '{FlagKeys.Clip(text)}'; it must be one of {string.Join(", ", known)}.");
        return fallback;
    }
}
