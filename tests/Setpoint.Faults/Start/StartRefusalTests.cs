using System.Net;
using System.Net.Sockets;
using Setpoint.Faults.Disk;
using Setpoint.Faults.Host;
using Setpoint.TestKit;

namespace Setpoint.Faults.Start;

/// <summary>What stops a start is said in one line that names the thing and the way out, and ends the process.</summary>
public sealed class StartRefusalTests
{
    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        using var folder = new TempFolder();
        await using var first = await ServerUnderTest.StartAsync(folder.File("data"));
        await using var second = ServerUnderTest.Launch(folder.File("data"), Ports.Next());

        var line = await RefusedAsync(second.Process);

        line.ShouldContain(folder.File("data"));
        line.ShouldContain("in use by another process");
        line.ShouldContain($"pid {first.Process.Id}");
        (await first.PutAsync("/api/config/alive", """{"config":{"still":true}}""")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_folder_whose_server_was_killed_is_free_at_once()
    {
        using var folder = new TempFolder();
        await using (var first = await ServerUnderTest.StartAsync(folder.File("data")))
            await first.KillAsync();

        await using var second = await ServerUnderTest.StartAsync(folder.File("data"));
        (await second.GetAsync("/api/namespaces")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        using var folder = new TempFolder();
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        await using var server = ServerUnderTest.Launch(folder.File("data"), port);

        var line = await RefusedAsync(server.Process);

        line.ShouldContain("a port is taken");
        line.ShouldContain(port.ToString());
        line.ShouldContain("CONFIG_API_PORT");
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_data_folder_is_named()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("data"), "not a folder", TestContext.Current.CancellationToken);
        await using var server = ServerUnderTest.Launch(folder.File("data"), Ports.Next());

        var line = await RefusedAsync(server.Process);

        line.ShouldContain(folder.File("data"));
        line.ShouldContain("SETPOINT_DATA");
        (await File.ReadAllTextAsync(folder.File("data"), TestContext.Current.CancellationToken)).ShouldBe("not a folder");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        using var disk = SmallDisk.TryMount(sizeKiB: 1024, out var reason);
        Assert.SkipWhen(disk is null, reason ?? "");
        disk!.MakeReadOnly();
        await using var server = ServerUnderTest.Launch(disk.File("data"), Ports.Next());

        var line = await RefusedAsync(server.Process);

        line.ShouldContain(disk.File("data"));
        line.ShouldContain("Read-only file system");
        line.ShouldContain("SETPOINT_DATA");
    }

    [Fact]
    public async Task A_disk_without_room_for_a_ledger_is_named()
    {
        using var disk = SmallDisk.TryMount(sizeKiB: 16, out var reason);
        Assert.SkipWhen(disk is null, reason ?? "");
        await using var server = ServerUnderTest.Launch(disk!.File("data"), Ports.Next());

        var line = await RefusedAsync(server.Process);

        line.ShouldContain(disk.File("data"));
        line.ShouldContain("space", Case.Insensitive);
    }

    [Fact]
    public async Task A_file_that_is_no_ledger_is_named_and_left_alone()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("data"));
        var file = Path.Combine(folder.File("data"), "setpoint.db");
        var garbage = Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7)).ToArray();
        await File.WriteAllBytesAsync(file, garbage, TestContext.Current.CancellationToken);
        await using var server = ServerUnderTest.Launch(folder.File("data"), Ports.Next());

        var line = await RefusedAsync(server.Process);

        line.ShouldContain(file);
        (await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).ShouldBe(garbage);
    }

    [Fact]
    public async Task Every_bad_variable_has_a_line_of_its_own_and_nothing_is_touched()
    {
        using var folder = new TempFolder();
        await using var process = ServerProcessHandle.Start(
            wrapper: null,
            ("SETPOINT_DATA", folder.File("data")),
            ("CONFIG_API_PORT", "70000"),
            ("CONFIG_WS_PORT", "eighty"),
            ("SETPOINT_BIND", "everywhere"),
            ("SETPOINT_ADMIN_KEY", "short-secret"),
            ("SETPOINT_CONFIG_TREE", folder.File("missing")),
            ("SETPOINT_REFERENCE_ENV", "*"),
            ("SETPOINT_REFERENCE_FILES", folder.File("missing")),
            ("SETPOINT_CORS_ORIGINS", "admin.example.com"),
            ("LOG_LEVEL", "loud"),
            ("CONFIG_ENCRYPTION_KEY", "weak-key"));

        (await process.ExitAsync(Eventually.Soon)).ShouldNotBe(0);

        var lines = await process.ErrorLinesAsync();
        foreach (var variable in (string[])["CONFIG_API_PORT", "CONFIG_WS_PORT", "SETPOINT_BIND", "SETPOINT_ADMIN_KEY", "SETPOINT_CONFIG_TREE", "SETPOINT_REFERENCE_ENV", "SETPOINT_REFERENCE_FILES", "SETPOINT_CORS_ORIGINS", "LOG_LEVEL", "CONFIG_ENCRYPTION_KEY"])
            lines.Count(line => line.StartsWith($"setpoint: {variable} ", StringComparison.Ordinal)).ShouldBe(1, variable);
        lines.Length.ShouldBe(10);
        string.Concat(lines).ShouldNotContain("short-secret");
        string.Concat(lines).ShouldNotContain("weak-key");
        Directory.Exists(folder.File("data")).ShouldBeFalse();
    }

    /// <summary>The one line on stderr of a process that ended by itself and not well.</summary>
    private static async Task<string> RefusedAsync(ServerProcessHandle process)
    {
        (await process.ExitAsync(Eventually.Soon)).ShouldNotBe(0);
        var lines = await process.ErrorLinesAsync();
        var line = lines.ShouldHaveSingleItem(await process.OutputAsync());
        line.ShouldStartWith("setpoint: ");
        (await process.OutputAsync()).ShouldNotContain("   at ", customMessage: "a stack trace is no help to an operator");
        return line;
    }
}
