using System.Text;
using Setpoint.Client.Cache;
using Setpoint.Client.Hosting;
using Setpoint.Client.Snapshots;
using Setpoint.Client.Tests.FakeServer;

namespace Setpoint.Client.Tests;

public sealed class CacheTests : ClientTest
{
    [Fact]
    public void Writes_alternate_between_two_slots_and_the_newest_is_read_first()
    {
        var cache = Cache();

        for (var revision = 1; revision <= 5; revision++)
            cache.Write(Snapshot(revision));

        cache.ReadAll().Select(cached => cached.Snapshot.Revision).ShouldBe([5L, 4L]);
        Directory.GetFiles(CacheFolder).Length.ShouldBe(2, "no temporary file stays");
    }

    [Fact]
    public void The_newest_write_wins_also_when_the_revision_goes_back()
    {
        var cache = Cache();
        cache.Write(Snapshot(100));
        cache.Write(Snapshot(50));

        Cache().ReadAll()[0].Snapshot.Revision.ShouldBe(50);
    }

    [Fact]
    public void What_is_read_is_what_was_written()
    {
        Cache().Write(Snapshot(7));

        var read = Cache().ReadAll().ShouldHaveSingleItem().Snapshot;

        read.HasSameContentAs(Snapshot(7)).ShouldBeTrue();
        read.Revision.ShouldBe(7);
        read.ETag.ShouldBe("\"tag-7\"");
        read.Values["a"].ShouldBe("7");
    }

    [Fact]
    public void Files_are_for_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        Cache().Write(Snapshot(1));

        if (OperatingSystem.IsWindows())
            return;
        File.GetUnixFileMode(CacheFolder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var slot in Directory.GetFiles(CacheFolder))
            File.GetUnixFileMode(slot).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_slot_torn_at_any_byte_is_ignored_and_the_other_one_is_used()
    {
        var cache = Cache();
        cache.Write(Snapshot(1));
        cache.Write(Snapshot(2));
        var newest = Directory.GetFiles(CacheFolder).Single(path => File.ReadAllText(path).Contains("tag-2", StringComparison.Ordinal));
        var whole = File.ReadAllBytes(newest);

        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(newest, whole[..length]);
            Cache().ReadAll().ShouldHaveSingleItem($"cut at {length}").Snapshot.Revision.ShouldBe(1);
        }

        Log.Count(7030).ShouldBe(whole.Length);
    }

    [Fact]
    public void A_slot_with_any_byte_changed_is_ignored()
    {
        var cache = Cache();
        cache.Write(Snapshot(1));
        cache.Write(Snapshot(2));
        var newest = Directory.GetFiles(CacheFolder).Single(path => File.ReadAllText(path).Contains("tag-2", StringComparison.Ordinal));
        var whole = File.ReadAllBytes(newest);

        for (var i = 0; i < whole.Length; i++)
        {
            var changed = (byte[])whole.Clone();
            changed[i] ^= 0x41;
            File.WriteAllBytes(newest, changed);
            Cache().ReadAll().ShouldHaveSingleItem($"changed at {i}").Snapshot.Revision.ShouldBe(1);
        }
    }

    [Fact]
    public void A_torn_slot_is_the_one_that_is_overwritten()
    {
        var cache = Cache();
        cache.Write(Snapshot(1));
        cache.Write(Snapshot(2));
        var newest = Directory.GetFiles(CacheFolder).Single(path => File.ReadAllText(path).Contains("tag-2", StringComparison.Ordinal));
        File.WriteAllText(newest, "torn");

        cache.Write(Snapshot(3));

        cache.ReadAll().Select(cached => cached.Snapshot.Revision).ShouldBe([3L, 1L]);
    }

    [Fact]
    public void Another_identity_has_other_files_and_a_file_under_a_foreign_name_is_refused_by_its_header()
    {
        Cache().Write(Snapshot(1));
        var foreign = Directory.GetFiles(CacheFolder).Single();
        var staging = Cache(o => o.Environment = "staging");
        staging.ReadAll().ShouldBeEmpty();

        File.Copy(foreign, Path.Combine(CacheFolder, Settings(o => o.Environment = "staging").Identity.Cache.FileName + ".a"));

        staging.ReadAll().ShouldBeEmpty();
        Log.Text.ShouldContain("belongs to another");
    }

    [Fact]
    public void A_slot_whose_content_is_no_configuration_is_ignored_even_with_a_right_checksum()
    {
        var content = Encoding.UTF8.GetBytes("{\"sequence\":1}\nnothing");
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
        Directory.CreateDirectory(CacheFolder);
        File.WriteAllBytes(
            Path.Combine(CacheFolder, Settings().Identity.Cache.FileName + ".a"), [.. Encoding.ASCII.GetBytes($"setpoint-cache 1 {hash}\n"), .. content]);

        Cache().ReadAll().ShouldBeEmpty();
        Log.Count(7030).ShouldBe(1);
    }

    [Fact]
    public void A_temporary_file_that_a_crash_left_is_removed_later()
    {
        var cache = Cache();
        cache.Write(Snapshot(1));
        var left = Directory.GetFiles(CacheFolder).Single() + ".123.abc.tmp";
        File.WriteAllText(left, "half");
        var fresh = left.Replace("abc", "def", StringComparison.Ordinal);
        File.WriteAllText(fresh, "being written by another process");
        File.SetLastWriteTimeUtc(left, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        cache.Write(Snapshot(2));

        File.Exists(left).ShouldBeFalse();
        File.Exists(fresh).ShouldBeTrue();
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written_is_reported_once_and_the_app_runs_on()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        var file = CacheFolder;
        await File.WriteAllTextAsync(file, "a file where the folder should be", Cancelled);
        await using var connection = await ConnectAsync(server);
        await Soon.BecomesTrueAsync(() => connection.Client.Status.State == SetpointState.Streaming, "it streams");

        server.Publish("""{"a":"2"}""");
        await Soon.BecomesTrueAsync(() => connection.Client.Get("a") == "2", "the change arrives");
        server.Publish("""{"a":"3"}""");
        await Soon.BecomesTrueAsync(() => connection.Client.Get("a") == "3", "the next change arrives");

        Log.Count(7031).ShouldBe(1);
    }

    [Fact]
    public async Task A_change_that_arrives_is_cached()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        await using (var connection = await ConnectAsync(server))
        {
            await Soon.BecomesTrueAsync(() => connection.Client.Status.State == SetpointState.Streaming, "it streams");
            server.Publish("""{"a":"2"}""");
            await Soon.BecomesTrueAsync(() => connection.Client.Get("a") == "2", "the change arrives");
        }

        server.ConfigScript = ScriptedServer.Status(500);
        await using var again = await ConnectAsync(server, o => o.Follow = SetpointFollow.None);
        again.Client.Get("a").ShouldBe("2");
    }

    [Fact]
    public async Task An_empty_cache_folder_setting_means_no_cache()
    {
        await using var server = await ScriptedServer.StartAsync("""{"a":"1"}""");
        await using (await ConnectAsync(server, o => o.CacheFolder = ""))
        {
        }

        Directory.Exists(CacheFolder).ShouldBeFalse();
    }

    private static ConfigurationSnapshot Snapshot(long revision) =>
        ConfigurationSnapshot.Of(revision, revision, $"\"tag-{revision}\"", Encoding.UTF8.GetBytes($$"""{"a":{{revision}}}"""));

    private SetpointSettings Settings(Action<SetpointOptions>? more = null)
    {
        var options = new SetpointOptions();
        Options("http://127.0.0.1:3001", more)(options);
        return SetpointSettings.Of(options, _ => null);
    }

    private DiskCache<ConfigurationSnapshot> Cache(Action<SetpointOptions>? more = null)
    {
        var settings = Settings(more);
        return new(settings, settings.Identity.Cache, Log);
    }
}
