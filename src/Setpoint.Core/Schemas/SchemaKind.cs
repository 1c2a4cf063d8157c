using System.Collections.Frozen;
using System.Collections.Immutable;
using Setpoint.Core.Evolution;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rules;

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

    public const int RulesMax = 1_000;

    public const int MigrationsMax = 1_000;

    /// <summary>The properties that a document may have.</summary>
    public static readonly FrozenSet<string> Properties = FrozenSet.Create(StringComparer.Ordinal, "schema", "version", "rules", "migrations", "description");

    public override string Name => KindName;

    public override KindIndex EmptyIndex => SchemaIndex.Empty;

    public override ImmutableArray<Rule> Rules { get; } = [new SchemaRule()];

    public static Address AddressOf(string ns) => Address.Of(KindName, ns);

    /// <summary>The URI under which other schemas refer to this one.</summary>
    public static string UriOf(string ns) => $"setpoint://schema/{ns}";

    /// <summary>It may come before its namespace, whose configuration it will judge, and does not create it.</summary>
    public override string? NamespaceOf(Address address) => address.Segments[1];

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
        var rules = ReadRules(shape.OptionalValue("rules"), address, violations);
        var migrations = ReadMigrations(shape.OptionalValue("migrations"), address, violations);
        shape.RefuseUnknown();
        return violations.Count > before
            ? null
            : new ConfigSchema(address.Segments[1], schema!, (int)version, description, rules, migrations, SchemaScan.LeadsOut(schema!));
    }

    private static ImmutableArray<ConfigRule> ReadRules(JsonValue? written, Address address, ViolationList violations)
    {
        if (Items(written, "rules", RulesMax, address, violations) is not { } array)
            return [];
        var rules = ImmutableArray.CreateBuilder<ConfigRule>(array.Items.Length);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < array.Items.Length; i++)
        {
            var path = $"/rules/{i}";
            if (array.Items[i] is not JsonObject members)
            {
                violations.Add(address, path, ViolationCode.InvalidParameterType, $"A rule is an object with name, message and assert, not {JsonKinds.Describe(array.Items[i].Kind)}.");
                continue;
            }

            if (ConfigRule.Parse(members, address, path, violations) is not { } rule)
                continue;
            if (!names.Add(rule.Name))
                violations.Add(address, path + "/name", ViolationCode.ConstraintViolation, $"Two rules are named '{rule.Name}'; a violation has to name one.");
            rules.Add(rule);
        }

        return rules.ToImmutable();
    }

    private static ImmutableArray<Migration> ReadMigrations(JsonValue? written, Address address, ViolationList violations) =>
        Items(written, "migrations", MigrationsMax, address, violations) is { } array ? Migration.ParseAll(array, address, "/migrations", violations) : [];

    private static JsonArray? Items(JsonValue? written, string name, int countMax, Address address, ViolationList violations)
    {
        switch (written)
        {
            case null:
                return null;
            case JsonArray array when array.Items.Length <= countMax:
                return array;
            case JsonArray array:
                violations.Add(address, "/" + name, ViolationCode.ConstraintViolation, $"'{name}' has {array.Items.Length} entries; the limit is {countMax}.");
                return null;
            default:
                violations.Add(address, "/" + name, ViolationCode.InvalidParameterType, $"'{name}' must be an array, not {JsonKinds.Describe(written.Kind)}.");
                return null;
        }
    }
}
