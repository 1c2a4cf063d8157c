using System.Collections.Immutable;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Faults;

/// <summary>
/// Collects every violation that the rules find, and apart from them what they warn of, each up to <see cref="Limits.ViolationsMax"/>.
/// Not thread-safe.
/// </summary>
public sealed class ViolationList
{
    private readonly ImmutableArray<Violation>.Builder _items = ImmutableArray.CreateBuilder<Violation>();
    private readonly ImmutableArray<Violation>.Builder _warnings = ImmutableArray.CreateBuilder<Violation>();

    /// <summary>How many were found, those that were not kept included: whoever compares it before and after sees every one.</summary>
    public int Count { get; private set; }

    /// <summary>No more is kept; whoever looks for more violations may stop.</summary>
    public bool IsFull => _items.Count >= Limits.ViolationsMax;

    /// <summary>What is worth a word and refuses nothing.</summary>
    public ImmutableArray<Violation> Warnings => _warnings.ToImmutable();

    public void Add(Address? address, string path, string code, string message) => Add(new Violation(path, code, message, address));

    public void Add(Violation violation)
    {
        Count++;
        if (!IsFull)
            _items.Add(violation);
    }

    public void Warn(Violation warning)
    {
        if (_warnings.Count < Limits.ViolationsMax)
            _warnings.Add(warning);
    }

    public ImmutableArray<Violation> ToImmutable() => _items.ToImmutable();

    /// <summary>The refusal that these violations make.</summary>
    public Fault ToFault()
    {
        foreach (var violation in _items)
        {
            if (violation.Code == ViolationCode.ValidationTimeout)
                return new Fault.TimedOut(violation.Message, ToImmutable());
        }

        return new Fault.Invalid(ToImmutable());
    }
}
