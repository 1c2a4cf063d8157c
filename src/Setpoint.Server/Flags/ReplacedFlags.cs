using System.Collections.Concurrent;
using System.Collections.Immutable;
using Setpoint.Core.Flags;

namespace Setpoint.Server.Flags;

/// <summary>How often the flags of one set gave which answer, and to whom.</summary>
internal readonly record struct FlagSetUsage(string Namespace, string Environment, ImmutableArray<FlagUsage> Usage, ImmutableArray<FlagKeysUsage> Keys)
{
    public bool IsEmpty => Usage.IsEmpty && Keys.IsEmpty;

    public static FlagSetUsage Drain(FlagSet set) => new(set.Namespace, set.Environment, set.DrainUsage(), set.DrainKeys());

    /// <summary>Of a set that was replaced: what it has in common with the next, sketches included, goes on there.</summary>
    public static FlagSetUsage DrainReplaced(FlagSet set) => new(set.Namespace, set.Environment, set.DrainUsage(), set.NewKeys(out _));
}

/// <summary>
/// Sets of flags that newer ones have replaced, until their counts are taken: an answer that was on its way is counted in the set that it began
/// with. So each set is looked at when counts are taken next, and once more the time after. Safe for concurrent use, but for
/// <see cref="Drain"/>, which has one caller at a time.
/// </summary>
internal sealed class ReplacedFlags
{
    // Sets of 10,000 flags take a megabyte, and thousands of commits may come between two looks. Beyond these the oldest is looked at early,
    // and what it still counts after that is lost.
    private const int WaitingMax = 32;

    private readonly ConcurrentQueue<FlagSet> _sets = new();

    // Held while counts are on their way from the first queue to the second, where a look must not miss them.
    private readonly Lock _moving = new();
    private List<FlagSetUsage> _early = [];
    private ImmutableArray<FlagSet> _seenOnce = [];

    public void Add(FlagSet set)
    {
        _sets.Enqueue(set);
        if (_sets.Count <= WaitingMax)
            return;
        lock (_moving)
        {
            if (_sets.TryDequeue(out var oldest) && FlagSetUsage.DrainReplaced(oldest) is { IsEmpty: false } usage)
                _early.Add(usage);
        }
    }

    public IEnumerable<FlagSetUsage> Drain()
    {
        foreach (var set in _seenOnce)
            yield return FlagSetUsage.DrainReplaced(set);
        var seen = ImmutableArray.CreateBuilder<FlagSet>();
        while (_sets.TryDequeue(out var set))
        {
            yield return FlagSetUsage.DrainReplaced(set);
            seen.Add(set);
        }

        _seenOnce = seen.ToImmutable();
        // After the sets: what somebody took out of them just now is here.
        foreach (var usage in TakeEarly())
            yield return usage;
    }

    private List<FlagSetUsage> TakeEarly()
    {
        lock (_moving)
        {
            var taken = _early;
            _early = [];
            return taken;
        }
    }
}
