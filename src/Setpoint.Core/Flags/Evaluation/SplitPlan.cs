using System.Runtime.CompilerServices;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>A split, compiled. Immutable.</summary>
/// <remarks>
/// <para>With K the value that is hashed, S the salt and h = MurmurHash3_x86_32 with seed 0 over UTF-8:</para>
/// <para>1. In the split, if h("rollout:" S K) * 100,000 &gt;&gt; 32 is less than the percentage in thousandths. 2. The variant is the first, in
/// ordinal order of name, whose weight added to those before it exceeds h(S K) * (sum of weights) &gt;&gt; 32.</para>
/// <para>So a greater percentage only adds users; the two hashes know nothing of each other, so that the share of each variant is the same
/// at every percentage; and flagd's <c>fractional</c> says the same in its words, which the export uses.</para>
/// </remarks>
internal sealed class SplitPlan
{
    public const string RolloutPrefix = "rollout:";

    /// <summary>What <see cref="Choose(ref LogicFrame, int)"/> answers for a context that lacks the value.</summary>
    public const int NothingToHash = -2;

    /// <summary>What the attributes alone do not settle.</summary>
    public const int Open = -3;

    private readonly LogicOperand _by;
    private readonly string _salt;
    private readonly Murmur3 _rolloutHash;
    private readonly Murmur3 _variantHash;
    private readonly int _percentage;
    private readonly int[] _variants;
    private readonly uint[] _sums;
    private readonly int _only;
    private readonly bool _servesAll;

    /// <param name="by">Reads the value that is hashed.</param>
    /// <param name="salt">Well-formed.</param>
    /// <param name="variants">Numbers of the variants, in the order of the weights.</param>
    public SplitPlan(FlagSplit split, LogicNode by, string salt, int[] variants)
    {
        Split = split;
        _by = new(by);
        _salt = salt;
        // A salt with half a character at its end would be refused: it is read from JSON, which has none.
        var rollout = default(Murmur3);
        rollout.TryAppend(RolloutPrefix);
        rollout.TryAppend(salt);
        _rolloutHash = rollout;
        var variant = default(Murmur3);
        variant.TryAppend(salt);
        _variantHash = variant;
        _percentage = split.Percentage;
        _variants = variants;
        _sums = new uint[variants.Length];
        uint sum = 0;
        for (var i = 0; i < variants.Length; i++)
            _sums[i] = sum += (uint)split.Weights[i].Weight;
        var weighted = split.Weights.Count(weight => weight.Weight > 0);
        _only = weighted == 1 ? variants[split.Weights.TakeWhile(weight => weight.Weight == 0).Count()] : -1;
        _servesAll = split.Percentage == FlagSplit.Everyone && _only >= 0 && !split.AsksAlways;
        Cost = by.Cost + 1;
    }

    public FlagSplit Split { get; }

    public int Cost { get; }

    /// <summary>Chooses.</summary>
    /// <param name="others">What those get who are not in the split.</param>
    /// <returns>Number of the variant; <see cref="NothingToHash"/> where that is so. A split that has one outcome asks for nothing, unless it <see cref="FlagSplit.AsksAlways"/>.</returns>
    public int Choose(ref LogicFrame frame, int others)
    {
        var variant = Choose(frame.Slots, others);
        return variant == Open ? ChooseForAny(ref frame, others) : variant;
    }

    /// <summary>Chooses for what nearly always is hashed, an attribute that is a text.</summary>
    /// <returns>Number of the variant, or <paramref name="others"/>; <see cref="Open"/> where the value is anything else.</returns>
    // Inlined into a decision, its hashes run out of registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Choose(ReadOnlySpan<LogicValue> slots, int others)
    {
        if (_percentage == 0)
            return others;
        if (_servesAll)
            return _only;
        if ((uint)_by.Slot >= (uint)slots.Length || slots[_by.Slot].TextOrNull is not { Length: > 0 } text)
            return Open;
        if (_percentage < FlagSplit.Everyone)
        {
            var rollout = _rolloutHash.FinishWith(text);
            if (rollout < 0)
                return Open;
            if (BucketHash.Bucket((uint)rollout, FlagSplit.Everyone) >= _percentage)
                return others;
        }

        if (_only >= 0)
            return _only;
        var hash = _variantHash.FinishWith(text);
        return hash >= 0 ? At(BucketHash.Bucket((uint)hash, (int)_sums[^1])) : Open;
    }

    /// <summary>The numbers behind a choice; null if there is nothing to hash.</summary>
    public SplitLook? Look(ref LogicFrame frame)
    {
        var value = _by.Read(ref frame);
        return CanHash(value) ? new(value, Rollout(value, ref frame), Bucket(value, ref frame), _sums[^1]) : null;
    }

    private int ChooseForAny(ref LogicFrame frame, int others)
    {
        var value = _by.Read(ref frame);
        if (!CanHash(value))
            return NothingToHash;
        if (_percentage < FlagSplit.Everyone && Rollout(value, ref frame) >= _percentage)
            return others;
        return _only >= 0 ? _only : At(Bucket(value, ref frame));
    }

    private static bool CanHash(LogicValue value) => value.TextOrNull is { } text ? text.Length > 0 : value.IsNumber || value.IsBoolean;

    private uint Rollout(LogicValue value, ref LogicFrame frame) =>
        BucketHash.Bucket(Hash(_rolloutHash, RolloutPrefix, value, ref frame), FlagSplit.Everyone);

    private uint Bucket(LogicValue value, ref LogicFrame frame) =>
        BucketHash.Bucket(Hash(_variantHash, "", value, ref frame), (int)_sums[^1]);

    private uint Hash(Murmur3 begun, string prefix, LogicValue value, ref LogicFrame frame) =>
        BucketHash.TryFinish(begun, value, out var hash) ? hash : Murmur3.Of(prefix + _salt + LogicText.Of(value, ref frame));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int At(uint bucket)
    {
        // Which variant it is, is chance: a processor guesses a branch on it wrong, and that costs more than all comparisons.
        var sums = _sums;
        var at = 0;
        foreach (var sum in sums)
            at += sum <= bucket ? 1 : 0;
        return _variants[at];
    }
}

/// <param name="Value">What was hashed.</param>
/// <param name="Rollout">0 to 99,999: in the split if less than the percentage in thousandths.</param>
/// <param name="Bucket">0 to <paramref name="Total"/> - 1.</param>
internal readonly record struct SplitLook(LogicValue Value, uint Rollout, uint Bucket, uint Total);
