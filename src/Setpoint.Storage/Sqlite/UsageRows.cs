using Setpoint.Core.Statistics;

namespace Setpoint.Storage.Sqlite;

/// <summary>Counts and sketches in <c>usage.db</c>. Runs on the thread that owns the connection.</summary>
internal sealed class UsageRows(SqliteDatabase database)
{
    private const string PlaceSql = "SELECT id FROM places WHERE namespace = ?1 AND flag = ?2 AND environment = ?3";
    private const string NewPlaceSql = "INSERT INTO places (namespace, flag, environment) VALUES (?1, ?2, ?3) RETURNING id";
    private const string CellSql = "SELECT id FROM cells WHERE place = ?1 AND variant = ?2 AND reason = ?3";
    private const string NewCellSql = "INSERT INTO cells (place, variant, reason) VALUES (?1, ?2, ?3) RETURNING id";

    private const string CountSql =
        "INSERT INTO counts (cell, hour, count) VALUES (?1, ?2, ?3) ON CONFLICT (cell, hour) DO UPDATE SET count = count + excluded.count";

    private const string SketchSql = "SELECT sketch FROM keys WHERE place = ?1 AND day = ?2";
    private const string PutSketchSql = "INSERT INTO keys (place, day, sketch) VALUES (?1, ?2, ?3) ON CONFLICT (place, day) DO UPDATE SET sketch = excluded.sketch";

    private const string ReadSql =
        """
        SELECT p.namespace, p.flag, p.environment, c.variant, c.reason, n.hour, n.count
        FROM places AS p JOIN cells AS c ON c.place = p.id JOIN counts AS n ON n.cell = c.id
        WHERE p.namespace = ?1 AND (?2 IS NULL OR p.flag = ?2) AND (?3 IS NULL OR p.environment = ?3) AND n.hour >= ?4 AND n.hour < ?5
        ORDER BY n.hour, p.flag, p.environment, c.variant, c.reason
        """;

    private const string ReadKeysSql =
        """
        SELECT k.sketch FROM places AS p JOIN keys AS k ON k.place = p.id
        WHERE p.namespace = ?1 AND p.flag = ?2 AND (?3 IS NULL OR p.environment = ?3) AND k.day >= ?4 AND k.day < ?5
        """;

    private const string UseSql =
        """
        SELECT p.namespace, p.flag, c.variant, sum(n.count), max(n.hour)
        FROM places AS p JOIN cells AS c ON c.place = p.id JOIN counts AS n ON n.cell = c.id
        WHERE (?1 IS NULL OR p.namespace = ?1) AND (?2 IS NULL OR p.environment = ?2) AND n.hour >= ?3
        GROUP BY p.namespace, p.flag, c.variant
        """;

    private const string NextPlacesSql = "SELECT id FROM places WHERE id > ?1 ORDER BY id LIMIT ?2";

    // Places looked at between two other pieces of work on the thread: some milliseconds.
    private const int SweepStep = 500;

    private static readonly string[] SweepSql =
    [
        "DELETE FROM counts WHERE cell IN (SELECT id FROM cells WHERE place = ?1) AND hour < ?2",
        "DELETE FROM keys WHERE place = ?1 AND day < ?2 / 24",
        "DELETE FROM cells WHERE place = ?1 AND ?2 AND NOT EXISTS (SELECT 1 FROM counts WHERE cell = cells.id)",
        "DELETE FROM places WHERE id = ?1 AND ?2 AND NOT EXISTS (SELECT 1 FROM cells WHERE place = ?1) AND NOT EXISTS (SELECT 1 FROM keys WHERE place = ?1)",
    ];

    private long _swept;

    public void Add(UsageBatch batch)
    {
        foreach (var row in batch.Counts)
        {
            var add = database.Statement(CountSql);
            add.Bind(1, CellOf(row.Cell));
            add.Bind(2, UsageTime.ToHours(row.Hour));
            add.Bind(3, row.Count);
            add.Run();
        }

        foreach (var keys in batch.Keys)
            Merge(PlaceOf(keys.Namespace, keys.Flag, keys.Environment), UsageTime.ToDays(keys.Day), keys.Keys);
    }

    public List<UsageCount> Counts(string ns, string? flag, string? environment, DateTimeOffset from, DateTimeOffset to)
    {
        var read = database.Statement(ReadSql);
        Bind(read, ns, flag, environment);
        read.Bind(4, UsageTime.ToHours(from));
        read.Bind(5, UsageTime.ToHours(to));
        return read.Rows(row => new UsageCount(
            new(row.Text(0), row.Text(1), row.Text(2), VariantOf(row.Text(3)), row.Text(4)), UsageTime.OfHours(row.Int64(5)), row.Int64(6)));
    }

    public HyperLogLog? Keys(string ns, string flag, string? environment, DateTimeOffset from, DateTimeOffset to)
    {
        var read = database.Statement(ReadKeysSql);
        Bind(read, ns, flag, environment);
        read.Bind(4, UsageTime.ToDays(from));
        read.Bind(5, UsageTime.ToDays(to.AddDays(1).AddTicks(-1)));
        HyperLogLog? all = null;
        foreach (var sketch in read.Rows(row => Sketch(row.Bytes(0))))
        {
            if (all is null)
                all = sketch;
            else
                all.Merge(sketch);
        }

        return all;
    }

    public List<VariantUse> Use(string? ns, string? environment, DateTimeOffset from)
    {
        var read = database.Statement(UseSql);
        read.Bind(1, ns);
        read.Bind(2, environment);
        read.Bind(3, UsageTime.ToHours(from));
        return read.Rows(row => new VariantUse(row.Text(0), row.Text(1), VariantOf(row.Text(2)), row.Int64(3), UsageTime.OfHours(row.Int64(4))));
    }

    /// <summary>Goes on where it stopped; true if it has not come to the end.</summary>
    public bool Sweep(DateTimeOffset before)
    {
        var next = database.Statement(NextPlacesSql);
        next.Bind(1, _swept);
        next.Bind(2, SweepStep);
        var places = next.Rows(static row => row.Int64(0));
        foreach (var place in places)
        {
            foreach (var sql in SweepSql)
            {
                var remove = database.Statement(sql);
                remove.Bind(1, place);
                remove.Bind(2, UsageTime.ToHours(before));
                remove.Run();
            }
        }

        _swept = places.Count == SweepStep ? places[^1] : 0;
        return _swept > 0;
    }

    private long CellOf(in UsageCell cell)
    {
        var place = PlaceOf(cell.Namespace, cell.Flag, cell.Environment);
        if (Find(CellSql, place, cell) is { } known)
            return known;
        return Find(NewCellSql, place, cell)!.Value;
    }

    private long? Find(string sql, long place, in UsageCell cell)
    {
        var find = database.Statement(sql);
        find.Bind(1, place);
        find.Bind(2, cell.Variant ?? "");
        find.Bind(3, cell.Reason);
        return find.FirstInt64();
    }

    private long PlaceOf(string ns, string flag, string environment)
    {
        var find = database.Statement(PlaceSql);
        Bind(find, ns, flag, environment);
        if (find.FirstInt64() is { } known)
            return known;
        var add = database.Statement(NewPlaceSql);
        Bind(add, ns, flag, environment);
        return add.FirstInt64()!.Value;
    }

    private void Merge(long place, long day, HyperLogLog keys)
    {
        var find = database.Statement(SketchSql);
        find.Bind(1, place);
        find.Bind(2, day);
        var merged = find.Rows(row => Sketch(row.Bytes(0))).FirstOrDefault() ?? new HyperLogLog(UsageKeys.Precision);
        merged.Merge(keys);
        var put = database.Statement(PutSketchSql);
        put.Bind(1, place);
        put.Bind(2, day);
        put.BindBlob(3, merged.ToBytes());
        put.Run();
    }

    private HyperLogLog Sketch(ReadOnlySpan<byte> bytes) => HyperLogLog.FromBytes(bytes).TryGet(out var sketch, out var fault)
        ? sketch
        : throw new StoreException(StoreFailure.Corrupt, $"{database.File}: a sketch of keys cannot be read: {fault.Message}");

    private static string? VariantOf(string text) => text.Length == 0 ? null : text;

    private static void Bind(SqliteStatement statement, string ns, string? flag, string? environment)
    {
        statement.Bind(1, ns);
        statement.Bind(2, flag);
        statement.Bind(3, environment);
    }
}
