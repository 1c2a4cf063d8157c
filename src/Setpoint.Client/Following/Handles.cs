using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Judging;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Following;

/// <summary>The handles that the app holds. One per key, type and fallback: asking twice gives the same one, so none leaks.</summary>
internal sealed class Handles(SnapshotBoard board, StatusBoard status, ILogger log)
{
    // Held while a handle is made and while all of them are swapped, so that none is made from the old configuration and then forgotten.
    // None of the app's callbacks runs under it.
    private readonly Lock _swapping = new();
    private readonly Dictionary<object, IHandle> _handles = [];

    /// <summary>The handle for the identity, made by <paramref name="make"/> from the current configuration if it is new.</summary>
    public SetpointHandle<T> Get<T>(object identity, Func<ConfigurationSnapshot, SetpointHandle<T>> make)
    {
        lock (_swapping)
        {
            if (_handles.TryGetValue(identity, out var known))
                return (SetpointHandle<T>)known;
            var made = make(board.Current);
            _handles.Add(identity, made);
            return made;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Binding runs the app's constructors and setters, which may throw anything; that is a refusal.")]
    public void Judge(ConfigurationSnapshot candidate, List<ConfigurationFailure> failures)
    {
        foreach (var handle in All())
        {
            try
            {
                handle.Prepare(candidate);
            }
            catch (Exception thrown)
            {
                failures.AddRange(BindingFailure.Describe(thrown).Select(message => new ConfigurationFailure($"handle '{handle.Key}'", message)));
            }
        }
    }

    /// <summary>Makes the next snapshot current, and each handle's value with it.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A handle made after the judgement keeps its value; it must not stop the others half-way.")]
    public void Swap(ConfigurationSnapshot next)
    {
        lock (_swapping)
        {
            var commits = new List<Action>(_handles.Count);
            foreach (var handle in _handles.Values)
            {
                try
                {
                    commits.Add(handle.Prepare(next));
                }
                catch (Exception thrown)
                {
                    var problem = string.Join("; ", BindingFailure.Describe(thrown));
                    status.Report($"The handle '{handle.Key}' keeps its value: {problem}.");
                    log.HandleKept(handle.Key, problem);
                }
            }

            board.Replace(next);
            foreach (var commit in commits)
                commit();
        }
    }

    private IHandle[] All()
    {
        lock (_swapping)
            return [.. _handles.Values];
    }
}
