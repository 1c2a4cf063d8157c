using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;

namespace Setpoint.Server.Sources;

/// <summary>
/// A file below <c>schemas/</c> holds either a JSON Schema as every tool knows it, or the whole of a schema document with its version,
/// rules and migrations.
/// </summary>
internal static class SchemaFile
{
    /// <summary>The document that the file's content stands for. What has a <c>schema</c> of its own and no JSON Schema keyword beside it is one already.</summary>
    public static JsonObject ToDocument(Address address, JsonObject content) =>
        address.Kind == SchemaKind.KindName && !IsDocument(content) ? new JsonObjectBuilder(1).Add("schema", content).Build() : content;

    /// <summary>Where in the file a pointer into the document leads.</summary>
    public static string PointerInto(JsonObject content, Address address, string pointer) =>
        address.Kind == SchemaKind.KindName && !IsDocument(content) && pointer.StartsWith("/schema", StringComparison.Ordinal)
            ? pointer["/schema".Length..]
            : pointer;

    private static bool IsDocument(JsonObject content)
    {
        if (content["schema"] is not (JsonObject or JsonBoolean))
            return false;
        for (var i = 0; i < content.Count; i++)
        {
            if (!SchemaKind.Properties.Contains(content.NameAt(i)))
                return false;
        }

        return true;
    }
}
