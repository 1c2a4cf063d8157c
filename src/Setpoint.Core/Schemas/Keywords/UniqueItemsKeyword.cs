using System.Buffers;
using System.Numerics;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas.Evaluating;

namespace Setpoint.Core.Schemas.Keywords;

/// <summary><c>uniqueItems</c></summary>
/// <remarks>
/// A few scalars are compared each with each. Else every item goes into a table of hashes (open addressing, at most half full) in a rented
/// array, so that a long list costs neither the square of its length nor an allocation.
/// </remarks>
internal sealed class UniqueItemsKeyword : Keyword
{
    private const int ComparedMax = 12;

    public override bool Check(JsonValue instance, ref Run run, int marks) => FindEqual(((JsonArray)instance).Items.AsSpan(), ref run) is null;

    public override void Explain(JsonValue instance, Explanation explanation)
    {
        if (FindEqual(((JsonArray)instance).Items.AsSpan(), ref explanation.Run) is var (first, second))
            explanation.Add("uniqueItems", $"has the same item at {Wording.Number(first)} and {Wording.Number(second)}; all must differ.");
    }

    private static (int First, int Second)? FindEqual(ReadOnlySpan<JsonValue> items, ref Run run)
    {
        if (items.Length <= ComparedMax && AllScalar(items))
        {
            for (var i = 1; i < items.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    if (items[i].Kind == items[j].Kind && JsonComparison.SameValue(items[i], items[j]))
                        return (j, i);
                }
            }

            return null;
        }

        return FindEqualByHash(items, ref run);
    }

    private static (int First, int Second)? FindEqualByHash(ReadOnlySpan<JsonValue> items, ref Run run)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)items.Length * 2);
        var rented = ArrayPool<int>.Shared.Rent(size * 2);
        try
        {
            var table = rented.AsSpan(0, size);
            var hashes = rented.AsSpan(size, items.Length);
            table.Clear();
            for (var i = 0; i < items.Length; i++)
            {
                run.Charge(SameValueComparer.SizeOf(items[i]));
                if (run.StepsLeft < 0)
                {
                    run.GiveUp();
                    return null;
                }

                var hash = hashes[i] = SameValueComparer.Instance.GetHashCode(items[i]);
                var slot = hash & (size - 1);
                for (; table[slot] != 0; slot = (slot + 1) & (size - 1))
                {
                    var other = table[slot] - 1;
                    if (hashes[other] == hash && JsonComparison.SameValue(items[other], items[i]))
                        return (other, i);
                }

                table[slot] = i + 1;
            }

            return null;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    private static bool AllScalar(ReadOnlySpan<JsonValue> items)
    {
        foreach (var item in items)
        {
            if (item.Kind >= JsonKind.Array)
                return false;
        }

        return true;
    }
}
