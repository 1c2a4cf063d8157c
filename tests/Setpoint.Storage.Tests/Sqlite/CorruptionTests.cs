using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

/// <summary>What someone changes behind the store's back is found: in the tail at each start, anywhere by a whole verification.</summary>
public sealed class CorruptionTests : IDisposable
{
    private const int Commits = 60;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, string> Damages => new()
    {
        { "a value in a body", "UPDATE document_versions SET body = replace(body, '.50', '.51') WHERE id = (SELECT max(id) FROM document_versions WHERE body IS NOT NULL AND version < 58)", "does not have its fingerprint" },
        { "a body that is no JSON", "UPDATE document_versions SET body = substr(body, 2) WHERE id = (SELECT max(id) FROM document_versions WHERE body IS NOT NULL)", "not a JSON object" },
        { "a body and its fingerprint", "UPDATE document_versions SET body = NULL, fingerprint = NULL WHERE id = (SELECT max(id) FROM document_versions WHERE body IS NOT NULL)", "the commit's record does not have its hash" },
        { "the version before", "UPDATE document_versions SET before = before + 1 WHERE version = 59", "the commit's record does not have its hash" },
        { "the address", "UPDATE document_versions SET address = 'config/other/base' WHERE id = (SELECT max(id) FROM document_versions)", "the commit's record does not have its hash" },
        { "the actor", "UPDATE commits SET actor = 'user:eve' WHERE revision = 55", "Revision 55: the commit's record does not have its hash" },
        { "the time", "UPDATE commits SET at = at + 1 WHERE revision = 60", "does not have its hash" },
        { "the tags", "UPDATE commits SET tags = '[\"hidden\"]' WHERE revision = 50", "Revision 50" },
        { "a hash", "UPDATE commits SET hash = zeroblob(32) WHERE revision = 57", "Revision 57" },
        { "a hash of another length", "UPDATE commits SET hash = zeroblob(31) WHERE revision = 57", "Revision 57: a hash has 31 bytes" },
        { "a previous hash", "UPDATE commits SET previous_hash = zeroblob(32) WHERE revision = 57", "Revision 57" },
        { "a removed commit in the middle", "DELETE FROM commits WHERE revision = 30", "Revision 30 is missing" },
        { "a removed first commit", "DELETE FROM commits WHERE revision = 1", "Revision 1 is missing" },
        { "a removed newest commit", "DELETE FROM commits WHERE revision = 60", "newest commit is revision 59" },
        { "a removed newest commit with its documents", "DELETE FROM document_versions WHERE version = 60; DELETE FROM commits WHERE revision = 60", "newest commit is revision 59" },
        { "a removed change", "DELETE FROM document_versions WHERE id = (SELECT max(id) FROM document_versions)", "of its" },
        { "an added document version", "INSERT INTO document_versions (id, address, before) VALUES (61 << 16, 'config/x/base', 0)", "newest commit is revision 60" },
        { "an added change", "INSERT INTO document_versions (id, address, before) SELECT max(id) + 1, 'config/x/base', 0 FROM document_versions", "of its" },
        { "a removed head", "DELETE FROM meta", "recorded as 'none'" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damage_in_the_tail_stops_the_start_and_is_named(string what, string sql, string expected)
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, Commits);
        var failure = await Should.ThrowAsync<StoreException>(() => ledger.ReopenAsync(sql), what);
        failure.Failure.ShouldBe(StoreFailure.Corrupt);
        failure.Message.ShouldContain(expected);
        failure.Message.ShouldNotContain("\"n\"");

        // The refusal lets go of the folder: it can be restored.
        Should.Throw<StoreException>(() => SqliteLedger.Verify(ledger.File, CancellationToken.None)).Failure.ShouldBe(StoreFailure.Corrupt);
        using var folder = DataFolder.Hold(_folder.Path);
    }

    [Fact]
    public async Task Damage_far_behind_the_tail_is_found_by_a_whole_verification()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, LedgerVerifier.TailLength + 100);
        (await ledger.ReopenAsync("UPDATE commits SET message = 'rewritten' WHERE revision = 20")).ShouldBe(ledger.Draft.Head);
        await ledger.Store.DisposeAsync();
        Should.Throw<StoreException>(() => SqliteLedger.Verify(ledger.File, CancellationToken.None)).Message.ShouldContain("Revision 20");
    }

    [Fact]
    public async Task A_commit_rewritten_with_a_right_hash_of_its_own_breaks_the_chain()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, 30);
        var forged = new LedgerDraft();
        forged.Grow(new(42), 30);
        var commit = forged.Commits[24] with { Message = "rewritten" };
        var hash = Convert.ToHexString(Core.Ledger.CommitHash.Of(commit).ToArray());
        var failure = await Should.ThrowAsync<StoreException>(
            () => ledger.ReopenAsync($"UPDATE commits SET message = 'rewritten', hash = x'{hash}' WHERE revision = 25"));
        failure.Message.ShouldContain("Revision 26");
    }

    [Fact]
    public async Task An_undamaged_ledger_verifies_and_a_tail_longer_than_one_look_does_too()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, LedgerVerifier.TailLength + 7);
        (await ledger.ReopenAsync()).ShouldBe(ledger.Draft.Head);
        await ledger.Store.DisposeAsync();
        SqliteLedger.Verify(ledger.File, CancellationToken.None).ShouldBe(ledger.Draft.Head);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_as_corrupt()
    {
        await File.WriteAllTextAsync(_folder.File("setpoint.db"), new string('x', 8192));
        await using var store = SqliteLedger.Create(new(_folder.Path, TimeProvider.System));
        (await Should.ThrowAsync<StoreException>(() => store.OpenAsync(CancellationToken.None))).Failure.ShouldBe(StoreFailure.Corrupt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_torn_log_gives_a_prefix_of_the_commits(int seed)
    {
        // What kill -9 or a power loss leaves: the files as they are while the server runs, the log cut anywhere.
        var random = new Random(seed);
        await using var ledger = await OpenLedger.CreateAsync(_folder.File("live"));
        for (var i = 0; i < 30; i++)
        {
            ledger.Draft.Grow(random, 1);
            await ledger.AppendDraftAsync();
        }

        for (var cut = 0; cut < 8; cut++)
        {
            var copy = Directory.CreateDirectory(_folder.File($"copy-{cut}")).FullName;
            File.Copy(ledger.File, Path.Combine(copy, "setpoint.db"));
            var log = await File.ReadAllBytesAsync(ledger.File + "-wal");
            var kept = cut == 0 ? log.Length : random.Next(log.Length);
            await File.WriteAllBytesAsync(Path.Combine(copy, "setpoint.db-wal"), log[..kept]);

            await using var survivor = new SqliteLedgerStore(new(copy, TimeProvider.System));
            var head = await survivor.OpenAsync(CancellationToken.None);
            (await survivor.ReadCommitsAsync(0, 1000, null, CancellationToken.None))
                .ShouldBeExactly(ledger.Draft.Commits.Take((int)head.Revision));
            if (cut == 0)
                head.ShouldBe(ledger.Draft.Head);
        }
    }
}
