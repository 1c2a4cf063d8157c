using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Checks;

/// <summary>
/// Looks at one flag in a candidate. Of a flag whose shape is wrong it looks at what stands for itself: its expressions, and what they name.
/// </summary>
internal sealed class FlagCheck(RuleContext commit, Flag flag, Address address, ViolationList violations)
{
    private readonly bool _isWhole = !commit.Refused.Contains(address);

    // What a segment is does not matter for whether an expression that names it is one.
    private static readonly ConstantNode AnySegment = new(LogicValue.Of(true));

    private readonly LogicOptions _targeting = FlagLogic.Targeting(
        flag.Key, slots: null, key => IsSegment(commit, flag.Namespace, key) ? AnySegment : null);

    public void Check()
    {
        var tree = commit.Candidate.Environments();
        CheckDecision(flag.Settings);
        CheckSteps(flag.Settings, "");
        foreach (var (name, settings) in flag.Environments.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            CheckEnvironment(tree, name, settings.Path);
            CheckDecision(settings);
            CheckSteps(flag.SettingsIn(tree.ChainOf(name)), settings.Path);
        }

        // A name that is missing was reported.
        if (flag.Experiment?.Environment is { Length: > 0 } place)
            CheckEnvironment(tree, place, ExperimentReader.Path + "/environment");
    }

    private static bool IsSegment(RuleContext commit, string ns, string key) =>
        commit.Candidate.Segments().Find(ns, key) is not null || commit.IsRefused(SegmentKind.KindName, ns, key) || commit.IsRefused(SegmentKind.KindName, Names.Global, key);

    private void CheckEnvironment(EnvironmentTree tree, string name, string path)
    {
        if (!tree.Contains(name) && !commit.IsRefused(EnvironmentKind.KindName, name))
            violations.Add(address, path, ViolationCode.UnknownReference, $"Environment '{FlagKeys.Clip(name)}' does not exist. GET /api/environments lists those that do.");
    }

    private void CheckDecision(FlagSettings settings)
    {
        switch (settings.Decision)
        {
            case FlagDecision.Targeting targeting:
                var at = targeting.Path + "/targeting";
                if (!CheckExpression(targeting.Expression, _targeting, at))
                    break;
                WarnOfConstants(targeting.Expression, at);
                if (!flag.Variants.IsEmpty)
                    new TargetingOutcomes(flag, (path, message) => Report(at + path, ViolationCode.UnknownReference, message)).Check(targeting.Expression, "");
                break;
            case FlagDecision.Rules rules:
                var conditions = FlagLogic.Condition(_targeting);
                for (var i = 0; i < rules.Clauses.Length; i++)
                    CheckExpression(rules.Clauses[i].When, conditions, $"{rules.Path}/rules/{i}/when");
                break;
        }
    }

    private bool CheckExpression(JsonValue expression, LogicOptions options, string path)
    {
        if (JsonLogic.Compile(expression, options).TryGet(out _, out var fault))
            return true;
        foreach (var violation in ((Fault.Invalid)fault).Violations)
            Report(path + violation.Path, violation.Code, violation.Message);
        return false;
    }

    /// <summary>In flagd a version or a relation that is none is null, and so it is here. Whoever wrote one wants to know.</summary>
    private void WarnOfConstants(JsonValue expression, string path)
    {
        if (JsonLogic.Compile(expression, FlagLogic.Condition(_targeting)).TryGet(out _, out var fault) || fault is not Fault.Invalid invalid)
            return;
        foreach (var violation in invalid.Violations)
            violations.Warn(new(path + violation.Path, violation.Code, $"{violation.Message} As in flagd it comes to null, and decides nothing.", address));
    }

    /// <summary>A flag that is held to flagd's rules alone is served as flagd would; the author hears of it all the same.</summary>
    private void Report(string path, string code, string message)
    {
        if (flag.IsLenient)
            violations.Warn(new(path, code, message, address));
        else
            violations.Add(address, path, code, message);
    }

    private void CheckSteps(FlagSettings effective, string path)
    {
        if (!_isWhole || effective.Schedule is not { Steps.IsEmpty: false } schedule)
            return;
        if (effective.Decision is FlagDecision.Targeting)
        {
            violations.Add(address, path + "/schedule", ViolationCode.ConstraintViolation,
                "The steps of a schedule change a split, and targeting has none; write rules and a split, or use {\"var\": \"$flagd.timestamp\"} in the targeting.");
            return;
        }

        var isSplit = (effective.Decision as FlagDecision.Rules)?.Split is not null;
        for (var i = 0; i < schedule.Steps.Length; i++)
        {
            isSplit |= schedule.Steps[i].Split is not null;
            if (isSplit)
                continue;
            violations.Add(address, $"{path}/schedule/steps/{i}", ViolationCode.ConstraintViolation,
                "A percentage is one of a split, and there is none until then; write 'split' with its weights beside the schedule, for example {\"weights\": {\"on\": 1}}.");
            return;
        }
    }
}
