using Setpoint.Core.Evolution;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Evolution;

/// <summary>Short ways to say migrations in tests.</summary>
internal static class MigrationSamples
{
    public static readonly Address Schema = Address.Of("schema", "mail");

    /// <summary>A migration from version 1 to 2 with these steps.</summary>
    public static Migration Steps(params string[] steps) => Migrate(1, 2, steps);

    public static Migration Migrate(int from, int to, params string[] steps) =>
        Parsed(ObjectOf($$"""{"from":{{from}},"to":{{to}},"steps":[{{string.Join(",", steps)}}]}"""));

    public static Migration Parsed(JsonObject document)
    {
        var violations = new ViolationList();
        var migration = Migration.Parse(document, Schema, "", violations);
        violations.ToImmutable().ShouldBeEmpty(document.ToString());
        return migration.ShouldNotBeNull();
    }

    /// <summary>The layer after the migration; it must be accepted, and the layer before must stand.</summary>
    public static JsonObject Migrated(this Migration migration, JsonObject layer, bool isBase = true)
    {
        var before = layer.ToString();
        var result = migration.Apply(layer, isBase);
        layer.ToString().ShouldBe(before);
        return result.TryGet(out var migrated, out var fault) ? migrated : throw new FormatException($"{fault.Message} in {before}");
    }

    public static string Migrated(this Migration migration, string layer, bool isBase = true) => migration.Migrated(ObjectOf(layer), isBase).ToString();

    /// <summary>What the migration refuses in the layer, which must stand.</summary>
    public static Violation[] Refused(this Migration migration, string layer, bool isBase = true)
    {
        var document = ObjectOf(layer);
        var fault = migration.Apply(document, isBase).Fault.ShouldBeOfType<Fault.Invalid>();
        document.ToString().ShouldBe(layer);
        return [.. fault.Violations];
    }
}
