using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Setpoint.Server.Ledger;
using Setpoint.Server.Sources;
using Setpoint.Server.Tests.Host;
using Setpoint.Storage;

namespace Setpoint.Server.Tests.Sources;

/// <summary>One look after the other, without a watch and its timing.</summary>
public sealed class LookTests
{
    private static readonly TreeWork Everything = new(Everything: true, Rearm: false, [], []);

    [Fact]
    public async Task What_one_look_finds_is_one_commit_by_the_tree()
    {
        using var tree = new TreeOnDisk();
        await using var server = await RunningServer.StartAsync();
        var paths = Enumerable.Range(0, 20).Select(i => $"services/s{i:D2}.json").ToArray();
        foreach (var path in paths)
            tree.Write(path, """{"n":0}""");
        var followed = Open(server, tree);
        await followed.LookAsync(Everything, TestContext.Current.CancellationToken);

        foreach (var path in paths)
            tree.Write(path, """{"n":1}""");
        await followed.LookAsync(Everything with { Everything = false, Paths = paths }, TestContext.Current.CancellationToken);

        server.Board.Current.Revision.ShouldBe(3);
        server.ActorOf("config/s00/base").ShouldBe($"file:{tree.Root}");
        server.ActorOf("config/s19/base").ShouldBe($"file:{tree.Root}");
        (await server.GetAsync("/api/commits/3")).At("/message")!.ShouldContain("services/s09.json and 10 more");
    }

    [Fact]
    public async Task A_look_at_some_files_leaves_the_others_unread()
    {
        using var tree = new TreeOnDisk();
        await using var server = await RunningServer.StartAsync();
        tree.Write("services/a.json", """{"n":0}""");
        tree.Write("services/b.json", """{"n":0}""");
        var followed = Open(server, tree);
        await followed.LookAsync(Everything, TestContext.Current.CancellationToken);

        tree.Write("services/a.json", """{"n":1}""");
        tree.Write("services/b.json", """{"n":1}""");
        await followed.LookAsync(Everything with { Everything = false, Paths = ["services/b.json"] }, TestContext.Current.CancellationToken);

        server.Layer("config/a/base").ShouldBe("""{"n":0}""");
        server.Layer("config/b/base").ShouldBe("""{"n":1}""");
        server.ActorOf("config/b/base").ShouldBe("file:services/b.json");
    }

    [Fact]
    public async Task A_file_that_is_gone_is_looked_for_again_before_its_layer_goes()
    {
        using var tree = new TreeOnDisk();
        await using var server = await RunningServer.StartAsync();
        tree.Write("services/a.json", """{"n":0}""");
        tree.Write("services/b.json", """{"n":0}""");
        var followed = Open(server, tree);
        await followed.LookAsync(Everything, TestContext.Current.CancellationToken);

        tree.Delete("services/a.json");
        await followed.LookAsync(Everything, TestContext.Current.CancellationToken);

        server.Layer("config/a/base").ShouldBe("""{"n":0}""");
        followed.LookAgainIn.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.FromMilliseconds(200));
        server.Board.Current.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task A_writer_that_does_not_take_the_change_is_reported_and_asked_again_soon()
    {
        using var tree = new TreeOnDisk();
        await using var server = await RunningServer.StartAsync();
        tree.Write("services/a.json", """{"n":0}""");
        await server.App.Services.GetRequiredService<LedgerWriter>().StopAsync(TestContext.Current.CancellationToken);
        var followed = Open(server, tree);

        var report = await followed.LookAsync(Everything, TestContext.Current.CancellationToken);

        report.IsBroken.ShouldBeTrue();
        report.Problems.ShouldHaveSingleItem().File.ShouldBeNull();
        followed.LookAgainIn.ShouldBe(TimeSpan.FromSeconds(1));
        server.Board.Current.Revision.ShouldBe(1);
    }

    private static FollowedTree Open(RunningServer server, TreeOnDisk tree) => new(
        new(tree.Root),
        server.App.Services.GetRequiredService<LedgerWriter>(),
        server.Board,
        server.App.Services.GetRequiredService<ILedgerStore>(),
        TimeProvider.System,
        NullLogger.Instance);
}
