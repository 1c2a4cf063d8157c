using Setpoint.Core.Ledger;
using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_backup_made_while_commits_go_on_restores_to_a_prefix_of_the_ledger()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), 500);
        var before = ledger.Draft.Head.Revision;
        var backup = ledger.Store.BackupAsync(_folder.File("backup.db"), CancellationToken.None);
        var random = new Random(8);
        while (!backup.IsCompleted)
        {
            ledger.Draft.Grow(random, 5);
            await ledger.AppendDraftAsync();
        }

        await backup;
        await ledger.ShouldHoldDraftAsync();
        Mode("backup.db").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(_folder.Path).Select(Path.GetFileName).ShouldBe(["backup.db"]);

        var restored = SqliteLedger.Restore(_folder.File("backup.db"), _folder.File("restored"), replace: false, CancellationToken.None);
        restored.Replaced.ShouldBeNull();
        restored.Head.Revision.ShouldBeInRange(before, ledger.Draft.Head.Revision);
        await using var copy = new SqliteLedgerStore(new(_folder.File("restored"), TimeProvider.System));
        (await copy.OpenAsync(CancellationToken.None)).ShouldBe(restored.Head);
        (await AllCommitsAsync(copy)).ShouldBeExactly(ledger.Draft.Commits.Take((int)restored.Head.Revision));

        // And it is a ledger like any other: it can be written.
        await copy.AppendAsync([.. ledger.Draft.Commits.Skip((int)restored.Head.Revision)], [], restored.Head, CancellationToken.None);
        (await copy.ReadHeadAsync(CancellationToken.None)).ShouldBe(ledger.Draft.Head);
    }

    [Fact]
    public async Task A_backup_never_overwrites_a_file()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), 3);
        await File.WriteAllTextAsync(_folder.File("backup.db"), "precious");
        (await Should.ThrowAsync<StoreException>(() => ledger.Store.BackupAsync(_folder.File("backup.db"), CancellationToken.None)))
            .Message.ShouldContain("exists already");
        (await File.ReadAllTextAsync(_folder.File("backup.db"))).ShouldBe("precious");
    }

    [Fact]
    public async Task A_backup_that_is_cancelled_or_cannot_be_written_leaves_no_file()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), 50);
        using var lease = SqliteDatabase.Open(ledger.File);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        Should.Throw<OperationCanceledException>(() => SqliteBackup.Write(lease, _folder.File("backup.db"), cancelled.Token));
        (await Should.ThrowAsync<StoreException>(() => ledger.Store.BackupAsync(_folder.File("nowhere/backup.db"), CancellationToken.None)))
            .Failure.ShouldBe(StoreFailure.Unavailable);
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backup_of_a_broken_ledger_fails_and_leaves_no_file()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), LedgerVerifier.TailLength + 50);
        await ledger.ReopenAsync("UPDATE commits SET message = 'rewritten' WHERE revision = 5");
        (await Should.ThrowAsync<StoreException>(() => ledger.Store.BackupAsync(_folder.File("backup.db"), CancellationToken.None)))
            .Failure.ShouldBe(StoreFailure.Corrupt);
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_backup_onto_a_full_disk_fails_and_leaves_no_file()
    {
        var path = Directory.CreateDirectory(_folder.File("small")).FullName;
        using var disk = SmallDisk.TryMount(path, "size=256k");
        Assert.SkipWhen(disk is null, "A small file system cannot be mounted here; it takes root on Linux.");
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), 1500);
        (await Should.ThrowAsync<StoreException>(() => ledger.Store.BackupAsync(Path.Combine(path, "backup.db"), CancellationToken.None)))
            .Failure.ShouldBe(StoreFailure.Full);
        Directory.GetFiles(path).ShouldBeEmpty();
        await ledger.ShouldHoldDraftAsync();
    }

    [Fact]
    public async Task A_ledger_is_replaced_only_when_told_and_the_old_one_is_kept()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), 10);
        await ledger.Store.BackupAsync(_folder.File("backup.db"), CancellationToken.None);
        var then = ledger.Draft.Head;
        ledger.Draft.Next("later", "{}");
        await ledger.AppendDraftAsync();

        Restoring(replace: true).ShouldThrow<StoreException>().Failure.ShouldBe(StoreFailure.InUse);
        await ledger.Store.DisposeAsync();
        Restoring(replace: false).ShouldThrow<StoreException>().Message.ShouldContain("holds a ledger already");
        SqliteLedger.Verify(ledger.File, CancellationToken.None).ShouldBe(ledger.Draft.Head);

        var restored = Restoring(replace: true)();
        restored.Head.ShouldBe(then);
        SqliteLedger.Verify(ledger.File, CancellationToken.None).ShouldBe(then);
        SqliteLedger.Verify(restored.Replaced.ShouldNotBeNull(), CancellationToken.None).ShouldBe(ledger.Draft.Head);

        // A second time keeps both old ones.
        var again = Restoring(replace: true)();
        again.Replaced.ShouldNotBe(restored.Replaced);
        File.Exists(restored.Replaced).ShouldBeTrue();

        Func<RestoredLedger> Restoring(bool replace) =>
            () => SqliteLedger.Restore(_folder.File("backup.db"), ledger.Path, replace, CancellationToken.None);
    }

    [Fact]
    public async Task The_log_of_a_killed_server_goes_with_its_ledger_and_not_into_the_restored_one()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), 10);
        await ledger.Store.BackupAsync(_folder.File("backup.db"), CancellationToken.None);
        var then = ledger.Draft.Head;
        ledger.Draft.Grow(new(3), 20);
        await ledger.AppendDraftAsync();

        // The files as kill -9 leaves them.
        var killed = Directory.CreateDirectory(_folder.File("killed")).FullName;
        foreach (var name in new[] { "setpoint.db", "setpoint.db-wal", "setpoint.db-shm" })
            File.Copy(Path.Combine(ledger.Path, name), Path.Combine(killed, name));

        var restored = SqliteLedger.Restore(_folder.File("backup.db"), killed, replace: true, CancellationToken.None);
        restored.Head.ShouldBe(then);
        await using var store = new SqliteLedgerStore(new(killed, TimeProvider.System));
        (await store.OpenAsync(CancellationToken.None)).ShouldBe(then);
        SqliteLedger.Verify(restored.Replaced!, CancellationToken.None).ShouldBe(ledger.Draft.Head);
    }

    [Fact]
    public async Task A_broken_backup_is_refused_and_the_ledger_stays()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), 10);
        await ledger.Store.BackupAsync(_folder.File("backup.db"), CancellationToken.None);
        await ledger.Store.DisposeAsync();
        using (var backup = SqliteDatabase.Open(_folder.File("backup.db")))
            backup.Execute("UPDATE commits SET actor = 'user:eve' WHERE revision = 2");

        Should.Throw<StoreException>(() => SqliteLedger.Restore(_folder.File("backup.db"), ledger.Path, replace: true, CancellationToken.None))
            .Failure.ShouldBe(StoreFailure.Corrupt);
        Should.Throw<StoreException>(() => SqliteLedger.Restore(_folder.File("no.db"), ledger.Path, replace: true, CancellationToken.None))
            .Failure.ShouldBe(StoreFailure.Unavailable);
        SqliteLedger.Verify(ledger.File, CancellationToken.None).ShouldBe(ledger.Draft.Head);
        File.Exists(Path.Combine(ledger.Path, DataFolder.RestoringName)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_restore_that_did_not_finish_stops_the_start_until_it_is_run_again()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"), 10);
        await ledger.Store.BackupAsync(_folder.File("backup.db"), CancellationToken.None);
        await ledger.Store.DisposeAsync();

        // The worst moment: the old ledger has been moved aside, the new one has not its name yet.
        File.Move(ledger.File, ledger.File + ".replaced-1");
        File.Copy(_folder.File("backup.db"), Path.Combine(ledger.Path, DataFolder.RestoringName));
        await using (var store = new SqliteLedgerStore(new(ledger.Path, TimeProvider.System)))
        {
            (await Should.ThrowAsync<StoreException>(() => store.OpenAsync(CancellationToken.None))).Message.ShouldContain("did not finish; run it again.");
        }

        File.Exists(ledger.File).ShouldBeFalse();
        SqliteLedger.Restore(_folder.File("backup.db"), ledger.Path, replace: false, CancellationToken.None).Head.ShouldBe(ledger.Draft.Head);
        await using var after = new SqliteLedgerStore(new(ledger.Path, TimeProvider.System));
        (await after.OpenAsync(CancellationToken.None)).ShouldBe(ledger.Draft.Head);
    }

    private UnixFileMode Mode(string name) =>
        OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(_folder.File(name));

    private static async Task<List<Commit>> AllCommitsAsync(SqliteLedgerStore store)
    {
        var commits = new List<Commit>();
        while (await store.ReadCommitsAsync(commits.Count, 1000, null, CancellationToken.None) is { Count: > 0 } page)
            commits.AddRange(page);
        return commits;
    }
}
