using System.Collections.Immutable;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Faults;

/// <summary>Collects every violation that the rules find, up to <see cref="Limits.ViolationsMax"/>. Not thread-safe.</summary>
public sealed class ViolationList
{
    private readonly ImmutableArray<Violation>.Builder _items = ImmutableArray.CreateBuilder<Violation>();

    public int Count => _items.Count;

    public void Add(Address? address, string path, string code, string message)
    {
        if (_items.Count < Limits.ViolationsMax)
            _items.Add(new Violation(path, code, message, address));
    }

    public ImmutableArray<Violation> ToImmutable() => _items.ToImmutable();
}
