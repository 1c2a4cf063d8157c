using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>A document and the resources in it. Made by <see cref="ResourceScan"/>; lives as long as a compilation.</summary>
internal sealed class SchemaDocument(string uri, JsonValue root)
{
    private readonly Dictionary<string, SchemaResource> _byPointer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaResource> _byUri = new(StringComparer.Ordinal);

    /// <summary>Where it was found; a schema to be compiled has no place unless its <c>$id</c> says so.</summary>
    public string Uri => uri;

    public JsonValue Root => root;

    public SchemaResource RootResource => _byPointer[string.Empty];

    /// <summary>Definitions, used or not: a mistake in one of them should be found when it is written, not when it is used.</summary>
    public List<SchemaLocation> Definitions { get; } = [];

    public bool Add(string pointer, SchemaResource resource)
    {
        _byPointer[pointer] = resource;
        return _byUri.TryAdd(resource.Uri, resource);
    }

    public SchemaResource? ResourceAt(string pointer) => _byPointer.GetValueOrDefault(pointer);

    public SchemaResource? Find(string resourceUri) => _byUri.GetValueOrDefault(resourceUri);
}
