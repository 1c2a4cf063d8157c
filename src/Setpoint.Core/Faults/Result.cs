using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Faults;

/// <summary>A value or the <see cref="Faults.Fault"/> that stands in its place.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Fault? fault)
    {
        _value = value;
        Fault = fault;
    }

    /// <summary>Null when there is a value.</summary>
    public Fault? Fault { get; }

    public bool IsFault => Fault is not null;

    /// <exception cref="InvalidOperationException">There is a fault; look at <see cref="Fault"/> first.</exception>
    public T Value => Fault is null ? _value! : throw new InvalidOperationException($"No value: {Fault.Code}: {Fault.Message}");

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Fault? fault)
    {
        value = _value;
        fault = Fault;
        return fault is null;
    }

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Fault fault) => new(default, fault);
}
