using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>Finds the resources and anchors of a document: every place where a schema may lie, and no other.</summary>
internal sealed class ResourceScan
{
    private readonly SchemaCompilation _compilation;
    private readonly SchemaDocument _document;
    private readonly bool _isMain;

    private ResourceScan(SchemaCompilation compilation, SchemaDocument document, bool isMain)
    {
        _compilation = compilation;
        _document = document;
        _isMain = isMain;
    }

    /// <param name="compilation">Takes the violations and knows the metaschemas.</param>
    /// <param name="uri">Where the document was found.</param>
    /// <param name="root">The document.</param>
    /// <param name="isMain">True for the schema that is compiled: its definitions are remembered.</param>
    public static SchemaDocument Read(SchemaCompilation compilation, string uri, JsonValue root, bool isMain)
    {
        var document = new SchemaDocument(uri, root);
        var dialect = compilation.DialectOf(root, compilation.DefaultDialect);
        document.Add(string.Empty, new SchemaResource(document, IdOf(root, dialect, uri, out _) ?? uri, dialect, string.Empty, root));
        new ResourceScan(compilation, document, isMain).Visit(document.RootResource.Root);
        return document;
    }

    /// <summary>The URI that <c>$id</c> gives a schema; null if there is none. An anchor in it (draft-07) comes apart.</summary>
    private static string? IdOf(JsonValue value, Dialect dialect, string baseUri, out string anchor)
    {
        anchor = string.Empty;
        if (value is not JsonObject members || members["$id"] is not JsonString id)
            return null;
        if (dialect.ReferenceStandsAlone && members.Contains("$ref"))
            return null;
        var (uri, fragment) = SchemaUri.Split(id.Value);
        anchor = fragment;
        return uri.Length == 0 ? null : SchemaUri.Resolve(baseUri, uri);
    }

    private void Visit(SchemaLocation place)
    {
        if (place.Value is not JsonObject members)
            return;
        AddAnchors(place, members);
        for (var i = 0; i < members.Count; i++)
        {
            var keyword = members.NameAt(i);
            var shape = SubschemaKeywords.ShapeOf(keyword, place.Resource.Dialect.Draft);
            if (shape == SubschemaShape.None)
                continue;
            var pointer = SchemaPointer.Append(place.Pointer, keyword);
            switch (members.ValueAt(i))
            {
                case JsonArray list when (shape & SubschemaShape.List) != SubschemaShape.None:
                    for (var index = 0; index < list.Items.Length; index++)
                        Enter(place, list.Items[index], SchemaPointer.Append(pointer, index));
                    break;
                case JsonObject map when (shape & SubschemaShape.Map) != SubschemaShape.None:
                    for (var member = 0; member < map.Count; member++)
                    {
                        var inner = Enter(place, map.ValueAt(member), SchemaPointer.Append(pointer, map.NameAt(member)));
                        if (_isMain && inner is not null && (keyword is "$defs" or "definitions"))
                            _document.Definitions.Add(inner);
                    }

                    break;
                case JsonObject one when (shape & SubschemaShape.One) != SubschemaShape.None:
                    Enter(place, one, pointer);
                    break;
            }
        }
    }

    private SchemaLocation? Enter(SchemaLocation outer, JsonValue value, string pointer)
    {
        if (value is not (JsonObject or JsonBoolean))
            return null;
        var resource = outer.Resource;
        var dialect = resource.Dialect;
        if (IdOf(value, dialect, resource.Uri, out _) is { } uri)
        {
            dialect = _compilation.DialectOf(value, dialect);
            resource = new SchemaResource(_document, uri, dialect, pointer, value);
            if (!_document.Add(pointer, resource))
            {
                _compilation.Add(_document, SchemaPointer.Append(pointer, "$id"), ViolationCode.ConstraintViolation,
                    $"'{uri}' is the $id of two schemas in this document; each needs one of its own.");
            }
        }

        var place = new SchemaLocation(resource, pointer, value);
        Visit(place);
        return place;
    }

    private void AddAnchors(SchemaLocation place, JsonObject members)
    {
        var dialect = place.Resource.Dialect;
        if (dialect.Draft == DialectDraft.Draft7)
        {
            IdOf(members, dialect, place.Resource.Uri, out var fragment);
            if (fragment.Length > 0)
                Add(place, fragment, "$id", dynamic: false);
            return;
        }

        if (members["$anchor"] is JsonString anchor)
            Add(place, anchor.Value, "$anchor", dynamic: false);
        if (dialect.Draft == DialectDraft.Draft202012 && members["$dynamicAnchor"] is JsonString dynamicAnchor)
            Add(place, dynamicAnchor.Value, "$dynamicAnchor", dynamic: true);
    }

    private void Add(SchemaLocation place, string name, string keyword, bool dynamic)
    {
        if (place.Resource.AddAnchor(name, place, dynamic))
            return;
        _compilation.Add(_document, SchemaPointer.Append(place.Pointer, keyword), ViolationCode.ConstraintViolation,
            $"The anchor '{name}' stands twice in the same schema; each needs a name of its own.");
    }
}
