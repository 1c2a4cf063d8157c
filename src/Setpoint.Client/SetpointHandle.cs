using Setpoint.Client.Snapshots;

namespace Setpoint.Client;

/// <summary>
/// One configuration value, converted when a configuration arrives. <see cref="Value"/> is safe from any thread, costs a few nanoseconds,
/// allocates nothing, and changes at the moment in which a new configuration is swapped in.
/// </summary>
public sealed class SetpointHandle<T> : IHandle
{
    private readonly Func<ConfigurationSnapshot, T> _convert;

    // A reference, even for structs: those wider than a word would tear.
    private Holder _holder;

    internal SetpointHandle(string key, ConfigurationSnapshot current, Func<ConfigurationSnapshot, T> convert)
    {
        Key = key;
        _convert = convert;
        _holder = new(convert(current));
    }

    /// <summary>The key it was made for.</summary>
    public string Key { get; }

    /// <summary>The value in the current configuration.</summary>
    public T Value => Volatile.Read(ref _holder).Value;

    Action IHandle.Prepare(ConfigurationSnapshot candidate)
    {
        var next = new Holder(_convert(candidate));
        return () => Volatile.Write(ref _holder, next);
    }

    private sealed class Holder(T value)
    {
        public readonly T Value = value;
    }
}

/// <summary>A handle as the publisher sees it.</summary>
internal interface IHandle
{
    string Key { get; }

    /// <summary>Converts the candidate; throws if it cannot be bound. The result makes it visible.</summary>
    Action Prepare(ConfigurationSnapshot candidate);
}
