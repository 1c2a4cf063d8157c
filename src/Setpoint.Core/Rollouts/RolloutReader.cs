using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Flags.Experiments;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core.Rollouts;

/// <summary>Reads a rollout's document and reports every way in which its shape is wrong.</summary>
internal sealed class RolloutReader(Address address, JsonObject body, ViolationList violations)
{
    public const int ArmsMax = 16;
    public const int EnvironmentsMax = 256;

    private readonly PartReader _parts = new(address, violations, "arm");

    /// <summary>The rollout; meaningless if something was reported.</summary>
    public Rollout Read()
    {
        var shape = new ShapeReader(address, body, violations);
        var state = shape.RequiredString("state", Names.LengthMax);
        if (state is not (null or "running" or "stopped"))
            _parts.Refuse("/state", ViolationCode.ConstraintViolation, $"'state' is '{FlagKeys.Clip(state)}'; it must be running or stopped.");
        // First the arms: all else names them.
        var arms = ReadArms(shape.RequiredObject("arms"));
        var when = shape.OptionalValue("when");
        var split = new SplitReader(_parts).Read(shape.Required("split"), "/split");
        var experiment = _parts.ReadObject(shape.OptionalValue("experiment"), ExperimentReader.Path) is { } written ? ReadExperiment(written, split) : null;
        var rollout = new Rollout(address.Segments.ElementAtOrDefault(1) ?? "", address.Segments.ElementAtOrDefault(2) ?? "", ChoiceOf(arms, when, split, experiment))
        {
            Description = shape.OptionalString("description"),
            Owner = shape.OptionalString("owner"),
            Tags = shape.OptionalStrings("tags", Limits.TagsMax, Limits.TagLengthMax),
            IsRunning = state == "running",
            Environments = ReadEnvironments(ref shape),
            When = when,
            Split = split,
            Arms = arms,
        };
        shape.RefuseUnknown();
        return rollout;
    }

    private ImmutableArray<RolloutArm> ReadArms(JsonObject? members)
    {
        if (members is null)
            return [];
        if (members.Count is 0 or > ArmsMax)
            _parts.Refuse("/arms", ViolationCode.ConstraintViolation, $"{members.Count} arms; 1 to {ArmsMax} are allowed.");
        var arms = ImmutableArray.CreateBuilder<RolloutArm>(members.Count);
        for (var i = 0; i < members.Count; i++)
        {
            var name = members.NameAt(i);
            var path = "/arms" + JsonPointer.Of(name);
            if (!Names.IsValid(name))
                _parts.Refuse(path, ViolationCode.ConstraintViolation, Names.Explain("Arm", FlagKeys.Clip(name)));
            _parts.Add(name);
            if (_parts.ReadObject(members.ValueAt(i), path) is not { } arm)
                continue;
            var shape = _parts.Shape(arm, path);
            var description = shape.OptionalString("description");
            var config = shape.RequiredObject("config");
            shape.RefuseUnknown();
            if (config is not null)
                arms.Add(ReadArm(name, description, config, path + "/config"));
        }

        return arms.ToImmutable();
    }

    private RolloutArm ReadArm(string name, string? description, JsonObject config, string path)
    {
        ConfigKind.CheckContent(address, config, path, violations);
        var references = ReferenceSet.Of(config, (at, problem) =>
            _parts.Refuse(path + at, ViolationCode.MalformedDocument, $"'{path + at}' cannot be read. {problem}"));
        return new(name, description, config, references, JsonLeaves.Count(config), CanonicalJson.FingerprintOf(config));
    }

    private ImmutableArray<string> ReadEnvironments(ref ShapeReader shape)
    {
        var environments = shape.OptionalStrings("environments", EnvironmentsMax, Names.LengthMax);
        // An empty list would mean everywhere to the code and nowhere to who reads it.
        if (environments.IsEmpty && shape.OptionalArray("environments") is { Items.IsEmpty: true })
            _parts.Refuse("/environments", ViolationCode.ConstraintViolation, "'environments' is empty; leave it out for all of them, or set 'state' to stopped for none.");
        return environments;
    }

    private FlagExperiment ReadExperiment(JsonObject written, FlagSplit? split)
    {
        var experiment = new ExperimentReader(_parts, written).Read();
        if (split?.By is not (null or FlagLayout.TargetingKey))
        {
            // Who is counted must be who was drawn, or the intervals would be too narrow.
            _parts.Refuse("/split/by", ViolationCode.ConstraintViolation,
                $"The subjects of an experiment are targeting keys, and this one splits by '{FlagKeys.Clip(split.By)}'; send that as the targeting key and leave 'by' out.");
        }

        foreach (var (i, metric) in experiment.Metrics.Index())
        {
            if (metric.HasCovariate)
            {
                _parts.Refuse($"{ExperimentReader.Path}/metrics/{i}/covariate", ViolationCode.ConstraintViolation,
                    $"A covariate comes with an exposure, and the server notes those of a rollout itself, without one. Leave 'covariate' of '{FlagKeys.Clip(metric.Name)}' out.");
            }
        }

        return experiment.Weights.Count > 0 || split is null
            ? experiment
            : experiment with { Weights = split.Weights.Where(weight => weight.Weight > 0).ToFrozenDictionary(weight => weight.Variant, weight => (double)weight.Weight, StringComparer.Ordinal) };
    }

    private Flag ChoiceOf(ImmutableArray<RolloutArm> arms, JsonValue? when, FlagSplit? split, FlagExperiment? experiment)
    {
        // Without a targeting key there is no arm, also where all would get the same one: growing the percentage to 100 adds users, and not
        // everybody who has no name.
        var asked = split is null ? null : split with { AsksAlways = true };
        var settings = FlagSettings.Empty with
        {
            IsEnabled = true,
            SetsDefault = true,
            Decision = when is null ? new FlagDecision.Rules("", [], asked) : new FlagDecision.Rules("", [new(null, when, null, asked)], null),
        };
        var id = address.Segments.ElementAtOrDefault(2) ?? "";
        return new(address.Segments.ElementAtOrDefault(1) ?? "", id, body)
        {
            Variants = [.. arms.Select(arm => new FlagVariant(arm.Name, JsonBoolean.Of(true)))],
            Settings = settings,
            Segments = SegmentScan.Of(settings, []),
            Experiment = experiment,
        };
    }
}
