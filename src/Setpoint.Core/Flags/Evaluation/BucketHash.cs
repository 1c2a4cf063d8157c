using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Flags.Evaluation;

/// <summary>Hashes values as text without making the text.</summary>
internal static class BucketHash
{
    /// <summary>The share of a total that a hash falls into: 0 to total - 1.</summary>
    public static uint Bucket(uint hash, int total) => (uint)(((ulong)hash * (uint)total) >> 32);

    /// <summary>Goes on with what Array.join would write of the value; false if only the whole text can tell.</summary>
    public static bool TryAppend(ref Murmur3 hash, LogicValue value)
    {
        if (value.TextOrNull is { } text)
            return hash.TryAppend(text);
        return value.Kind switch
        {
            LogicKind.Null => true,
            LogicKind.Boolean => hash.TryAppend(value.Boolean ? "true" : "false"),
            LogicKind.Number when double.IsFinite(value.Number) => hash.TryAppend(EcmaNumber.Format(value.Number, stackalloc char[EcmaNumber.LengthMax])),
            _ => false,
        };
    }

    /// <summary>The hash of what there is and what Array.join would write of the value; false if only the whole text can tell.</summary>
    public static bool TryFinish(Murmur3 hash, LogicValue value, out uint result)
    {
        if (value.TextOrNull is { } text)
        {
            var finished = hash.FinishWith(text);
            result = (uint)finished;
            return finished >= 0;
        }

        var isTaken = TryAppend(ref hash, value);
        result = hash.Finish();
        return isTaken;
    }

    /// <summary>The hash of the concatenation of values, as <c>cat</c> makes it.</summary>
    public static uint OfJoined(ImmutableArray<LogicNode> parts, ref LogicFrame frame)
    {
        var hash = default(Murmur3);
        for (var i = 0; i < parts.Length; i++)
        {
            var value = parts[i].Evaluate(ref frame);
            if (value.TextOrNull is { } text && !frame.SpendOnText(text.Length))
                return 0;
            if (i == parts.Length - 1 && TryFinish(hash, value, out var result))
                return result;
            if (!TryAppend(ref hash, value))
                return Murmur3.Of(new JoinNode(parts).Evaluate(ref frame).Text);
        }

        return hash.Finish();
    }
}
