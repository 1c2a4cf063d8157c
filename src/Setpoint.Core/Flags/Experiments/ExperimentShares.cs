using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags.Reading;

namespace Setpoint.Core.Flags.Experiments;

/// <summary>The arms of an experiment and the share of the subjects that each should see.</summary>
/// <remarks>
/// 1. The weights that the experiment names, if it names any. 2. Else those of the split that the flag serves where no rule matches: with
/// a percentage p of 100 and a weight w of all weights W, a variant has p w / W, and the default variant 1 - p besides. 3. A flag whose
/// split changes by a schedule, or that has none, has no share that could be told from its document: then the experiment must.
/// </remarks>
public static class ExperimentShares
{
    /// <summary>The control first, then the others in the order in which the flag has its variants.</summary>
    /// <param name="flag">One with an experiment.</param>
    /// <param name="chain">From the root of the tree of environments to the experiment's.</param>
    public static Result<ImmutableArray<ExperimentShare>> Of(Flag flag, ImmutableArray<string> chain)
    {
        var experiment = flag.Experiment ?? throw new ArgumentException($"Flag '{flag.Key}' is no experiment.", nameof(flag));
        var shares = new Dictionary<string, double>(experiment.Weights, StringComparer.Ordinal);
        if (shares.Count == 0)
        {
            var settings = flag.SettingsIn(chain);
            if (settings.Schedule is { Steps.IsEmpty: false })
                return Unknown($"the split of flag '{flag.Key}' changes by its schedule");
            if (settings.Decision is not FlagDecision.Rules { Split: { } split })
                return Unknown($"flag '{flag.Key}' serves no split in {experiment.Environment}");
            shares = Served(split, settings.DefaultVariant);
        }

        if (!(shares.GetValueOrDefault(experiment.Control) > 0))
            return Refused($"The control '{FlagKeys.Clip(experiment.Control)}' is served to nobody in {experiment.Environment}; give it a share of the split.");
        ImmutableArray<ExperimentShare> arms =
        [
            new(experiment.Control, shares[experiment.Control]),
            .. flag.Variants.Where(variant => variant.Name != experiment.Control && shares.GetValueOrDefault(variant.Name) > 0)
                .Select(variant => new ExperimentShare(variant.Name, shares[variant.Name])),
        ];
        return arms.Length > 1
            ? arms
            : Refused($"Only the control is served in {experiment.Environment}; an experiment needs another variant with a share of the split.");
    }

    /// <summary>The share of all subjects that gets each variant, where this split decides.</summary>
    /// <param name="defaultVariant">For those outside of the percentage; null if they get the default in the caller's code.</param>
    internal static Dictionary<string, double> Served(FlagSplit split, string? defaultVariant)
    {
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        var inside = (double)split.Percentage / FlagSplit.Everyone;
        var total = split.Weights.Sum(weight => (double)weight.Weight);
        foreach (var weight in split.Weights)
            shares[weight.Variant] = inside * weight.Weight / total;
        if (defaultVariant is not null)
            shares[defaultVariant] = shares.GetValueOrDefault(defaultVariant) + (1 - inside);
        return shares;
    }

    private static Fault.Invalid Unknown(string why) =>
        Refused($"The arms' shares are not known: {why}. Write them as 'weights', for example {{\"off\": 50, \"on\": 50}}.");

    private static Fault.Invalid Refused(string message) => new([new Violation(ExperimentReader.Path, ViolationCode.ConstraintViolation, message)]);
}

/// <param name="Share">Greater than 0, in any unit.</param>
public readonly record struct ExperimentShare(string Variant, double Share);
