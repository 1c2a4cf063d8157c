using Setpoint.Core.Json;

namespace Setpoint.Core.Schemas;

/// <summary>What the configuration of a namespace has to look like, as a <c>schema/{ns}</c> document says it. Its shape is checked.</summary>
/// <param name="Schema">A JSON Schema: an object, or a boolean.</param>
/// <param name="Version">Of the configuration's structure, 1 or more: what readers ask for with <c>schemaVersion</c>.</param>
/// <param name="MayReferToOthers">True if some <c>$ref</c> leads out of the document, perhaps to the schema of another namespace.</param>
public sealed record ConfigSchema(string Namespace, JsonValue Schema, int Version, string? Description, bool MayReferToOthers);
