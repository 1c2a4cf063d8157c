using System.Collections.Immutable;
using Setpoint.Core.Evolution;
using Setpoint.Core.Json;
using Setpoint.Core.References;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Schemas;

/// <summary>What the configuration of a namespace has to look like, as a <c>schema/{ns}</c> document says it. Its shape is checked.</summary>
/// <param name="Schema">A JSON Schema: an object, or a boolean.</param>
/// <param name="Version">Of the configuration's structure, 1 or more: what readers ask for with <c>schemaVersion</c>.</param>
/// <param name="Rules">What a schema cannot say.</param>
/// <param name="Migrations">From one structure to another.</param>
/// <param name="MayReferToOthers">True if some <c>$ref</c> leads out of the document, perhaps to the schema of another namespace.</param>
public sealed record ConfigSchema(
    string Namespace,
    JsonValue Schema,
    int Version,
    string? Description,
    ImmutableArray<ConfigRule> Rules,
    ImmutableArray<Migration> Migrations,
    bool MayReferToOthers)
{
    /// <summary>What strings anywhere in the schema would refer to if they were defaults: it may say more than its defaults do, never less.</summary>
    public ReferenceSet References { get; } = Schema is JsonObject members ? ReferenceSet.Of(members) : ReferenceSet.None;

    /// <summary>True if some rule reads another namespace, or other environments: then what it says does not follow from one configuration.</summary>
    public bool LooksElsewhere { get; } = Rules.Any(rule => rule.Reach != RuleReach.One || !rule.Uses.IsEmpty);

    /// <summary>True if some value may be secret, as far as the text alone tells. Walks the schema.</summary>
    internal bool MayMarkSecrets() => SchemaScan.MayMarkSecrets(Schema);
}
