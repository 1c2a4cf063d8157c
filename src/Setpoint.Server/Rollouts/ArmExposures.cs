using System.Collections.Concurrent;
using System.Collections.Immutable;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;

namespace Setpoint.Server.Rollouts;

/// <summary>Somebody was given the configuration of an arm of an experiment.</summary>
/// <param name="Subject">See <see cref="SubjectKey"/>: targeting keys may be long, and are nobody's business.</param>
internal sealed record ArmExposure(string Namespace, string Rollout, int Iteration, long Subject, string Arm, DateTimeOffset At);

/// <summary>
/// Who was given which arm of rollouts that are experiments, until somebody takes it out. Bounded in memory; noting costs a namespace without
/// rollouts nothing, and who was noted already a look-up. Safe for concurrent use.
/// </summary>
internal sealed class ArmExposures(RolloutMetrics metrics, TimeProvider time)
{
    /// <summary>Subjects that are not told again: 30 MB at worst. Past this all are told once more, which has no effect on an experiment.</summary>
    internal const int KnownMax = 200_000;

    /// <summary>Exposures that wait to be taken out: seconds of a server that does nothing else.</summary>
    internal const int WaitingMax = 100_000;

    private readonly ConcurrentDictionary<(string Namespace, string Rollout, int Iteration, long Subject), string> _known = new();
    private readonly ConcurrentQueue<ArmExposure> _waiting = new();

    /// <summary>Somebody is given this configuration now.</summary>
    /// <param name="snapshot">That it was made of, or a newer one.</param>
    /// <param name="audience">Null: nobody in particular.</param>
    public void Note(Snapshot snapshot, EffectiveConfiguration given, Audience? audience)
    {
        if (given.Context is not { Arms: { } choice, Environment: { } environment } || audience?.TargetingKey is not { Length: > 0 } key)
            return;
        if (ArmSet.Of(snapshot, choice.Namespace, environment) is not { Measured.IsEmpty: false } set)
            return;
        foreach (var rollout in set.Measured)
        {
            foreach (var pick in choice.Picks)
            {
                if (pick.Rollout == rollout.Id)
                    Note(choice.Namespace, rollout.Id, rollout.Experiment!.Iteration, SubjectKey.HashOf(key), pick.Arm);
            }
        }
    }

    /// <summary>Takes out what waits, the oldest first.</summary>
    public ImmutableArray<ArmExposure> Take(int countMax)
    {
        var taken = ImmutableArray.CreateBuilder<ArmExposure>();
        while (taken.Count < countMax && _waiting.TryDequeue(out var exposure))
            taken.Add(exposure);
        return taken.ToImmutable();
    }

    /// <summary>Puts back what could not be stored.</summary>
    public void Return(IEnumerable<ArmExposure> exposures)
    {
        foreach (var exposure in exposures)
        {
            if (!Enqueue(exposure))
                Forget([exposure]);
        }
    }

    /// <summary>These were no part of an experiment after all. Should it come back, they are noted anew.</summary>
    public void Forget(IEnumerable<ArmExposure> exposures)
    {
        foreach (var one in exposures)
            _known.TryRemove((one.Namespace, one.Rollout, one.Iteration, one.Subject), out _);
    }

    private void Note(string ns, string rollout, int iteration, long subject, string arm)
    {
        var place = (ns, rollout, iteration, subject);
        if (_known.TryGetValue(place, out var last) && last == arm)
            return;
        if (_known.Count >= KnownMax)
            _known.Clear();
        if (Enqueue(new(ns, rollout, iteration, subject, arm, time.GetUtcNow())))
            _known[place] = arm;
    }

    /// <summary>False: there is no room. Whoever comes back is noted then.</summary>
    private bool Enqueue(ArmExposure exposure)
    {
        if (_waiting.Count >= WaitingMax)
        {
            metrics.ExposureDropped();
            return false;
        }

        _waiting.Enqueue(exposure);
        return true;
    }
}
