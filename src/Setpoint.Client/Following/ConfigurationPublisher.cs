using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Judging;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Following;

/// <summary>
/// The one way by which a configuration becomes current: judged beside the old one, swapped, then told. Offers are serialised.
/// </summary>
internal sealed class ConfigurationPublisher(SnapshotBoard board, StatusBoard status, Handles handles, TimeProvider time, ILogger log)
{
    private readonly Lock _publishing = new();
    private ImmutableArray<IJudge> _judges = [];
    private ImmutableArray<IChangeListener> _listeners = [];

    // What the judges agreed to last; null before the first agreement.
    private ConfigurationSnapshot? _accepted;

    // The refusal that was logged last; a refused configuration that is offered again says nothing new.
    private ConfigurationSnapshot? _refused;

    public void AddJudges(params ReadOnlySpan<IJudge> judges)
    {
        lock (_publishing)
        {
            _judges = [.. _judges, .. judges];
            // What was current before there was a judge has not been agreed to.
            _accepted = null;
        }
    }

    public void AddListener(IChangeListener listener) => ImmutableInterlocked.Update(ref _listeners, (all, one) => all.Add(one), listener);

    public void RemoveListener(IChangeListener listener) => ImmutableInterlocked.Update(ref _listeners, (all, one) => all.Remove(one), listener);

    /// <summary>Judges the candidate, and makes it current if nothing speaks against it. False if it was refused.</summary>
    public bool Offer(ConfigurationSnapshot candidate, SetpointOrigin origin)
    {
        lock (_publishing)
        {
            var current = board.Current;
            if (origin == SetpointOrigin.Server && candidate.Revision < current.Revision)
                log.WentBack(current.Revision, candidate.Revision);
            if (!ReferenceEquals(current, ConfigurationSnapshot.Empty) && candidate.HasSameContentAs(current))
            {
                Confirm(current.At(candidate.Revision, candidate.Version, candidate.ETag), origin);
                return true;
            }

            if (Judge(candidate) is { IsEmpty: false } failures)
            {
                Refuse(candidate, failures);
                return false;
            }

            Swap(current, candidate, origin);
            log.Updated(candidate.Version, candidate.Revision);
            return true;
        }
    }

    /// <summary>Takes what the start found. Nothing can judge it yet; <see cref="JudgeCurrent"/> does when the app's services are there.</summary>
    public void Begin(ConfigurationSnapshot first, SetpointOrigin origin)
    {
        lock (_publishing)
            Swap(board.Current, first, origin);
    }

    /// <summary>Judges what is current already, which happens once: at the start, when the app's services come to be.</summary>
    public bool JudgeCurrent()
    {
        lock (_publishing)
        {
            var current = board.Current;
            if (Judge(current) is not { IsEmpty: false } failures)
            {
                _accepted = current;
                return true;
            }

            Refuse(current, failures);
            return false;
        }
    }

    /// <summary>Goes back to having nothing, for an optional client whose first configurations were all refused.</summary>
    public void Clear()
    {
        lock (_publishing)
        {
            var refusal = status.Current.LastRefusal;
            Swap(board.Current, ConfigurationSnapshot.Empty, SetpointOrigin.None);
            _accepted = null;
            status.Change(now => now with { LastRefusal = refusal });
        }
    }

    /// <summary>The server says that the current configuration is still right at this revision.</summary>
    public void Confirm(long revision, SetpointOrigin origin)
    {
        lock (_publishing)
        {
            if (!ReferenceEquals(board.Current, ConfigurationSnapshot.Empty))
                Confirm(revision > 0 ? board.Current.At(revision) : board.Current, origin);
        }
    }

    private void Confirm(ConfigurationSnapshot current, SetpointOrigin origin)
    {
        board.Replace(current);
        _refused = null;
        SetStatus(current, origin);
    }

    /// <summary>Passes on an operator's request to reload.</summary>
    public void Reload(long revision)
    {
        lock (_publishing)
        {
            foreach (var listener in _listeners)
                Tell(() => listener.OnReload(revision), "reload");
        }
    }

    private ImmutableArray<ConfigurationFailure> Judge(ConfigurationSnapshot candidate)
    {
        var failures = new List<ConfigurationFailure>();
        using (PinnedSnapshot.Pin(board, candidate))
        {
            foreach (var judge in _judges)
                judge.Judge(candidate, _accepted, failures);
        }

        handles.Judge(candidate, failures);
        return [.. failures];
    }

    private void Swap(ConfigurationSnapshot before, ConfigurationSnapshot next, SetpointOrigin origin)
    {
        // 1. Swap, the handles with it. From here on every new read sees the new configuration.
        handles.Swap(next);
        _accepted = next;
        _refused = null;
        SetStatus(next, origin);

        // 2. Only then tell: whoever is woken must already see it.
        SetpointMetrics.Updates.Add(1);
        foreach (var listener in _listeners)
            Tell(() => listener.OnUpdated(before, next), "update");
    }

    private void Refuse(ConfigurationSnapshot candidate, ImmutableArray<ConfigurationFailure> failures)
    {
        var refusal = new ConfigurationRefusal(candidate.Revision, candidate.Version, time.GetUtcNow(), failures);
        status.Change(now => now with { LastRefusal = refusal });
        SetpointMetrics.Refusals.Add(1);
        if (_refused?.HasSameContentAs(candidate) == true)
            return;
        _refused = candidate;
        log.Refused(candidate.Version, candidate.Revision, board.Current.Version, refusal.ToString());
        foreach (var listener in _listeners)
            Tell(() => listener.OnRefused(refusal), "refusal");
    }

    private void SetStatus(ConfigurationSnapshot snapshot, SetpointOrigin origin) =>
        status.Change(now => now with { Origin = origin, Revision = snapshot.Revision, Version = snapshot.Version, LastRefusal = null });

    /// <summary>Runs a callback of the app; what it throws is logged.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The app's callbacks may throw anything; one of them must not keep the change from the others.")]
    public void Tell(Action tell, string what)
    {
        try
        {
            tell();
        }
        catch (Exception thrown)
        {
            status.Report($"A callback for a configuration {what} threw {thrown.GetType().Name}.");
            log.CallbackFailed(what, thrown);
        }
    }
}

/// <summary>Hears of what happened to the configuration, on the publisher's thread.</summary>
internal interface IChangeListener
{
    void OnUpdated(ConfigurationSnapshot before, ConfigurationSnapshot after);

    void OnRefused(ConfigurationRefusal refusal);

    void OnReload(long revision);
}
