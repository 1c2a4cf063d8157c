using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

public sealed class LedgerSchemaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_written_by_a_newer_version_is_refused_and_left_as_it_is()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, 3);
        var refusal = await Should.ThrowAsync<StoreException>(() => ledger.ReopenAsync("PRAGMA user_version = 99"));
        refusal.Failure.ShouldBe(StoreFailure.Unavailable);
        refusal.Message.ShouldContain("version 99");
        refusal.Message.ShouldContain($"up to {LedgerSchema.Steps.Count}");

        (await ledger.ReopenAsync($"PRAGMA user_version = {LedgerSchema.Steps.Count}")).ShouldBe(ledger.Draft.Head);
        await ledger.ShouldHoldDraftAsync();
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused_and_left_as_it_is()
    {
        await File.WriteAllBytesAsync(_folder.File("setpoint.db"), []);
        using (var foreign = SqliteDatabase.Open(_folder.File("setpoint.db")))
            foreign.Execute("CREATE TABLE notes (text TEXT)");

        await using var store = SqliteLedger.Create(new(_folder.Path, TimeProvider.System));
        var refusal = await Should.ThrowAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));
        refusal.Message.ShouldContain("not a ledger of Setpoint");
        using var after = SqliteDatabase.Open(_folder.File("setpoint.db"));
        after.ReadInt64("SELECT count(*) FROM sqlite_master").ShouldBe(1);
    }

    [Fact]
    public void Steps_run_once_and_in_order()
    {
        using var database = New();
        LedgerSchema.Migrate(database, ["CREATE TABLE a (x)", "INSERT INTO a VALUES (2)"]);
        LedgerSchema.Migrate(database, ["CREATE TABLE a (x)", "INSERT INTO a VALUES (2)", "INSERT INTO a VALUES (3)"]);
        database.ReadInt64("SELECT sum(x) FROM a").ShouldBe(5);
        database.ReadInt64("PRAGMA user_version").ShouldBe(3);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_version_before_it()
    {
        using var database = New();
        Should.Throw<StoreException>(() => LedgerSchema.Migrate(database, ["CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)"]));
        database.ReadInt64("PRAGMA user_version").ShouldBe(1);
        database.ReadInt64("SELECT count(*) FROM sqlite_master").ShouldBe(1);
        LedgerSchema.Migrate(database, ["CREATE TABLE a (x)", "CREATE TABLE b (x)"]);
        database.ReadInt64("PRAGMA user_version").ShouldBe(2);
    }

    [Fact]
    public async Task The_view_of_current_documents_can_be_read_with_any_tool()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, 30);
        await ledger.Store.DisposeAsync();
        using var database = SqliteDatabase.Open(ledger.File);
        database.ReadInt64("SELECT count(*) FROM documents").ShouldBe(ledger.Draft.Current.Count);
        database.ReadInt64("SELECT max(version) FROM documents").ShouldBe(30);
    }

    [Fact]
    public void The_library_in_use_is_named_and_one_that_is_absent_is_passed_over()
    {
        SqliteLedger.NativeVersion.ShouldMatch(@"^3\.\d+\.\d+ \(.+\)$");
        NativeSqlite.TryLoadNewer("libsqlite3-that-is-not-there.so.0", out var handle).ShouldBeFalse();
        handle.ShouldBe(0);
    }

    private SqliteDatabase New()
    {
        File.WriteAllBytes(_folder.File("steps.db"), []);
        return SqliteDatabase.Open(_folder.File("steps.db"));
    }
}
