using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Flags.Evaluation;

namespace Setpoint.Core.Flags.Experiments;

/// <summary>Who gets which arm of an experiment at a moment, as far as the flag's document tells. Immutable.</summary>
/// <remarks>
/// Two are the same if every subject that is assigned by both is assigned alike, and in the same proportion. So a percentage may grow or
/// shrink where those outside of it are in no arm; and weights may be written in another unit.
/// </remarks>
internal sealed class ExperimentAssignment
{
    /// <summary>Shares this near each other are the same: a million subjects, which are the most, would not show the difference.</summary>
    private const double Tolerance = 0.0005;

    private readonly Flag _flag;
    private readonly FlagDecision? _decision;
    private readonly ImmutableArray<ExperimentShare> _arms;
    private readonly FlagSplit? _split;
    private readonly string? _default;

    private ExperimentAssignment(Flag flag, FlagSettings settings, FlagSplit? split, ImmutableArray<ExperimentShare> arms)
    {
        _flag = flag;
        _decision = settings.Decision;
        _default = settings.DefaultVariant;
        _split = split;
        _arms = arms;
    }

    /// <param name="settings">What holds in the environment of the experiment.</param>
    /// <param name="split">Served where no rule matches; null if there is none.</param>
    /// <param name="arms">What the experiment is judged by: see <see cref="ExperimentShares.Of"/>.</param>
    public static ExperimentAssignment Of(Flag flag, FlagSettings settings, FlagSplit? split, ImmutableArray<ExperimentShare> arms) => new(flag, settings, split, arms);

    /// <summary>The split that is served where no rule matches, and from when on: first without a moment, then each step's.</summary>
    public static IEnumerable<(FlagStep? Step, FlagSplit Split)> Phases(FlagSettings settings)
    {
        var first = (settings.Decision as FlagDecision.Rules)?.Split;
        if (first is not null)
            yield return (null, first);
        foreach (var step in settings.Schedule?.Steps ?? [])
        {
            if ((step.Split ?? first) is { } split)
                yield return (step, step.Percentage is { } percentage ? split with { Percentage = percentage } : split);
        }
    }

    /// <summary>What the split comes to among the arms, when that is not the shares that they should have; null if it is.</summary>
    public string? Disproportion()
    {
        if (_split is null)
            return null;
        var served = ExperimentShares.Served(_split, _default);
        ImmutableArray<ExperimentShare> among = [.. _arms.Select(arm => new ExperimentShare(arm.Variant, served.GetValueOrDefault(arm.Variant)))];
        // Where nobody is in any arm, no proportion is wrong.
        return among.Sum(arm => arm.Share) == 0 || AreSame(among, _arms) ? null : $"{Describe(among)} instead of {Describe(_arms)}";
    }

    /// <summary>What subjects would notice between this and that, in words; empty if nothing.</summary>
    public IEnumerable<string> ChangesTo(ExperimentAssignment after)
    {
        if (!AreSame(_arms, after._arms))
            yield return $"the shares of the arms from {Describe(_arms)} to {Describe(after._arms)}";
        foreach (var arm in _arms)
        {
            if (after._flag.FindVariant(arm.Variant) is >= 0 and var at && !after._flag.Variants[at].Value.Equals(_flag.Variants[_flag.FindVariant(arm.Variant)].Value))
                yield return $"the value of variant '{FlagKeys.Clip(arm.Variant)}'";
        }

        if (_decision is FlagDecision.Targeting || after._decision is FlagDecision.Targeting)
        {
            if (!((_decision as FlagDecision.Targeting)?.Expression.Equals((after._decision as FlagDecision.Targeting)?.Expression) ?? false))
                yield return "the targeting";
            yield break;
        }

        foreach (var change in SplitChanges(_split, after._split, ""))
            yield return change;
        var (own, others) = (RuleSplits(_decision), RuleSplits(after._decision));
        if (own.Length != others.Length)
            yield return "which rules serve a split";
        foreach (var (split, other) in own.Zip(others))
        {
            foreach (var change in SplitChanges(split, other, " of a rule"))
                yield return change;
        }
    }

    /// <summary>How one split assigns otherwise than another; what it says of shares aside.</summary>
    public IEnumerable<string> SplitChanges(FlagSplit? split, FlagSplit? other, string where)
    {
        if (split is null || other is null)
        {
            if (split is not null || other is not null)
                yield return $"whether there is a split{where}";
            yield break;
        }

        if (split.By != other.By)
            yield return $"what the split{where} hashes from '{FlagKeys.Clip(split.By ?? FlagLayout.TargetingKey)}' to '{FlagKeys.Clip(other.By ?? FlagLayout.TargetingKey)}'";
        if ((split.Salt ?? _flag.Key) != (other.Salt ?? _flag.Key))
            yield return $"the salt of the split{where}";
        if (!AreSame(Proportions(split), Proportions(other)))
            yield return $"the weights of the split{where} from {Describe(Proportions(split))} to {Describe(Proportions(other))}";
    }

    private static ImmutableArray<FlagSplit> RuleSplits(FlagDecision? decision) =>
        decision is FlagDecision.Rules rules ? [.. rules.Clauses.Select(clause => clause.Split).OfType<FlagSplit>()] : [];

    // Those of nothing decide nothing.
    private static ImmutableArray<ExperimentShare> Proportions(FlagSplit split) =>
        [.. split.Weights.Where(weight => weight.Weight > 0).Select(weight => new ExperimentShare(weight.Variant, weight.Weight))];

    private static bool AreSame(ImmutableArray<ExperimentShare> shares, ImmutableArray<ExperimentShare> others)
    {
        if (shares.Length != others.Length)
            return false;
        var (total, otherTotal) = (shares.Sum(share => share.Share), others.Sum(share => share.Share));
        var byVariant = others.ToDictionary(share => share.Variant, share => share.Share / otherTotal, StringComparer.Ordinal);
        return shares.All(share => byVariant.TryGetValue(share.Variant, out var other) && Math.Abs((share.Share / total) - other) <= Tolerance);
    }

    private static string Describe(ImmutableArray<ExperimentShare> shares)
    {
        var total = shares.Sum(share => share.Share);
        return string.Join(", ", shares.OrderBy(share => share.Variant, StringComparer.Ordinal)
            .Select(share => string.Create(CultureInfo.InvariantCulture, $"{FlagKeys.Clip(share.Variant)} {100 * share.Share / total:0.###} %")));
    }
}
