using System.Collections.Immutable;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>
/// What each <c>$dynamicAnchor</c> means where the evaluation came through certain resources: the outermost that has it wins.
/// </summary>
/// <remarks>
/// <c>$dynamicRef</c> depends on the way that led to it, which is known when a schema is compiled: a subschema that is reached in two scopes
/// is compiled twice, each time with direct links. Scopes with the same meanings are one scope, and a schema without dynamic anchors (all but
/// metaschemas, as a rule) has exactly one.
/// </remarks>
internal sealed class DynamicScope
{
    private readonly Dictionary<string, DynamicScope> _all;
    private readonly ImmutableSortedDictionary<string, SchemaLocation> _anchors;
    private readonly Dictionary<SchemaResource, DynamicScope> _entered = [];

    public DynamicScope()
        : this([], ImmutableSortedDictionary.Create<string, SchemaLocation>(StringComparer.Ordinal))
    {
    }

    private DynamicScope(Dictionary<string, DynamicScope> all, ImmutableSortedDictionary<string, SchemaLocation> anchors)
    {
        _all = all;
        _anchors = anchors;
        Id = all.Count + (anchors.IsEmpty ? 0 : 1);
    }

    public int Id { get; }

    /// <summary>The scope within that resource.</summary>
    public DynamicScope Enter(SchemaResource resource)
    {
        if (resource.DynamicAnchors.Count == 0)
            return this;
        if (_entered.TryGetValue(resource, out var known))
            return known;

        var anchors = _anchors;
        foreach (var (name, place) in resource.DynamicAnchors)
        {
            if (!anchors.ContainsKey(name))
                anchors = anchors.Add(name, place);
        }

        var scope = this;
        if (!ReferenceEquals(anchors, _anchors))
        {
            var key = string.Join('\n', anchors.Select(anchor => $"{anchor.Key} {anchor.Value.Resource.Uri} {anchor.Value.Pointer}"));
            if (!_all.TryGetValue(key, out scope))
            {
                scope = new DynamicScope(_all, anchors);
                _all.Add(key, scope);
            }
        }

        _entered.Add(resource, scope);
        return scope;
    }

    public SchemaLocation? Find(string anchor) => _anchors.GetValueOrDefault(anchor);
}
