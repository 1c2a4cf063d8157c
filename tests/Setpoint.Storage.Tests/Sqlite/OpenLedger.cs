using Setpoint.Core.Ledger;
using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

/// <summary>A ledger on disk and the draft it should hold, for tests that break one of its parts.</summary>
internal sealed class OpenLedger : IAsyncDisposable
{
    private OpenLedger(string path, LedgerDraft draft)
    {
        Path = path;
        Draft = draft;
        Store = New();
    }

    public string Path { get; }

    public string File => System.IO.Path.Combine(Path, "setpoint.db");

    public LedgerDraft Draft { get; }

    public SqliteLedgerStore Store { get; private set; }

    /// <summary>A new ledger with random commits in it.</summary>
    public static async Task<OpenLedger> CreateAsync(string path, int commits = 0, int seed = 42)
    {
        var ledger = new OpenLedger(path, new());
        await ledger.Store.OpenAsync(CancellationToken.None);
        ledger.Draft.Grow(new(seed), commits);
        await ledger.AppendDraftAsync();
        return ledger;
    }

    public async Task AppendDraftAsync()
    {
        var head = await Store.ReadHeadAsync(CancellationToken.None);
        await Store.AppendAsync([.. Draft.Commits.Skip((int)head.Revision)], [], head, CancellationToken.None);
    }

    /// <summary>Closes the store, changes the file behind its back, and opens it again.</summary>
    public async Task<LedgerHead> ReopenAsync(params string[] sql)
    {
        await Store.DisposeAsync();
        using (var database = SqliteDatabase.Open(File))
        {
            foreach (var statement in sql)
                database.Execute(statement);
        }

        Store = New();
        return await Store.OpenAsync(CancellationToken.None);
    }

    public async Task ShouldHoldDraftAsync()
    {
        (await Store.ReadHeadAsync(CancellationToken.None)).ShouldBe(Draft.Head);
        (await Store.ReadAsOfAsync("config", null, Draft.Head.Revision, CancellationToken.None)).ShouldBeExactly(Draft.Current.Values);
        var commits = new List<Commit>();
        while (await Store.ReadCommitsAsync(commits.Count, 1000, null, CancellationToken.None) is { Count: > 0 } page)
            commits.AddRange(page);
        commits.ShouldBeExactly(Draft.Commits);
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private SqliteLedgerStore New() => new(new(Path, TimeProvider.System));
}
