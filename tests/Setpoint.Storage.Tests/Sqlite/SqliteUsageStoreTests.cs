using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

public sealed class SqliteUsageStoreTests : UsageStoreConformance
{
    private readonly TemporaryFolder _folder = new();

    private protected override IUsageStore Create() => SqliteLedger.CreateUsage(new(_folder.Path, Time));

    private protected override void Destroy() => _folder.Dispose();

    [Fact]
    public async Task A_file_of_somebody_else_is_left_alone_and_the_store_works_once_it_is_gone()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, SqliteUsageStore.DatabaseName);
        await File.WriteAllTextAsync(file, new string('x', 5000), TestContext.Current.CancellationToken);
        await using var store = SqliteLedger.CreateUsage(new(folder.Path, Time));

        var failure = await Should.ThrowAsync<StoreException>(() => store.ReadStartAsync(TestContext.Current.CancellationToken));

        failure.Message.ShouldContain(file);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(new string('x', 5000));
        File.Delete(file);
        (await store.ReadStartAsync(TestContext.Current.CancellationToken)).ShouldBe(Time.Now);
    }

    [Fact]
    public async Task The_file_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        using var folder = new TemporaryFolder();
        await using var store = SqliteLedger.CreateUsage(new(folder.Path, Time));
        await store.ReadStartAsync(TestContext.Current.CancellationToken);

        File.GetUnixFileMode(Path.Combine(folder.Path, SqliteUsageStore.DatabaseName)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
