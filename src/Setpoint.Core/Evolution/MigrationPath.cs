using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Evolution;

/// <summary>The migrations that lead from one version of a schema to another, one after another. Immutable and thread-safe.</summary>
/// <remarks>
/// 1. A way up is the chain of fewest migrations; of several, the one whose versions are lower first. It is searched breadth first, each
///    version's migrations in the order of where they lead to.
/// 2. A way down is a way up whose migrations all have an inverse, taken backwards. If there are ways up, but none of that kind, the
///    refusal names the step that is in the way on the chain of 1.
/// </remarks>
public sealed class MigrationPath
{
    private MigrationPath(ImmutableArray<Migration> migrations) => Migrations = migrations;

    /// <summary>In the order in which they are applied; empty between equal versions.</summary>
    public ImmutableArray<Migration> Migrations { get; }

    /// <summary>Finds the way between two versions.</summary>
    /// <param name="migrations">Those that a schema has, in any order; no two lead from the same version to the same.</param>
    /// <param name="from">The version that is there.</param>
    /// <param name="to">The version that is wanted; if it is the older one, the way leads through inverses.</param>
    /// <returns><see cref="Fault.SchemaVersionMismatch"/> that names the missing link or the step that cannot be undone.</returns>
    public static Result<MigrationPath> Find(IEnumerable<Migration> migrations, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(migrations);
        if (from == to)
            return new MigrationPath([]);

        var (low, high) = (Math.Min(from, to), Math.Max(from, to));
        var upwards = migrations.Where(migration => migration.From < migration.To && migration.From >= low && migration.To <= high)
            .OrderBy(migration => migration.To)
            .ToLookup(migration => migration.From);
        var up = Chain(upwards, low, high, static _ => true, out var reached);
        if (up is null)
            return new Fault.SchemaVersionMismatch(to, from, $"The configuration has schema version {from}, and there is no way to version {to}: the migrations from version {low} on lead as far as {reached}, and none leads from there towards {high}. Add it.");
        if (from < to)
            return new MigrationPath([.. up]);

        if (Chain(upwards, low, high, static migration => migration.Inverse is not null, out _) is { } back)
            return new MigrationPath([.. back.AsEnumerable().Reverse().Select(migration => migration.Inverse!)]);
        var stuck = up.Last(migration => migration.Inverse is null);
        return new Fault.SchemaVersionMismatch(to, from, $"The configuration has schema version {from} and cannot be shown as version {to}: {stuck.WhyNoInverse}. Read it as version {from}, or give that step what it needs.");
    }

    /// <summary>The layer in the other version.</summary>
    /// <inheritdoc cref="Migration.Apply(JsonObject, bool)"/>
    public Result<JsonObject> Apply(JsonObject layer, bool isBase)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return Apply(layer, new MigrationRun(isBase));
    }

    internal Result<JsonObject> Apply(JsonObject layer, MigrationRun run)
    {
        var current = layer;
        foreach (var migration in Migrations)
        {
            if (!migration.Apply(current, run).TryGet(out var next, out var fault))
                return fault;
            current = next;
        }

        return ReferenceEquals(current, layer) ? layer : MigrationRun.Measure(current);
    }

    /// <param name="upwards">The migrations by the version that they start from.</param>
    /// <param name="low">Where to start.</param>
    /// <param name="high">Where to end.</param>
    /// <param name="usable">Which migrations may be taken.</param>
    /// <param name="reached">The highest version that was found.</param>
    private static List<Migration>? Chain(ILookup<int, Migration> upwards, int low, int high, Func<Migration, bool> usable, out int reached)
    {
        var cameBy = new Dictionary<int, Migration>();
        var open = new Queue<int>([low]);
        while (open.TryDequeue(out var at) && at != high)
        {
            foreach (var migration in upwards[at])
            {
                if (usable(migration) && cameBy.TryAdd(migration.To, migration))
                    open.Enqueue(migration.To);
            }
        }

        reached = cameBy.Keys.Append(low).Max();
        if (reached != high)
            return null;
        var chain = new List<Migration>();
        for (var at = high; at != low; at = chain[^1].From)
            chain.Add(cameBy[at]);
        chain.Reverse();
        return chain;
    }
}
