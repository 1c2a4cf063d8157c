using Setpoint.Storage.Sqlite;
using SQLitePCL;

namespace Setpoint.Storage.Tests.Sqlite;

/// <summary>A COMMIT that fails in its last step leaves open whether it is durable. The store must find out before it says anything.</summary>
public sealed class UnknownOutcomeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_a_commit_that_failed_and_did_not_happen_the_head_is_the_old_one_and_the_append_can_be_repeated()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, commits: 5);
        var head = ledger.Draft.Head;
        await FailNextCommitAsync(ledger, database =>
        {
            database.Execute("ROLLBACK");
            return raw.SQLITE_IOERR;
        });

        ledger.Draft.Next("ns", """{"a":1}""");
        await ShouldBeUnknownAsync(ledger, head);
        (await ledger.Store.ReadHeadAsync(CancellationToken.None)).ShouldBe(head);
        await ledger.AppendDraftAsync();
        await ledger.ShouldHoldDraftAsync();
        (await ledger.ReopenAsync()).ShouldBe(ledger.Draft.Head);
    }

    [Fact]
    public async Task After_a_commit_that_failed_and_did_happen_the_head_is_the_new_one()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, commits: 5);
        var head = ledger.Draft.Head;
        await FailNextCommitAsync(ledger, database =>
        {
            database.Execute("COMMIT");
            return raw.SQLITE_IOERR;
        });

        ledger.Draft.Next("ns", """{"a":1}""");
        await ShouldBeUnknownAsync(ledger, head);
        await ledger.ShouldHoldDraftAsync();
        ledger.Draft.Next("ns", """{"a":2}""");
        await ledger.AppendDraftAsync();
        await ledger.ShouldHoldDraftAsync();
    }

    [Fact]
    public async Task Every_read_waits_until_it_is_certain_what_the_ledger_holds()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, commits: 5);
        var head = ledger.Draft.Head;
        await FailNextCommitAsync(ledger, database =>
        {
            database.Execute("ROLLBACK");
            return raw.SQLITE_IOERR;
        });
        ledger.Draft.Next("ns", """{"a":1}""");
        await ShouldBeUnknownAsync(ledger, head);

        (await ledger.Store.FindCommitAsync(head.Revision + 1, CancellationToken.None)).ShouldBeNull();
        (await ledger.Store.WithWriterAsync(writer => writer.IsSettled)).ShouldBeTrue();
        new FileInfo(ledger.File + "-wal").Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_commit_that_is_only_busy_is_rolled_back()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, commits: 5);
        var head = ledger.Draft.Head;
        await FailNextCommitAsync(ledger, _ => raw.SQLITE_BUSY);
        ledger.Draft.Next("ns", """{"a":1}""");
        (await Should.ThrowAsync<StoreException>(() => ledger.Store.AppendAsync([ledger.Draft.Commits[^1]], [], head, CancellationToken.None)))
            .Failure.ShouldBe(StoreFailure.Unavailable);
        (await ledger.Store.ReadHeadAsync(CancellationToken.None)).ShouldBe(head);
        await ledger.AppendDraftAsync();
        await ledger.ShouldHoldDraftAsync();
    }

    private static Task<int> FailNextCommitAsync(OpenLedger ledger, Func<SqliteDatabase, int> failure) =>
        ledger.Store.WithWriterAsync(writer =>
        {
            var works = writer.CommitStep;
            writer.CommitStep = database =>
            {
                writer.CommitStep = works;
                return failure(database);
            };
            return 0;
        });

    private static async Task ShouldBeUnknownAsync(OpenLedger ledger, LedgerHead head)
    {
        var failure = await Should.ThrowAsync<StoreException>(
            () => ledger.Store.AppendAsync([ledger.Draft.Commits[^1]], [], head, CancellationToken.None));
        failure.Failure.ShouldBe(StoreFailure.OutcomeUnknown);
    }
}
