using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Flags.Reading;

/// <summary>Reads what a flag says for all environments, or for one.</summary>
internal sealed class SettingsReader(PartReader flag, JsonObject members, string path)
{
    public const int RulesMax = 1_000;
    public const int StepsMax = 100;
    private const int NameLengthMax = 256;

    private readonly SplitReader _splits = new(flag);

    public FlagSettings Read(ref ShapeReader shape)
    {
        var state = shape.OptionalString("state");
        if (state is not (null or "enabled" or "disabled"))
            flag.Refuse(path + "/state", ViolationCode.ConstraintViolation, $"'state' is '{FlagKeys.Clip(state)}'; it must be enabled or disabled.");
        return new()
        {
            Path = path,
            IsEnabled = state is null ? null : state == "enabled",
            SetsDefault = members.Contains("defaultVariant"),
            DefaultVariant = flag.Known(shape.OptionalString("defaultVariant"), path + "/defaultVariant"),
            Decision = ReadDecision(shape.OptionalValue("targeting"), shape.OptionalValue("rules"), shape.OptionalValue("split")),
            Schedule = ReadSchedule(shape.OptionalValue("schedule")),
        };
    }

    private FlagDecision? ReadDecision(JsonValue? targeting, JsonValue? rules, JsonValue? split)
    {
        if (targeting is not null && (rules ?? split) is not null)
        {
            flag.Refuse(path + "/targeting", ViolationCode.ConstraintViolation,
                $"'targeting' stands beside '{(rules is null ? "split" : "rules")}'; targeting is a whole expression, which decides alone.");
        }

        // flagd takes an empty object for no targeting at all.
        if (targeting is JsonObject { Count: 0 })
            return new FlagDecision.Rules(path, [], null);
        if (targeting is not null)
            return new FlagDecision.Targeting(path, targeting);
        return rules is null && split is null ? null : new FlagDecision.Rules(path, ReadRules(rules), _splits.Read(split, path + "/split"));
    }

    private ImmutableArray<FlagClause> ReadRules(JsonValue? value)
    {
        var clauses = ImmutableArray.CreateBuilder<FlagClause>();
        foreach (var (i, item) in flag.ReadItems(value, path + "/rules", RulesMax).Index())
        {
            var at = $"{path}/rules/{i}";
            if (item is not JsonObject rule)
            {
                flag.Refuse(at, ViolationCode.InvalidParameterType, $"A rule is an object with 'when' and 'serve', not {JsonKinds.Describe(item.Kind)}.");
                continue;
            }

            var shape = flag.Shape(rule, at);
            var name = shape.OptionalString("name");
            if (name?.Length is 0 or > NameLengthMax)
                flag.Refuse(at + "/name", ViolationCode.ConstraintViolation, $"'name' has {name.Length} characters; 1 to {NameLengthMax} are allowed.");
            var when = shape.Required("when");
            var serve = shape.Required("serve");
            shape.RefuseUnknown();
            if (when is not null && serve is not null)
                clauses.Add(ReadServe(name, when, serve, at + "/serve"));
        }

        return clauses.ToImmutable();
    }

    private FlagClause ReadServe(string? name, JsonValue when, JsonValue serve, string at)
    {
        switch (serve)
        {
            case JsonString variant:
                return new(name, when, flag.Known(variant.Value, at), null);
            case JsonObject members:
                var shape = flag.Shape(members, at);
                var split = shape.Required("split");
                shape.RefuseUnknown();
                return new(name, when, null, _splits.Read(split, at + "/split"));
            default:
                flag.Refuse(at, ViolationCode.InvalidParameterType, $"'serve' is the name of a variant or {{\"split\": ...}}, not {JsonKinds.Describe(serve.Kind)}.");
                return new(name, when, null, null);
        }
    }

    private FlagSchedule? ReadSchedule(JsonValue? value)
    {
        var at = path + "/schedule";
        if (flag.ReadObject(value, at) is not { } members)
            return null;
        var shape = flag.Shape(members, at);
        var start = flag.ReadDate(shape.OptionalString("start"), at + "/start");
        var end = flag.ReadDate(shape.OptionalString("end"), at + "/end");
        if (start >= end)
            flag.Refuse(at + "/end", ViolationCode.ConstraintViolation, "'end' is not after 'start'; the flag would never be on.");
        var steps = ImmutableArray.CreateBuilder<FlagStep>();
        foreach (var (i, item) in flag.ReadItems(shape.OptionalValue("steps"), at + "/steps", StepsMax).Index())
        {
            if (ReadStep(item, $"{at}/steps/{i}") is not { } step)
                continue;
            if (steps.Count > 0 && steps[^1].At >= step.At)
                flag.Refuse($"{at}/steps/{i}/at", ViolationCode.ConstraintViolation, "Steps stand in order of time, and this one is not after the one before it.");
            steps.Add(step);
        }

        shape.RefuseUnknown();
        return new(start, end, steps.ToImmutable());
    }

    private FlagStep? ReadStep(JsonValue item, string at)
    {
        if (flag.ReadObject(item, at) is not { } members)
            return null;
        var shape = flag.Shape(members, at);
        var when = shape.RequiredString("at", NameLengthMax);
        // Null says nothing here, as it does everywhere in a flag but for its default.
        var (share, other) = (shape.OptionalValue("percentage"), shape.OptionalValue("split"));
        var percentage = _splits.ReadPercentage(share, at + "/percentage");
        var split = _splits.Read(other, at + "/split");
        if (share is null == other is null)
            flag.Refuse(at, ViolationCode.ConstraintViolation, "A step has either 'percentage' or 'split'.");
        shape.RefuseUnknown();
        return flag.ReadDate(when, at + "/at") is { } date ? new(date, percentage, split) : null;
    }
}
