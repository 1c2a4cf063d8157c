using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Core.Ledger;

/// <summary>The kinds that this server knows. Immutable.</summary>
public sealed class KindCatalog
{
    private readonly FrozenDictionary<string, int> _positions;

    /// <param name="effectiveRules">See <see cref="EffectiveRules"/>.</param>
    public KindCatalog(ReadOnlySpan<Kind> kinds, ReadOnlySpan<Rule> effectiveRules)
    {
        Kinds = [.. kinds];
        EffectiveRules = [.. effectiveRules];
        _positions = Kinds.Select((kind, position) => KeyValuePair.Create(kind.Name, position)).ToFrozenDictionary(StringComparer.Ordinal);
    }

    public ImmutableArray<Kind> Kinds { get; }

    /// <summary>Rules over what documents of several kinds make together. They see only candidates whose documents obey their kinds' rules.</summary>
    public ImmutableArray<Rule> EffectiveRules { get; }

    public bool TryFind(string name, [NotNullWhen(true)] out Kind? kind)
    {
        kind = _positions.TryGetValue(name, out var position) ? Kinds[position] : null;
        return kind is not null;
    }

    internal bool TryFindPosition(string name, out int position) => _positions.TryGetValue(name, out position);
}
