using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Ledger;

/// <summary>The kinds that this server knows. Immutable.</summary>
public sealed class KindCatalog
{
    private readonly FrozenDictionary<string, int> _positions;

    public KindCatalog(params ReadOnlySpan<Kind> kinds)
    {
        Kinds = [.. kinds];
        _positions = Kinds.Select((kind, position) => KeyValuePair.Create(kind.Name, position)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    public ImmutableArray<Kind> Kinds { get; }

    public bool TryFind(string name, [NotNullWhen(true)] out Kind? kind)
    {
        kind = _positions.TryGetValue(name, out var position) ? Kinds[position] : null;
        return kind is not null;
    }

    internal bool TryFindPosition(string name, out int position) => _positions.TryGetValue(name, out position);
}
