using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

/// <summary>A file of an earlier version is brought to the newest with all that it holds.</summary>
public sealed class UsageSchemaTests
{
    [Fact]
    public async Task A_batch_that_was_remembered_without_its_content_is_a_repeat_whatever_is_in_it()
    {
        var none = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        var experiment = new ExperimentId("shop", "checkout", "production", 1);
        ObservationBatch Batch(long content) => new(experiment, new BatchId(7, content), time.Now, [new(1, "on", time.Now, [])], [], UnitsMax: 10);
        await using (var store = SqliteLedger.CreateUsage(new(folder.Path, time)))
            (await store.ObserveAsync(Batch(content: 1), none)).Enrolled.ShouldBe(1);
        using (var database = SqliteDatabase.Open(Path.Combine(folder.Path, SqliteUsageStore.DatabaseName)))
            database.Execute("ALTER TABLE batches DROP COLUMN content; PRAGMA user_version = 1");

        await using var upgraded = SqliteLedger.CreateUsage(new(folder.Path, time));

        (await upgraded.ObserveAsync(Batch(content: 2), none)).IsRepeat.ShouldBeTrue();
        (await upgraded.ReadExperimentAsync(experiment, [], none)).Arms.ShouldHaveSingleItem().Units.ShouldBe(1);
    }
}
