using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags;

/// <summary>What a flag, or one of its environments, says about how it is decided. Immutable.</summary>
public sealed record FlagSettings
{
    public static readonly FlagSettings Empty = new();

    /// <summary>JSON Pointer of these settings in the document: empty, or <c>/environments/production</c>.</summary>
    public string Path { get; init; } = "";

    /// <summary>Null: as inherited, and true where nothing is.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>True if <see cref="DefaultVariant"/> is said here, be it that there is none.</summary>
    public bool SetsDefault { get; init; }

    /// <summary>Served where nothing else decides; null: the default in the caller's code.</summary>
    public string? DefaultVariant { get; init; }

    /// <summary>
    /// Null: as inherited. Targeting, rules and split are one thing: an environment with one of them inherits none of the three.
    /// </summary>
    public FlagDecision? Decision { get; init; }

    /// <summary>Null: as inherited.</summary>
    public FlagSchedule? Schedule { get; init; }

    /// <summary>These settings, and where they say nothing those below.</summary>
    public FlagSettings Over(FlagSettings below) => new()
    {
        Path = Path,
        IsEnabled = IsEnabled ?? below.IsEnabled,
        SetsDefault = SetsDefault || below.SetsDefault,
        DefaultVariant = SetsDefault ? DefaultVariant : below.DefaultVariant,
        Decision = Decision ?? below.Decision,
        Schedule = Schedule ?? below.Schedule,
    };
}

/// <summary>How a variant is chosen.</summary>
/// <param name="Path">JSON Pointer of the object that holds it.</param>
public abstract record FlagDecision(string Path)
{
    /// <summary>flagd's whole expression: its value is the name of the variant.</summary>
    public sealed record Targeting(string Path, JsonValue Expression) : FlagDecision(Path);

    /// <summary>The first rule that matches; then the split; then the default variant.</summary>
    public sealed record Rules(string Path, ImmutableArray<FlagClause> Clauses, FlagSplit? Split) : FlagDecision(Path);
}

/// <summary>A rule of a flag.</summary>
/// <param name="When">JSONLogic that is true or false of a context.</param>
/// <param name="Variant">What is served; null if a split is.</param>
/// <param name="Split">What is served; null if a variant is.</param>
public sealed record FlagClause(string? Name, JsonValue When, string? Variant, FlagSplit? Split);

/// <summary>
/// Shares of variants among users. A user stays where the hash puts them: growing <see cref="Percentage"/> only adds users, and who
/// is in and which variant they get are independent.
/// </summary>
/// <param name="By">Path of the attribute that is hashed; null for the targeting key.</param>
/// <param name="Salt">Splits of the same salt choose alike; null for the key of the flag.</param>
/// <param name="Percentage">In thousandths of a percent, 0 to 100,000: users in the split. The others get the default variant.</param>
/// <param name="Weights">In ordinal order of name; at least one over 0.</param>
public sealed record FlagSplit(string? By, string? Salt, int Percentage, ImmutableArray<FlagWeight> Weights)
{
    /// <summary>100 %.</summary>
    public const int Everyone = 100_000;

    /// <summary>Thousandths: fine enough for ten users of a million, and whole numbers are the same in every language.</summary>
    internal static bool TryReadPercentage(JsonValue value, out int thousandths)
    {
        thousandths = 0;
        if (value is not JsonNumber number || !(number.ToDouble() is >= 0 and <= 100))
            return false;
        var whole = Math.Round(number.ToDouble() * 1000);
        thousandths = (int)whole;
        return Math.Abs((number.ToDouble() * 1000) - whole) < 1e-6;
    }
}

/// <param name="Weight">0 to 2^31 - 1, and so their sum.</param>
public readonly record struct FlagWeight(string Variant, int Weight);

/// <summary>When a flag is on, and how far.</summary>
/// <param name="Start">Before it the flag is disabled.</param>
/// <param name="End">From it on the flag is disabled.</param>
/// <param name="Steps">In order of time.</param>
public sealed record FlagSchedule(DateTimeOffset? Start, DateTimeOffset? End, ImmutableArray<FlagStep> Steps);

/// <summary>From a moment on, another split stands in the place of the one that is served where no rule matches.</summary>
/// <param name="Percentage">The same split with this percentage, in thousandths; null if <paramref name="Split"/> is given.</param>
public sealed record FlagStep(DateTimeOffset At, int? Percentage, FlagSplit? Split);
