using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Sources;

/// <summary>Files and people edit the same layers; whoever changed it last wins (ADR 0006).</summary>
public sealed class OwnershipTests
{
    private const string Mail = "config/mail/base";

    [Fact]
    public async Task The_layer_of_a_deleted_file_is_removed()
    {
        using var tree = NewTree();
        await using var server = await tree.StartServerAsync();

        tree.Delete("services/mail.json");

        await server.UntilLayerAsync(Mail, null);
        server.ActorOf(Mail).ShouldBe("file:services/mail.json");
        server.Layer("config/global/base").ShouldBe("""{"g":1}""");
        server.Layer("namespace/mail").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_file_that_is_deleted_and_written_anew_at_once_is_no_removal()
    {
        using var tree = NewTree();
        await using var server = await tree.StartServerAsync();

        tree.Delete("services/mail.json");
        tree.Write("services/mail.json", """{"retries":4}""");

        await server.UntilLayerAsync(Mail, """{"retries":4}""");
        server.Board.Current.Revision.ShouldBe(3);
    }

    [Fact]
    public async Task An_edit_by_the_API_stands_until_the_file_changes()
    {
        using var tree = NewTree();
        await using var server = await tree.StartServerAsync();
        await PutAsync(server, """{"retries":9}""");

        tree.Write("services/mail.json", """{ "retries": 3 }""");
        tree.Write("services/user.json", """{"n":2}""");
        await server.UntilLayerAsync("config/user/base", """{"n":2}""");
        server.Layer(Mail).ShouldBe("""{"retries":9}""");

        tree.Write("services/mail.json", """{"retries":4}""");
        await server.UntilLayerAsync(Mail, """{"retries":4}""");
    }

    [Fact]
    public async Task An_edit_by_the_API_stands_over_a_restart_and_a_file_changed_meanwhile_wins()
    {
        using var tree = NewTree();
        await using (var first = await tree.StartServerAsync())
            await PutAsync(first, """{"retries":9}""");

        await using (var second = await tree.StartServerAsync())
        {
            second.Layer(Mail).ShouldBe("""{"retries":9}""");
            second.ActorOf(Mail).ShouldBe("admin");
            second.Board.Current.Revision.ShouldBe(3);
        }

        tree.Write("services/mail.json", """{"retries":4}""");
        await using var third = await tree.StartServerAsync();
        third.Layer(Mail).ShouldBe("""{"retries":4}""");
    }

    [Fact]
    public async Task Deleting_a_file_does_not_take_a_layer_that_somebody_else_wrote_last()
    {
        using var tree = NewTree();
        await using (var first = await tree.StartServerAsync())
        {
            await PutAsync(first, """{"retries":9}""");
            tree.Delete("services/mail.json");
            await first.RereadAsync();
            first.Layer(Mail).ShouldBe("""{"retries":9}""");
        }

        await using var second = await tree.StartServerAsync();
        second.Layer(Mail).ShouldBe("""{"retries":9}""");
        second.Board.Current.Revision.ShouldBe(3);
    }

    [Fact]
    public async Task A_layer_that_somebody_removed_stays_removed_until_the_file_changes()
    {
        using var tree = NewTree();
        await using (var first = await tree.StartServerAsync())
        {
            (await first.DeleteAsync("/api/config/mail")).Status.ShouldBe(HttpStatusCode.OK);
            await first.RereadAsync();
            first.Layer(Mail).ShouldBeNull();
        }

        await using var second = await tree.StartServerAsync();
        second.Layer(Mail).ShouldBeNull();
        tree.Write("services/mail.json", """{"retries":4}""");
        await second.UntilLayerAsync(Mail, """{"retries":4}""");
    }

    [Fact]
    public async Task A_forced_reload_brings_back_what_the_files_say()
    {
        using var tree = NewTree();
        await using var server = await tree.StartServerAsync();
        await PutAsync(server, """{"retries":9}""");

        await server.RereadAsync();
        server.Layer(Mail).ShouldBe("""{"retries":9}""");

        await server.RereadAsync(force: true);
        server.Layer(Mail).ShouldBe("""{"retries":3}""");
        server.ActorOf(Mail).ShouldBe("file:services/mail.json");
    }

    [Fact]
    public async Task A_reload_answers_with_the_report_of_the_source()
    {
        using var tree = NewTree();
        await using var server = await tree.StartServerAsync();
        tree.Write("services/mail.json", "{");

        var reply = await server.PostAsync("/api/config/mail/reload", null);

        reply.At("/sources/0/path").ShouldBe($"\"{tree.Root}\"");
        reply.At("/sources/0/state").ShouldBe("\"broken\"");
        reply.At("/sources/0/errors/0/file").ShouldBe("\"services/mail.json\"");
        reply.At("/sources/0/errors/0/line").ShouldBe("1");
        reply.At("/sources/0/errors/0/column").ShouldBe("2");
        reply.At("/sources/0/lastImport/revision").ShouldBe("2");
    }

    private static TreeOnDisk NewTree()
    {
        var tree = new TreeOnDisk();
        tree.Write("global.json", """{"g":1}""");
        tree.Write("services/mail.json", """{"retries":3}""");
        return tree;
    }

    private static async Task PutAsync(RunningServer server, string config) =>
        (await server.PutAsync("/api/config/mail", $$"""{"config":{{config}}}""")).Status.ShouldBe(HttpStatusCode.OK);
}
