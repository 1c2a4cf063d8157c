using System.Runtime.InteropServices;
using Setpoint.Core.Statistics;
using Setpoint.Server.Flags;
using Setpoint.Storage;

namespace Setpoint.Server.Analytics;

/// <summary>
/// Counts that are not stored yet, added up: what a thousand processes report of a flag in some seconds is one row. Bounded; what finds no
/// room is counted as dropped. Safe for concurrent use.
/// </summary>
internal sealed class UsageBuffer(AnalyticsMetrics metrics)
{
    /// <summary>Flags times variants, reasons and environments. Some 200 bytes each, so 40 MB at worst, while the store takes nothing.</summary>
    internal const int CellsMax = 200_000;

    /// <summary>Sketches of 4 KiB, of this server and of others: 32 MB at worst.</summary>
    internal const int SketchesMax = 2 * FlagBoard.KeyedFlagsMax;

    private readonly Lock _gate = new();
    private Dictionary<(UsageCell Cell, DateTimeOffset Hour), long> _counts = [];
    private Dictionary<(string Namespace, string Flag, string Environment, DateTimeOffset Day), HyperLogLog> _keys = [];

    public void Add(in UsageCell cell, DateTimeOffset at, long count)
    {
        lock (_gate)
            AddHour(cell, HourOf(at), count);
    }

    /// <param name="keys">Of precision <see cref="UsageKeys.Precision"/>. The buffer's from now on.</param>
    public void Add(string ns, string flag, string environment, DateTimeOffset at, HyperLogLog keys)
    {
        lock (_gate)
            AddDay(new(ns, flag, environment, DayOf(at), keys));
    }

    /// <summary>Takes out all that is there.</summary>
    public UsageBatch Take()
    {
        lock (_gate)
        {
            var batch = new UsageBatch(
                [.. _counts.Select(row => new UsageCount(row.Key.Cell, row.Key.Hour, row.Value))],
                [.. _keys.Select(row => new UsageKeys(row.Key.Namespace, row.Key.Flag, row.Key.Environment, row.Key.Day, row.Value))]);
            (_counts, _keys) = ([], []);
            return batch;
        }
    }

    /// <summary>Puts back what the store did not take.</summary>
    public void Return(UsageBatch batch)
    {
        lock (_gate)
        {
            foreach (var row in batch.Counts)
                AddHour(row.Cell, row.Hour, row.Count);
            foreach (var keys in batch.Keys)
                AddDay(keys);
        }
    }

    public static DateTimeOffset HourOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    public static DateTimeOffset DayOf(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerDay), TimeSpan.Zero);

    private void AddHour(in UsageCell cell, DateTimeOffset hour, long count)
    {
        if (_counts.Count >= CellsMax && !_counts.ContainsKey((cell, hour)))
        {
            metrics.Dropped(count);
            return;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_counts, (cell, hour), out _) += count;
    }

    private void AddDay(UsageKeys keys)
    {
        var place = (keys.Namespace, keys.Flag, keys.Environment, keys.Day);
        if (_keys.TryGetValue(place, out var known))
            known.Merge(keys.Keys);
        else if (_keys.Count < SketchesMax)
            _keys.Add(place, keys.Keys);
        else
            metrics.SketchesDropped(1);
    }
}
