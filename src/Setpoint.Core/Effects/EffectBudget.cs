using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Effects;

/// <summary>
/// What looking for effects may cost, and how much of them may be told. A change of a few bytes can reach every environment of every namespace
/// and every choice of arms there. Made for one request; not thread-safe.
/// </summary>
/// <param name="comparisonsMax">Configurations that are put together before and after, and compared; default <see cref="ComparisonsMax"/>.</param>
/// <param name="keysMax">Leaves of these configurations, both sides counted; default <see cref="KeysMax"/>.</param>
/// <param name="bytesMax">Of the changes as JSON text; default <see cref="BytesMax"/>.</param>
public sealed class EffectBudget(int comparisonsMax = EffectBudget.ComparisonsMax, long keysMax = EffectBudget.KeysMax, long bytesMax = EffectBudget.BytesMax)
{
    /// <summary>512 merges: all 64 choices of arms in four environments.</summary>
    public const int ComparisonsMax = 256;

    /// <summary>
    /// Half a second of one core, at 60 ns for a key: 200 comparisons of 20,000 keys, before and after, or 40 of a namespace that is full.
    /// </summary>
    public const long KeysMax = 8_000_000;

    /// <summary>8 MiB, as of every list that a request may ask for.</summary>
    public const long BytesMax = 8 * 1024 * 1024;

    // {"path":,"op":"replace","from":,"to":},
    private const int ChangeBytes = 40;

    // {"arms":{},"changes":[]},
    private const int ArmsBytes = 26;

    // "":"",
    private const int PickBytes = 6;

    private long _left = bytesMax;
    private long _keys;

    /// <summary>How many were made.</summary>
    public int Comparisons { get; private set; }

    /// <summary>Whether something had to be cut: then nothing more is told, and nothing more compared.</summary>
    public bool IsFull { get; private set; }

    internal bool TryCompare()
    {
        if (IsFull || Comparisons >= comparisonsMax || _keys >= keysMax)
            return false;
        Comparisons++;
        return true;
    }

    /// <summary>How large is what was compared is only known afterwards; the last comparison may be beyond.</summary>
    internal void Spend(long keys) => _keys += keys;

    /// <summary>The first of them, as many as there is room for.</summary>
    internal ImmutableArray<JsonChange> TakeFirst(ImmutableArray<JsonChange> changes)
    {
        for (var i = 0; i < changes.Length; i++)
        {
            var size = IsFull ? long.MaxValue : SizeOf(changes[i], _left);
            if (size > _left)
            {
                IsFull = true;
                return changes[..i];
            }

            _left -= size;
        }

        return changes;
    }

    /// <summary>Whether there is room for all of it. Something smaller may still have some.</summary>
    internal bool TryTake(ArmChanges told)
    {
        long size = ArmsBytes + told.Picks.Sum(pick => PickBytes + pick.Rollout.Length + pick.Arm.Length);
        foreach (var change in told.Changes)
        {
            if (size > _left)
                return false;
            size += SizeOf(change, _left - size);
        }

        if (IsFull || size > _left)
            return false;
        _left -= size;
        return true;
    }

    /// <summary>Counting stops soon after <paramref name="enough"/>: values are shared, and their text may be longer than memory.</summary>
    private static long SizeOf(JsonChange change, long enough)
    {
        var size = ChangeBytes + JsonOutput.QuotedSize(change.Path);
        if (change.From is { } from)
            size += JsonMeasure.TextSize(from, enough);
        if (change.To is { } to && size <= enough)
            size += JsonMeasure.TextSize(to, enough);
        return size;
    }
}
