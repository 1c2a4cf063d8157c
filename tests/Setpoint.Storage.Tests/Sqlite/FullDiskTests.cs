using System.Globalization;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Tests.Sqlite;

public sealed class FullDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_store_without_room_refuses_goes_on_reading_and_takes_the_same_append_when_there_is_room()
    {
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, commits: 20);
        await LimitPagesAsync(ledger, "PRAGMA max_page_count = 1");

        var fits = new LedgerDraft();
        fits.Grow(new(42), 20);
        var large = Large(ledger.Draft, 200);
        var refusal = await Should.ThrowAsync<StoreException>(
            () => ledger.Store.AppendAsync([large], [], fits.Head, CancellationToken.None));
        refusal.Failure.ShouldBe(StoreFailure.Full);
        refusal.Message.ShouldContain(ledger.File);

        (await ledger.Store.ReadHeadAsync(CancellationToken.None)).ShouldBe(fits.Head);
        (await ledger.Store.ReadAsOfAsync("config", null, 1000, CancellationToken.None)).ShouldBeExactly(fits.Current.Values);

        await LimitPagesAsync(ledger, "PRAGMA max_page_count = 1000000");
        await ledger.AppendDraftAsync();
        await ledger.ShouldHoldDraftAsync();
        (await ledger.ReopenAsync()).ShouldBe(ledger.Draft.Head);
    }

    [Fact]
    public async Task A_real_disk_that_is_full_refuses_and_works_again_when_there_is_space_without_reopening()
    {
        using var disk = SmallDisk.TryMount(_folder.Path, "size=2m");
        Assert.SkipWhen(disk is null, "A small file system cannot be mounted here; it takes root on Linux.");
        await using var ledger = await OpenLedger.CreateAsync(_folder.Path, commits: 20);
        var ballast = Path.Combine(_folder.Path, "ballast");

        for (var cycle = 0; cycle < 3; cycle++)
        {
            FillUp(ballast);
            var head = await ledger.Store.ReadHeadAsync(CancellationToken.None);
            var large = Large(ledger.Draft, 40);
            var refusal = await Should.ThrowAsync<StoreException>(
                () => ledger.Store.AppendAsync([large], [], head, CancellationToken.None));
            refusal.Failure.ShouldBe(StoreFailure.Full, refusal.Message);
            (await ledger.Store.ReadHeadAsync(CancellationToken.None)).ShouldBe(head);
            (await ledger.Store.ReadCommitsAsync(0, 1000, null, CancellationToken.None)).Count.ShouldBe((int)head.Revision);

            File.Delete(ballast);
            await ledger.AppendDraftAsync();
            await ledger.ShouldHoldDraftAsync();
        }

        (await ledger.ReopenAsync()).ShouldBe(ledger.Draft.Head);
        await ledger.ShouldHoldDraftAsync();
    }

    private static Commit Large(LedgerDraft draft, int kibibytes) =>
        draft.Next(string.Create(CultureInfo.InvariantCulture, $"large-{draft.Head.Revision}"), $$"""{"text":"{{new string('x', kibibytes * 1024)}}"}""");

    private static Task<int> LimitPagesAsync(OpenLedger ledger, string pragma) => ledger.Store.WithWriterAsync(writer =>
    {
        writer.Database.Execute(pragma);
        return 0;
    });

    private static void FillUp(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
                stream.Write(block);
        }
        catch (IOException)
        {
            // That is the point.
        }
    }
}
