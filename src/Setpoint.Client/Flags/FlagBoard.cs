using System.Collections.Immutable;
using Setpoint.Client.Flags.Exposures;
using Setpoint.Client.Hosting;
using Setpoint.Core.Flags;

namespace Setpoint.Client.Flags;

/// <summary>Holds the view that evaluations see. Any thread may read; the feeds replace, each its own namespace.</summary>
internal sealed class FlagBoard
{
    private readonly SetpointFlagSettings? _settings;
    private readonly Lock _replacing = new();
    private FlagView _current;
    private TaskCompletionSource _signal = NewSignal();

    // Sets that were replaced: an evaluation that was on its way when it happened counts there. Each is drained twice more, the second
    // time a whole interval later.
    private List<(string Namespace, FlagSet Set)> _replaced = [];
    private List<(string Namespace, FlagSet Set)> _drainedOnce = [];

    public FlagBoard(SetpointFlagSettings? settings)
    {
        _settings = settings;
        _current = new([.. (settings?.Namespaces ?? []).Select(ns => new NamespaceFlags(ns, null, null, SetpointOrigin.None))]);
    }

    public FlagView Current => Volatile.Read(ref _current);

    /// <summary>Completes when flags are replaced. Take it before <see cref="Current"/>.</summary>
    public Task Replaced => Volatile.Read(ref _signal).Task;

    public NamespaceFlags Of(string ns) => Current.Namespaces.First(one => one.Namespace == ns);

    /// <summary>Compiles and swaps in.</summary>
    /// <returns>The keys of the flags whose answers may differ now, and the flags that a bug kept from being compiled.</returns>
    public (ImmutableArray<string> Changes, ImmutableArray<FlagFailure> Failures) Replace(FlagDefinitions next, SetpointOrigin origin)
    {
        lock (_replacing)
        {
            var before = Of(next.Namespace);
            var set = FlagSet.Compile(SourceOf(next), before.Set);
            // Where nobody drains, nothing may wait for it.
            if (_settings!.ReportsExposures && before.Set is { } replaced)
                _replaced.Add((next.Namespace, replaced));
            Swap(before, new(next.Namespace, next, set, origin));
            // Swap, then signal: whoever it wakes must already see the new flags.
            Interlocked.Exchange(ref _signal, NewSignal()).SetResult();
            return (Changes(before, next, set), set.Failures);
        }
    }

    /// <summary>The server says that what there is of a namespace is still right at this revision.</summary>
    public void Confirm(string ns, long revision)
    {
        lock (_replacing)
        {
            var before = Of(ns);
            if (before.Definitions is { } definitions)
                Swap(before, before with { Definitions = revision > 0 ? definitions.At(revision) : definitions, Origin = SetpointOrigin.Server });
        }
    }

    /// <summary>Takes out what was counted since the last time.</summary>
    public IReadOnlyList<NamespaceUsage> Drain()
    {
        IEnumerable<(string Namespace, FlagSet Set)> sets;
        lock (_replacing)
        {
            sets = [.. Current.Namespaces.Where(one => one.Set is not null).Select(one => (one.Namespace, one.Set!)), .. _replaced, .. _drainedOnce];
            _drainedOnce = _replaced;
            _replaced = [];
        }

        return [.. sets.GroupBy(one => one.Namespace, one => one.Set, (ns, same) => NamespaceUsage.Of(ns, [.. same]))];
    }

    private FlagSetSource SourceOf(FlagDefinitions definitions) =>
        new(definitions.Namespace, definitions.Environment, definitions.Chain, definitions.Flags.Values, definitions.FindSegment)
        {
            Schema = _settings!.Schema,
            Defaults = _settings.Defaults,
            CountsUsage = _settings.ReportsExposures,
            CountsKeys = _settings.CountsTargetingKeys,
        };

    private static ImmutableArray<string> Changes(NamespaceFlags before, FlagDefinitions next, FlagSet set)
    {
        IEnumerable<string> changes = before.Set is { } old ? FlagDifference.Between(old, set) : set.Keys;
        // One that became unreadable is among those that are gone, but for the first time that anything is read.
        var unreadable = before.Definitions is null ? next.Unreadable.Keys : [];
        return [.. changes.Concat(unreadable).Order(StringComparer.Ordinal)];
    }

    private void Swap(NamespaceFlags before, NamespaceFlags next) =>
        Volatile.Write(ref _current, new(Current.Namespaces.Replace(before, next)));

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
