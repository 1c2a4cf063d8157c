using Setpoint.Core.Evolution;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Layers;

/// <summary>
/// Brings every layer of a namespace, the arms of its rollouts among them, into the structure that its new schema describes, in the commit that brings the schema.
/// </summary>
/// <remarks>
/// 1. Find the way from the version that the schema has to the one that it gets, among the migrations of the new document and those of the
/// old one; a lower version is reached by inverses. 2. Apply it to each layer that the commit does not itself set: what somebody writes
/// together with the new schema is written for it. 3. Report every layer that cannot follow, and quote its values only where neither schema
/// marks any as secret: between two steps a layer has the structure of neither, so nobody can tell which place is the marked one.
/// </remarks>
public static class LayerMigration
{
    internal static IEnumerable<ProposedChange> Imply(Snapshot before, IReadOnlyList<ProposedChange> changes, ViolationList violations)
    {
        var implied = new List<ProposedChange>();
        foreach (var change in changes)
        {
            if (change.Address is not { Kind: SchemaKind.KindName, Segments: [_, var ns] } || change.Body is null || before.Schemas().Find(ns) is not { } entry)
                continue;

            // What cannot be read is reported when the change itself is judged.
            var unread = new ViolationList();
            if (new SchemaKind().Parse(change.Address, change.Body, unread) is not ConfigSchema next || next.Version == entry.Content!.Version)
                continue;
            Migrate(before, entry, next, [.. changes.Select(one => one.Address)], implied, violations);
        }

        return implied;
    }

    /// <summary>An effective configuration in the structure of another version, in which an older reader wants it.</summary>
    /// <param name="entry">The schema that the configuration follows.</param>
    /// <returns><see cref="Fault.SchemaVersionMismatch"/> if nothing leads there, else what <see cref="MigrationPath.Apply(JsonObject, bool)"/>
    /// refuses.</returns>
    public static Result<JsonObject> Show(SchemaEntry entry, JsonObject config, int version)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(config);
        if (!MigrationPath.Find(entry.Content!.Migrations, entry.Content.Version, version).TryGet(out var path, out var fault))
            return fault;
        return path.Apply(config, new MigrationRun(isBase: true, quotes: !entry.Content.MayMarkSecrets()));
    }

    private static void Migrate(
        Snapshot before, SchemaEntry entry, ConfigSchema next, HashSet<Address> set, List<ProposedChange> implied, ViolationList violations)
    {
        var layers = before.Configs().Find(next.Namespace);
        var rollouts = before.Rollouts().In(next.Namespace);
        if (layers is not { HasLayers: true } && rollouts is not { Count: > 0 })
            return;
        var address = entry.Document.Address;
        var known = next.Migrations.Select(migration => (migration.From, migration.To)).ToHashSet();
        var migrations = next.Migrations.Concat(entry.Content!.Migrations.Where(old => !known.Contains((old.From, old.To))));
        if (!MigrationPath.Find(migrations, entry.Content.Version, next.Version).TryGet(out var path, out var noWay))
        {
            violations.Add(address, "/migrations", ViolationCode.ConstraintViolation,
                $"{address} goes from version {entry.Content.Version} to {next.Version}: {noWay.Message} If the layers need not change, a migration with no steps says so.");
            return;
        }

        var quotes = !entry.Content.MayMarkSecrets() && !next.MayMarkSecrets();
        foreach (var layer in layers?.All ?? [])
        {
            if (layer.Content is not { } content || set.Contains(layer.Document.Address))
                continue;
            var isBase = layer.Slot.Scope == LayerScope.Base || (layers!.Base?.Content is null && layer.Slot.Scope == LayerScope.Environment);
            if (path.Apply(content.Config, new MigrationRun(isBase, quotes)).TryGet(out var migrated, out var fault))
            {
                if (!ReferenceEquals(migrated, content.Config))
                    implied.Add(new(layer.Document.Address, content.ExpiresAt is { } end ? ConfigKind.RuntimeBody(migrated, end) : migrated));
            }
            else
            {
                Report(layer.Document.Address, next.Version, fault, violations);
            }
        }

        // Stopped ones too: started later, they would be of a structure that is gone.
        foreach (var rollout in rollouts?.All ?? [])
        {
            if (!set.Contains(rollout.Document!.Address))
                MigrateArms(rollout, path, next.Version, quotes, implied, violations);
        }
    }

    private static void MigrateArms(Rollout rollout, MigrationPath path, int version, bool quotes, List<ProposedChange> implied, ViolationList violations)
    {
        var document = rollout.Document!;
        var written = (JsonObject)document.Body!["arms"]!;
        var arms = written;
        foreach (var arm in rollout.Arms)
        {
            if (!path.Apply(arm.Config, new MigrationRun(isBase: false, quotes)).TryGet(out var migrated, out var fault))
                Report(document.Address, version, fault, violations);
            else if (!ReferenceEquals(migrated, arm.Config))
                arms = arms.With(arm.Name, ((JsonObject)written[arm.Name]!).With("config", migrated));
        }

        if (!ReferenceEquals(arms, written))
            implied.Add(new(document.Address, document.Body.With("arms", arms)));
    }

    private static void Report(Address address, int version, Fault fault, ViolationList violations)
    {
        if (fault is not Fault.Invalid invalid)
        {
            violations.Add(address, "", ViolationCode.ConstraintViolation, $"{address} cannot follow to version {version}: {fault.Message}");
            return;
        }

        foreach (var violation in invalid.Violations)
            violations.Add(violation with { Address = address, Message = $"{address} cannot follow to version {version}: {violation.Message}" });
    }
}
