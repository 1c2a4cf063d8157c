using System.Collections.Immutable;

namespace Setpoint.Core.Schemas.Patterns;

/// <summary>A regular expression of ECMA-262 as a tree.</summary>
internal abstract record PatternNode
{
    /// <summary>One character of a set.</summary>
    public sealed record Set(CodePointSet Characters) : PatternNode;

    public sealed record Sequence(ImmutableArray<PatternNode> Parts) : PatternNode;

    public sealed record Choice(ImmutableArray<PatternNode> Branches) : PatternNode;

    /// <param name="Part">What is repeated.</param>
    /// <param name="Least">Times at least.</param>
    /// <param name="Most">Times at most; null for no bound.</param>
    /// <param name="Lazy">Whether few are preferred; that changes what is captured and never whether there is a match.</param>
    public sealed record Repeat(PatternNode Part, int Least, int? Most, bool Lazy) : PatternNode;

    /// <summary>A capturing group, numbered from 1.</summary>
    public sealed record Capture(int Number, PatternNode Part) : PatternNode;

    public sealed record BackReference(int Number) : PatternNode;

    public sealed record Look(PatternNode Part, bool Behind, bool Negative) : PatternNode;

    public sealed record Anchor(AnchorKind Kind) : PatternNode;
}

internal enum AnchorKind
{
    Start,
    End,
    WordBoundary,
    NoWordBoundary,
}
