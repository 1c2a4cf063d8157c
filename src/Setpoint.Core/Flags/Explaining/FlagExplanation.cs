using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Explaining;

/// <summary>Why a flag has the value that it has for a context.</summary>
/// <param name="Result">What evaluation answers.</param>
/// <param name="IsEnabled">False: it is disabled, or outside of its schedule, and nothing else was looked at.</param>
/// <param name="Dependencies">In order, up to the first that is not met.</param>
/// <param name="Rules">All rules in order; those after the first match were not reached.</param>
/// <param name="Targeting">flagd's expression; null if there is none or it was not reached.</param>
/// <param name="Split">The split that is served where no rule matches; null if there is none or it was not reached.</param>
public sealed record FlagExplanation(
    FlagResult Result,
    bool IsEnabled,
    ImmutableArray<DependencyTrace> Dependencies,
    ImmutableArray<RuleTrace> Rules,
    ExpressionTrace? Targeting,
    SplitTrace? Split);

/// <param name="Variant">What the other flag serves; null for the default in the caller's code.</param>
/// <param name="Wanted">The variants that would do; empty: any but the off variant.</param>
public sealed record DependencyTrace(string Flag, ImmutableArray<string> Wanted, string? Variant, FlagReason? Reason, bool IsMet);

/// <param name="IsReached">False: an earlier rule matched.</param>
/// <param name="When">What the condition saw; null if it was not reached.</param>
/// <param name="Variant">What it serves; null if a split is.</param>
/// <param name="Split">What the split came to; null if the rule serves a variant or did not match.</param>
public sealed record RuleTrace(string? Name, bool IsReached, bool IsMatch, ExpressionTrace? When, string? Variant, SplitTrace? Split);

/// <summary>A part of an expression and what it came to.</summary>
/// <param name="Inputs">What it read of the context, by path; null where there was nothing.</param>
/// <param name="Bucket">Where the hash fell, if this is <c>fractional</c>.</param>
/// <param name="Parts">The conditions of <c>and</c>, <c>or</c>, <c>!</c> and <c>if</c> that were looked at, and the value that was chosen.</param>
public sealed record ExpressionTrace(
    JsonValue Expression, JsonValue Result, ImmutableArray<KeyValuePair<string, JsonValue?>> Inputs, BucketTrace? Bucket, ImmutableArray<ExpressionTrace> Parts);

/// <param name="Number">0 to <paramref name="Total"/> - 1.</param>
public sealed record BucketTrace(long Number, long Total);

/// <param name="By">The attribute that is hashed.</param>
/// <param name="Value">Its value; null where there is none, which is an error unless the split has one outcome only.</param>
/// <param name="Percentage">In percent.</param>
/// <param name="Rollout">In the split if its number, in thousandths of a percent, is less than the percentage.</param>
/// <param name="Bucket">Which variant it is.</param>
/// <param name="IsIn">False: the default variant is served.</param>
public sealed record SplitTrace(string By, JsonValue? Value, decimal Percentage, BucketTrace? Rollout, BucketTrace? Bucket, bool IsIn, string? Variant);
