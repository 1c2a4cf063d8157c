using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Schemas;

/// <summary>
/// <c>schema/{ns}</c>: <c>{"schema": JSON Schema, "version"?: 1, "rules"?: [...], "migrations"?: [...], "description"?: text}</c>.
/// </summary>
/// <remarks>
/// The schema's own correctness is checked by a rule and not here, because it may lean on schemas of other namespaces; and because a
/// server that starts with thousands of schemas compiles one when it is first needed.
/// </remarks>
public sealed class SchemaKind : Kind
{
    public const string KindName = "schema";

    /// <summary>Highest number that a structure may have.</summary>
    public const int VersionMax = 1_000_000;

    /// <summary>The properties that a document may have.</summary>
    public static readonly FrozenSet<string> Properties = FrozenSet.Create(StringComparer.Ordinal, "schema", "version", "rules", "migrations", "description");

    public override string Name => KindName;

    public override KindIndex EmptyIndex => SchemaIndex.Empty;

    public override ImmutableArray<Rule> Rules { get; } = [new SchemaRule()];

    public static Address AddressOf(string ns) => Address.Of(KindName, ns);

    /// <summary>The URI under which other schemas refer to this one.</summary>
    public static string UriOf(string ns) => $"setpoint://schema/{ns}";

    public override object? Parse(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        if (address.Segments.Length != 2)
            violations.Add(address, "", ViolationCode.MalformedDocument, $"{address} is no schema of a namespace; the address is {KindName}/{{ns}}.");

        var shape = new ShapeReader(address, body, violations);
        var schema = shape.Required("schema");
        if (schema is not (null or JsonObject or JsonBoolean))
        {
            violations.Add(address, "/schema", ViolationCode.InvalidParameterType,
                $"'schema' must be a JSON Schema, an object or a boolean, not {JsonKinds.Describe(schema.Kind)}.");
        }

        var version = shape.OptionalInteger("version", 1, VersionMax, fallback: 1);
        var description = shape.OptionalString("description");
        shape.RefuseUnknown();
        return violations.Count > before
            ? null
            : new ConfigSchema(address.Segments[1], schema!, (int)version, description, ReferenceScan.LeadsOut(schema!));
    }
}
