using System.Collections.Immutable;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>flagd's <c>fractional</c>: one of some values, chosen by the hash of a text in the shares of their weights.</summary>
/// <remarks>
/// As flagd-core 4 has it. 1. The first argument is the text that is hashed, if it is a string; if it is a bucket, the text is the key of the
/// flag and the targeting key behind it, and without a targeting key the answer is null. 2. A bucket is a value and a weight, 1 if there is
/// none; a negative weight counts 0; a weight that is no integer, a value that is no scalar, or weights over 2^31 - 1 together: null.
/// 3. h = MurmurHash3_x86_32 of the UTF-8 text with seed 0; the bucket is (h * total) &gt;&gt; 32. 4. The first value whose weight, added to those
/// before it, exceeds the bucket.
/// </remarks>
internal sealed class FractionalNode : LogicNode
{
    public const string Operator = "fractional";

    /// <summary>The text that is hashed; null for the key of the flag and the targeting key.</summary>
    private readonly LogicNode? _text;
    private readonly string _flagKey;
    private readonly Murmur3 _keyHash;
    private readonly LogicNode _targetingKey;
    private readonly ImmutableArray<LogicNode> _buckets;

    // Where all buckets are constant: the values, and the sums of the weights up to and with each.
    private readonly LogicValue[]? _values;
    private readonly long[]? _sums;

    private FractionalNode(LogicNode? text, string flagKey, LogicNode targetingKey, ImmutableArray<LogicNode> buckets)
    {
        _text = text;
        _flagKey = flagKey;
        // It ends with a whole character: it is read from JSON, which has no halves.
        _keyHash.TryAppend(flagKey);
        _targetingKey = targetingKey;
        _buckets = buckets;
        Cost = CostOf([.. buckets, targetingKey]) + (text?.Cost ?? 0);
        if (!buckets.All(bucket => bucket is ConstantNode))
            return;
        var frame = new LogicFrame(default, default, int.MaxValue);
        var values = new LogicValue[buckets.Length];
        var sums = new long[buckets.Length];
        if (TryReadBuckets(ref frame, values, sums))
            (_values, _sums) = (values, sums);
    }

    /// <summary>The operator for expressions of one flag.</summary>
    public static LogicOperator For(string flagKey) =>
        new(Operator, 1, LogicOperator.Many, call => Of(call, flagKey)) { IsPure = false };

    /// <summary>The bucket that the text falls into, and how many there are; for those who explain.</summary>
    public (uint Bucket, long Total)? Look(ref LogicFrame frame)
    {
        if (!TryHash(ref frame, out var hash) || !TryWeigh(ref frame, out _, out var sums) || sums[^1] == 0)
            return null;
        return (BucketHash.Bucket(hash, (int)sums[^1]), sums[^1]);
    }

    public override LogicValue Evaluate(ref LogicFrame frame)
    {
        if (!TryHash(ref frame, out var hash) || !TryWeigh(ref frame, out var values, out var sums))
            return LogicValue.Null;
        var bucket = BucketHash.Bucket(hash, (int)sums[^1]);
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i] > bucket)
                return values[i];
        }

        return LogicValue.Null;
    }

    private static LogicNode Of(LogicCall call, string flagKey)
    {
        // In the body of a loop flagd finds neither key nor targeting key, and answers null.
        if (!call.IsAtRoot)
            return new ConstantNode(LogicValue.Null);
        var targetingKey = call.Variable(FlagLayout.TargetingKey);
        var first = call.Arguments[0];
        if (first is ListNode or ConstantNode { Value.IsArray: true })
            return new FractionalNode(null, flagKey, targetingKey, call.Arguments);
        return call.Arguments.Length == 1 ? new ConstantNode(LogicValue.Null) : new FractionalNode(first, flagKey, targetingKey, call.Arguments[1..]);
    }

    private bool TryHash(ref LogicFrame frame, out uint hash)
    {
        hash = 0;
        switch (_text)
        {
            case null:
                var key = _targetingKey.Evaluate(ref frame);
                if (!key.IsTruthy)
                    return false;
                hash = BucketHash.TryFinish(_keyHash, key, out var known) ? known : Murmur3.Of(_flagKey + LogicText.Of(key, ref frame));
                return true;
            case JoinNode join:
                hash = BucketHash.OfJoined(join.Parts, ref frame);
                return true;
            default:
                if (_text.Evaluate(ref frame).TextOrNull is not { } text || !frame.SpendOnText(text.Length))
                    return false;
                hash = Murmur3.Of(text);
                return true;
        }
    }

    private bool TryWeigh(ref LogicFrame frame, out LogicValue[] values, out long[] sums)
    {
        if (_values is not null)
        {
            (values, sums) = (_values, _sums!);
            return true;
        }

        values = new LogicValue[_buckets.Length];
        sums = new long[_buckets.Length];
        return TryReadBuckets(ref frame, values, sums);
    }

    private bool TryReadBuckets(ref LogicFrame frame, LogicValue[] values, long[] sums)
    {
        long sum = 0;
        for (var i = 0; i < _buckets.Length; i++)
        {
            if (!TryReadBucket(_buckets[i], ref frame, out values[i], out var weight))
                return false;
            sums[i] = sum += weight;
        }

        return sum <= int.MaxValue;
    }

    private static bool TryReadBucket(LogicNode bucket, ref LogicFrame frame, out LogicValue value, out long weight)
    {
        value = default;
        weight = 0;
        if (!LogicItems.TryOf(bucket.Evaluate(ref frame), out var items) || items.Count is 0 or > 2)
            return false;
        value = items[0];
        if (value.Kind >= LogicKind.Array)
            return false;
        if (items.Count == 1)
        {
            weight = 1;
            return true;
        }

        if (!items[1].IsNumber || !double.IsInteger(items[1].Number))
            return false;
        // Beyond 2^31 the sum is refused whatever the others are.
        weight = (long)Math.Clamp(items[1].Number, 0, 1L << 31);
        return true;
    }
}
