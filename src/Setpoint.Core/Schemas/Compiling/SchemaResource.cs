using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>A place in a document. The pointer starts at the root of the document, whatever resource it lies in.</summary>
internal sealed record SchemaLocation(SchemaResource Resource, string Pointer, JsonValue Value)
{
    /// <summary>The place one step further in, in the resource that begins there or in the same.</summary>
    public SchemaLocation Below(JsonValue value, string pointer) => new(Resource.Document.ResourceAt(pointer) ?? Resource, pointer, value);
}

/// <summary>A schema with a URI of its own: the root of a document, or a subschema with <c>$id</c>.</summary>
internal sealed class SchemaResource(SchemaDocument document, string uri, Dialect dialect, string pointer, JsonValue value)
{
    private readonly Dictionary<string, SchemaLocation> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaLocation> _dynamicAnchors = new(StringComparer.Ordinal);

    public SchemaDocument Document => document;

    /// <summary>Absolute, without fragment: what references in it are resolved against.</summary>
    public string Uri => uri;

    public Dialect Dialect => dialect;

    public SchemaLocation Root => new(this, pointer, value);

    public IReadOnlyDictionary<string, SchemaLocation> DynamicAnchors => _dynamicAnchors;

    /// <summary>False if the name is taken.</summary>
    public bool AddAnchor(string name, SchemaLocation place, bool dynamic)
    {
        if (dynamic)
            _dynamicAnchors[name] = place;
        return _anchors.TryAdd(name, place);
    }

    public SchemaLocation? Anchor(string name) => _anchors.GetValueOrDefault(name);
}
