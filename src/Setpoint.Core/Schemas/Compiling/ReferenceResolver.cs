using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas.Compiling;

/// <summary>Finds the place that a reference names.</summary>
internal static class ReferenceResolver
{
    /// <summary>Null if there is no such place; then the problem is a sentence.</summary>
    public static SchemaLocation? Resolve(SchemaCompilation compilation, SchemaLocation from, string reference, out string? problem)
    {
        problem = null;
        var (uri, fragment) = SchemaUri.Split(SchemaUri.Resolve(from.Resource.Uri, reference));
        var resource = uri == from.Resource.Uri ? from.Resource : compilation.FindResource(uri, from.Resource.Document);
        if (resource is null)
        {
            var meant = uri == reference ? "" : $" ('{Phrase.Clip(uri.Replace(SchemaUri.Unnamed, "", StringComparison.Ordinal))}')";
            problem = $"The reference '{Phrase.Clip(reference)}'{meant} leads to nothing: only the schema itself and registered schemas are looked at, nothing is fetched. Register it, or put it under '$defs'.";
            return null;
        }

        if (fragment.Length == 0)
            return resource.Root;
        var decoded = Uri.UnescapeDataString(fragment);
        var found = decoded[0] == '/' ? Follow(resource, decoded) : resource.Anchor(decoded);
        if (found is null)
        {
            problem = decoded[0] == '/'
                ? $"The reference '{Phrase.Clip(reference)}' leads to nothing: there is no '{Phrase.Clip(decoded)}' in that schema."
                : $"The reference '{Phrase.Clip(reference)}' leads to nothing: no '$anchor' in that schema is named '{Phrase.Clip(decoded)}'.";
        }

        return found;
    }

    /// <summary>The pointer starts at the root of the resource and may lead into resources within.</summary>
    private static SchemaLocation? Follow(SchemaResource resource, string fragment)
    {
        if (!JsonPointer.TryParse(fragment, out var pointer, out _))
            return null;
        var place = resource.Root;
        foreach (var segment in pointer.Segments)
        {
            var value = place.Value switch
            {
                JsonObject members => members[segment],
                JsonArray list when JsonPointer.TryIndex(segment, out var index) && index < list.Items.Length => list.Items[index],
                _ => null,
            };
            if (value is null)
                return null;
            place = place.Below(value, SchemaPointer.Append(place.Pointer, segment));
        }

        return place;
    }
}
