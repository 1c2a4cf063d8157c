using System.Collections.Immutable;
using Setpoint.Core.Statistics;
using SQLitePCL;

namespace Setpoint.Storage.Sqlite;

/// <summary>The subjects of experiments in <c>usage.db</c>. Runs on the thread that owns the connection.</summary>
/// <remarks>
/// A row for each subject, because its variance needs the total of each subject and not of each event. The first exposure fixes the arm.
/// Moments are made when somebody asks: a sum that is corrected with every event would drift, and a million subjects are read in a second.
/// </remarks>
internal sealed class ExperimentRows(SqliteDatabase database)
{
    private static readonly TimeSpan BatchMemory = TimeSpan.FromHours(24);

    private const string FindSql =
        "SELECT id, units, first_ms, last_ms FROM experiments WHERE namespace = ?1 AND flag = ?2 AND environment = ?3 AND iteration = ?4";

    private const string NewSql =
        "INSERT INTO experiments (namespace, flag, environment, iteration, units, last_ms) VALUES (?1, ?2, ?3, ?4, 0, ?5) RETURNING id";

    private const string TouchSql =
        "UPDATE experiments SET units = ?2, first_ms = min(coalesce(first_ms, ?3), coalesce(?3, first_ms)), last_ms = max(last_ms, ?4) WHERE id = ?1";

    private const string ForgetBatchesSql = "DELETE FROM batches WHERE at_ms < ?1";
    private const string BatchSql = "INSERT INTO batches (experiment, id, at_ms, content) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    private const string BatchContentSql = "SELECT coalesce(content, ?3) FROM batches WHERE experiment = ?1 AND id = ?2";
    private const string UnitSql = "SELECT arm, at_ms FROM units WHERE experiment = ?1 AND unit = ?2";
    private const string NewUnitSql = "INSERT INTO units (experiment, unit, arm, at_ms) VALUES (?1, ?2, ?3, ?4)";
    private const string ArmSql = "SELECT id FROM arms WHERE experiment = ?1 AND name = ?2";
    private const string NewArmSql = "INSERT INTO arms (experiment, name, units, switched) VALUES (?1, ?2, 0, 0) RETURNING id";
    private const string CountArmSql = "UPDATE arms SET units = units + ?2, switched = switched + ?3 WHERE id = ?1";

    private const string ValueSql =
        """
        INSERT INTO unit_values (experiment, metric, unit, arm, value, covariate) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (experiment, metric, unit) DO UPDATE SET value = value + excluded.value
        """;

    private const string ArmsSql = "SELECT id, name, units, switched FROM arms WHERE experiment = ?1 ORDER BY name";
    private const string ValuesSql = "SELECT arm, value, covariate FROM unit_values WHERE experiment = ?1 AND metric = ?2";
    private const string OldSql = "SELECT id FROM experiments WHERE last_ms < ?1 LIMIT 1";

    // Rows removed at once: some tens of milliseconds.
    private const int RemoveStep = 20_000;

    public ObservationOutcome Observe(ObservationBatch batch)
    {
        var (experiment, units) = FindOrAdd(batch.Experiment, batch.At);
        if (batch.Id is { } id && Remember(experiment, id, batch.At) is { } known)
            return new() { IsRepeat = known == id.Content, IsOther = known != id.Content };

        var outcome = default(ObservationOutcome);
        DateTimeOffset? first = null;
        foreach (var exposure in batch.Exposures)
        {
            if (FindUnit(experiment, exposure.Unit) is { } unit)
            {
                // It stays where it was first: what it does later may be an effect of what it saw then.
                var isSame = unit.Arm == ArmOf(experiment, exposure.Arm);
                if (!isSame)
                    CountArm(unit.Arm, units: 0, switched: 1);
                outcome = isSame ? outcome with { Known = outcome.Known + 1 } : outcome with { Switched = outcome.Switched + 1 };
                continue;
            }

            if (units >= batch.UnitsMax)
            {
                outcome = outcome with { Full = outcome.Full + 1 };
                continue;
            }

            Enroll(experiment, exposure);
            units++;
            first = first is null || exposure.At < first ? exposure.At : first;
            outcome = outcome with { Enrolled = outcome.Enrolled + 1 };
        }

        foreach (var observation in batch.Observations)
        {
            if (FindUnit(experiment, observation.Unit) is not { } unit || observation.At.ToUnixTimeMilliseconds() < unit.AtMilliseconds)
            {
                outcome = outcome with { Unexposed = outcome.Unexposed + 1 };
                continue;
            }

            AddValue(experiment, observation.Metric, observation.Unit, unit.Arm, observation.Value, covariate: 0);
            outcome = outcome with { Observed = outcome.Observed + 1 };
        }

        var touch = database.Statement(TouchSql);
        touch.Bind(1, experiment);
        touch.Bind(2, units);
        touch.Bind(3, first?.ToUnixTimeMilliseconds());
        touch.Bind(4, batch.At.ToUnixTimeMilliseconds());
        touch.Run();
        return outcome;
    }

    public ExperimentSample Sample(ExperimentId experiment, ImmutableArray<ObservedMetric> metrics, CancellationToken cancellationToken)
    {
        var found = Find(experiment).Rows(static row => (
            Id: row.Int64(0),
            First: row.IsNull(2) ? (DateTimeOffset?)null : UsageTime.OfMilliseconds(row.Int64(2)),
            Last: UsageTime.OfMilliseconds(row.Int64(3))));
        if (found.Count == 0)
            return ExperimentSample.Empty;
        var (id, first, last) = found[0];
        var list = database.Statement(ArmsSql);
        list.Bind(1, id);
        var arms = list.Rows(static row => (Id: row.Int64(0), Name: row.Text(1), Units: row.Int64(2), Switched: row.Int64(3)));
        var moments = metrics.Select(metric => Moments(id, metric, cancellationToken)).ToList();
        return new(first, last,
        [
            .. arms.Select(arm => new ArmSample(arm.Name, arm.Units, arm.Switched, [.. moments.Select(of => Whole(of.GetValueOrDefault(arm.Id), arm.Units))])),
        ]);
    }

    /// <summary>Removes a part of an experiment that was last observed before that time; true if there may be more.</summary>
    public bool Sweep(DateTimeOffset before)
    {
        var find = database.Statement(OldSql);
        find.Bind(1, before.ToUnixTimeMilliseconds());
        if (find.FirstInt64() is not { } experiment)
            return false;
        if (Remove("DELETE FROM unit_values WHERE (experiment, metric, unit) IN (SELECT experiment, metric, unit FROM unit_values WHERE experiment = ?1 LIMIT ?2)", experiment)
            || Remove("DELETE FROM units WHERE (experiment, unit) IN (SELECT experiment, unit FROM units WHERE experiment = ?1 LIMIT ?2)", experiment))
        {
            return true;
        }

        Remove("DELETE FROM batches WHERE experiment = ?1 AND ?2", experiment);
        Remove("DELETE FROM arms WHERE experiment = ?1 AND ?2", experiment);
        Remove("DELETE FROM experiments WHERE id = ?1 AND ?2", experiment);
        return true;
    }

    private bool Remove(string sql, long experiment)
    {
        var remove = database.Statement(sql);
        remove.Bind(1, experiment);
        remove.Bind(2, RemoveStep);
        remove.Run();
        return raw.sqlite3_changes(database.Handle) > 0;
    }

    private Dictionary<long, SampleMoments> Moments(long experiment, ObservedMetric metric, CancellationToken cancellationToken)
    {
        var byArm = new Dictionary<long, SampleMoments>();
        var read = database.Statement(ValuesSql);
        read.Bind(1, experiment);
        read.Bind(2, metric.Name);
        try
        {
            while (read.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var arm = read.Int64(0);
                var value = metric.IsConversion ? (read.Double(1) > 0 ? 1 : 0) : read.Double(1);
                byArm[arm] = byArm.GetValueOrDefault(arm).Add(value, read.Double(2));
            }
        }
        finally
        {
            read.Reset();
        }

        return byArm;
    }

    /// <summary>With those subjects that have no row: they did nothing.</summary>
    private static SampleMoments Whole(SampleMoments seen, long units) => seen.Merge(SampleMoments.OfConversions(Math.Max(0, units - seen.Count), 0));

    private SqliteStatement Find(ExperimentId experiment)
    {
        var find = database.Statement(FindSql);
        Bind(find, experiment);
        return find;
    }

    private (long Id, long Units) FindOrAdd(ExperimentId experiment, DateTimeOffset at)
    {
        if (Find(experiment).Rows(static row => (row.Int64(0), row.Int64(1))) is [var known])
            return known;
        var add = database.Statement(NewSql);
        Bind(add, experiment);
        add.Bind(5, at.ToUnixTimeMilliseconds());
        return (add.FirstInt64()!.Value, 0);
    }

    /// <summary>The content of the batch of this name that was added before; null if there was none, and this one is remembered now.</summary>
    private long? Remember(long experiment, BatchId id, DateTimeOffset at)
    {
        var forget = database.Statement(ForgetBatchesSql);
        forget.Bind(1, (at - BatchMemory).ToUnixTimeMilliseconds());
        forget.Run();
        var add = database.Statement(BatchSql);
        add.Bind(1, experiment);
        add.Bind(2, id.Name);
        add.Bind(3, at.ToUnixTimeMilliseconds());
        add.Bind(4, id.Content);
        add.Run();
        if (raw.sqlite3_changes(database.Handle) > 0)
            return null;
        var find = database.Statement(BatchContentSql);
        find.Bind(1, experiment);
        find.Bind(2, id.Name);
        find.Bind(3, id.Content);
        return find.FirstInt64();
    }

    private (long Arm, long AtMilliseconds)? FindUnit(long experiment, long unit)
    {
        var find = database.Statement(UnitSql);
        find.Bind(1, experiment);
        find.Bind(2, unit);
        return find.Rows(static row => (row.Int64(0), row.Int64(1))) is [var found] ? found : null;
    }

    private void Enroll(long experiment, Exposure exposure)
    {
        var arm = ArmOf(experiment, exposure.Arm);
        var add = database.Statement(NewUnitSql);
        add.Bind(1, experiment);
        add.Bind(2, exposure.Unit);
        add.Bind(3, arm);
        add.Bind(4, exposure.At.ToUnixTimeMilliseconds());
        add.Run();
        CountArm(arm, units: 1, switched: 0);
        foreach (var covariate in exposure.Covariates)
            AddValue(experiment, covariate.Metric, exposure.Unit, arm, value: 0, covariate.Value);
    }

    private long ArmOf(long experiment, string name)
    {
        var find = database.Statement(ArmSql);
        find.Bind(1, experiment);
        find.Bind(2, name);
        if (find.FirstInt64() is { } known)
            return known;
        var add = database.Statement(NewArmSql);
        add.Bind(1, experiment);
        add.Bind(2, name);
        return add.FirstInt64()!.Value;
    }

    private void CountArm(long arm, int units, int switched)
    {
        var count = database.Statement(CountArmSql);
        count.Bind(1, arm);
        count.Bind(2, units);
        count.Bind(3, switched);
        count.Run();
    }

    private void AddValue(long experiment, string metric, long unit, long arm, double value, double covariate)
    {
        var add = database.Statement(ValueSql);
        add.Bind(1, experiment);
        add.Bind(2, metric);
        add.Bind(3, unit);
        add.Bind(4, arm);
        add.Bind(5, value);
        add.Bind(6, covariate);
        add.Run();
    }

    private static void Bind(SqliteStatement statement, ExperimentId experiment)
    {
        statement.Bind(1, experiment.Namespace);
        statement.Bind(2, experiment.Flag);
        statement.Bind(3, experiment.Environment);
        statement.Bind(4, experiment.Iteration);
    }
}
