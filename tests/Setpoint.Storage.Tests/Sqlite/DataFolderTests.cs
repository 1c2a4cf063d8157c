using System.Globalization;
using Setpoint.Storage.Sqlite;

namespace Setpoint.Storage.Tests.Sqlite;

public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_server_on_the_folder_is_refused_and_told_who_holds_it()
    {
        await using var first = Create(_folder.Path);
        await first.OpenAsync(CancellationToken.None);
        await using var second = Create(_folder.Path);

        var refusal = await Should.ThrowAsync<StoreException>(() => second.OpenAsync(CancellationToken.None));
        refusal.Failure.ShouldBe(StoreFailure.InUse);
        refusal.Message.ShouldContain(_folder.Path);
        refusal.Message.ShouldContain($"pid {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");

        // The holder goes on, and the other one may take over when it is gone.
        (await first.ReadHeadAsync(CancellationToken.None)).ShouldBe(LedgerHead.Empty);
        await first.DisposeAsync();
        (await second.OpenAsync(CancellationToken.None)).ShouldBe(LedgerHead.Empty);
    }

    [Fact]
    public async Task Folder_and_files_are_for_their_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var path = _folder.File("new/data");
        await using var store = Create(path);
        await store.OpenAsync(CancellationToken.None);
        var draft = new LedgerDraft();
        draft.Next("ns", "{}");
        await store.AppendAsync(draft.Commits, [], LedgerHead.Empty, CancellationToken.None);

        Mode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var files = Directory.GetFiles(path);
        files.Select(Path.GetFileName).Order().ShouldBe(["setpoint.db", "setpoint.db-shm", "setpoint.db-wal", "setpoint.lock"]);
        files.ShouldAllBe(file => Mode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_closed_ledger_is_one_file()
    {
        await using (var store = Create(_folder.Path))
        {
            await store.OpenAsync(CancellationToken.None);
            var draft = new LedgerDraft();
            draft.Next("ns", "{}");
            await store.AppendAsync(draft.Commits, [], LedgerHead.Empty, CancellationToken.None);
            (await store.ReadHeadAsync(CancellationToken.None)).ShouldBe(draft.Head);
        }

        Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order().ShouldBe(["setpoint.db", "setpoint.lock"]);
    }

    [Theory]
    [InlineData("file/data")]
    [InlineData("file")]
    public async Task A_path_that_cannot_be_a_folder_is_refused_with_one_line(string path)
    {
        await File.WriteAllTextAsync(_folder.File("file"), "not a folder");
        var refusal = await RefusalAsync(_folder.File(path));
        refusal.Message.ShouldContain(_folder.File(path));
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_is_refused_with_one_line()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        var path = Directory.CreateDirectory(_folder.File("readonly")).FullName;
        using var mount = Environment.IsPrivilegedProcess ? SmallDisk.TryMount(path, "size=64k,ro") : null;
        if (Environment.IsPrivilegedProcess)
            Assert.SkipWhen(mount is null, "Root may write any folder, and a read-only file system cannot be mounted here.");
        else
            Restrict(path);

        (await RefusalAsync(path)).Message.ShouldContain("SETPOINT_DATA");
    }

    [Fact]
    public async Task A_store_that_is_not_open_or_is_closed_says_so()
    {
        var store = Create(_folder.Path);
        (await Should.ThrowAsync<InvalidOperationException>(() => store.ReadHeadAsync(CancellationToken.None))).Message.ShouldContain("not open");
        await store.OpenAsync(CancellationToken.None);
        await Should.ThrowAsync<InvalidOperationException>(() => store.OpenAsync(CancellationToken.None));
        await store.DisposeAsync();
        await store.DisposeAsync();
        await Should.ThrowAsync<ObjectDisposedException>(() => store.ReadHeadAsync(CancellationToken.None));
        await Should.ThrowAsync<ObjectDisposedException>(() => store.AppendAsync([], [], LedgerHead.Empty, CancellationToken.None));
    }

    private static ILedgerStore Create(string path) => SqliteLedger.Create(new(path, TimeProvider.System));

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static async Task<StoreException> RefusalAsync(string path)
    {
        await using var store = Create(path);
        var refusal = await Should.ThrowAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));
        refusal.Failure.ShouldBe(StoreFailure.Unavailable);
        refusal.Message.ShouldNotContain("\n");
        return refusal;
    }
}
