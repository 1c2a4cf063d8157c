using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Sources;

public sealed class FollowTests
{
    [Fact]
    public async Task A_file_written_in_place_becomes_a_commit_by_that_file()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"retries":3}""");
        await using var server = await tree.StartServerAsync();

        tree.Write("services/mail.json", """{"retries":4}""");

        await server.UntilLayerAsync("config/mail/base", """{"retries":4}""");
        server.ActorOf("config/mail/base").ShouldBe("file:services/mail.json");
        server.Board.Current.Revision.ShouldBe(3);
    }

    [Fact]
    public async Task A_file_renamed_into_place_becomes_a_commit_by_that_file()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"retries":3}""");
        await using var server = await tree.StartServerAsync();

        tree.Replace("services/mail.json", """{"retries":4}""");

        await server.UntilLayerAsync("config/mail/base", """{"retries":4}""");
        server.ActorOf("config/mail/base").ShouldBe("file:services/mail.json");
        server.Board.Current.Revision.ShouldBe(3);
    }

    [Fact]
    public async Task A_file_saved_without_a_change_makes_no_commit()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"retries":3,"from":"a"}""");
        await using var server = await tree.StartServerAsync();

        tree.Write("services/mail.json", "{ \"from\": \"a\",\n  \"retries\": 3 }\n");
        await server.RereadAsync();

        server.Board.Current.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task A_burst_of_writes_is_few_commits()
    {
        using var tree = new TreeOnDisk();
        for (var i = 0; i < 20; i++)
            tree.Write($"services/s{i}.json", """{"n":0}""");
        await using var server = await tree.StartServerAsync();

        for (var i = 0; i < 20; i++)
            tree.Replace($"services/s{i}.json", """{"n":1}""");

        await Eventually.TrueAsync(() => Enumerable.Range(0, 20).All(i => server.Layer($"config/s{i}/base") == """{"n":1}"""), "all are in effect");
        // One, unless the machine stalls in the middle of the burst for longer than a pause means an end: LookTests has the exact rule.
        server.Board.Current.Revision.ShouldBeLessThan(2 + 20);
    }

    [Fact]
    public async Task A_broken_file_changes_nothing_and_is_reported_with_its_place_and_the_others_of_the_burst_are_committed()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"retries":3}""");
        tree.Write("services/user.json", """{"n":1}""");
        await using var server = await tree.StartServerAsync();

        tree.Replace("services/mail.json", "{\n  \"retries\": oops\n}");
        tree.Replace("services/user.json", """{"n":2}""");

        await server.UntilLayerAsync("config/user/base", """{"n":2}""");
        await server.UntilProblemAsync("services/mail.json");
        server.Report().Problems.ShouldHaveSingleItem().Place.ShouldBe("services/mail.json:2:14");
        server.Report().Problems[0].Message.ShouldNotContain("oops");
        server.Layer("config/mail/base").ShouldBe("""{"retries":3}""");

        tree.Write("services/mail.json", """{"retries":4}""");
        await server.UntilLayerAsync("config/mail/base", """{"retries":4}""");
        await server.UntilOkAsync();
    }

    [Fact]
    public async Task What_the_Gate_refuses_is_reported_at_its_line_and_the_others_are_committed()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"Timeout":1}""");
        tree.Write("services/user.json", """{"n":1}""");
        await using var server = await tree.StartServerAsync();

        tree.Replace("services/mail.json", "{\n  \"a\": [1, 2],\n  \"timeout\": 5\n}");
        tree.Replace("services/user.json", """{"n":2}""");

        await server.UntilLayerAsync("config/user/base", """{"n":2}""");
        await server.UntilProblemAsync("services/mail.json");
        var problem = server.Report().Problems.ShouldHaveSingleItem();
        problem.Place.ShouldBe("services/mail.json:3:3");
        problem.Message.ShouldContain("differ only in case");
        server.Layer("config/mail/base").ShouldBeNull();

        // What was in its way goes, and it is taken without having been touched.
        tree.Replace("global.json", """{"other":1}""");
        await server.UntilLayerAsync("config/mail/base", """{"a":[1,2],"timeout":5}""");
        await server.UntilOkAsync();
    }

    [Fact]
    public async Task A_service_and_a_folder_made_later_are_followed()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"a":1}""");
        await using var server = await tree.StartServerAsync();

        tree.Write("services/mail/staging.json", """{"n":1}""");
        await server.UntilLayerAsync("config/mail/env/staging", """{"n":1}""");
        tree.Write("services/mail/staging.json", """{"n":2}""");
        await server.UntilLayerAsync("config/mail/env/staging", """{"n":2}""");
        server.Layer("namespace/mail").ShouldBe("""{"kind":"service"}""");
    }

    [Fact]
    public async Task A_service_may_come_with_the_environment_that_it_overrides()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"a":1}""");
        await using var server = await tree.StartServerAsync();

        tree.Write("services/mail/qa.json", """{"n":1}""");
        await server.UntilProblemAsync("services/mail/qa.json");
        server.Layer("environment/qa").ShouldBeNull();

        tree.Write("environments/qa.json", "{}");
        await server.UntilLayerAsync("config/mail/env/qa", """{"n":1}""");
        await server.UntilOkAsync();
    }

    [Fact]
    public async Task A_turned_link_as_Kubernetes_mounts_a_ConfigMap_is_one_commit()
    {
        using var tree = new TreeOnDisk();
        void Publish(string name, string content)
        {
            Directory.CreateDirectory(tree.FullPath(name + "/services"));
            File.WriteAllText(tree.FullPath(name + "/global.json"), content);
            File.WriteAllText(tree.FullPath(name + "/services/mail.json"), content);
            File.CreateSymbolicLink(tree.FullPath("..data_tmp"), name);
            // What the kubelet does: rename(2) of a link over a link, which File.Move does not do for links to folders.
            using var mv = System.Diagnostics.Process.Start("mv", ["-T", tree.FullPath("..data_tmp"), tree.FullPath("..data")]);
            mv.WaitForExit();
            mv.ExitCode.ShouldBe(0);
        }

        Publish("..2026_11_20_1", """{"n":1}""");
        File.CreateSymbolicLink(tree.FullPath("global.json"), "..data/global.json");
        Directory.CreateSymbolicLink(tree.FullPath("services"), "..data/services");
        await using var server = await tree.StartServerAsync();
        server.Layer("config/mail/base").ShouldBe("""{"n":1}""");

        Publish("..2026_11_20_2", """{"n":2}""");

        await server.UntilLayerAsync("config/mail/base", """{"n":2}""");
        server.Layer("config/global/base").ShouldBe("""{"n":2}""");
        server.Board.Current.Revision.ShouldBe(3);
    }

    [Fact]
    public async Task A_tree_that_is_exchanged_as_a_whole_is_followed_on()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"n":1}""");
        await using var server = await tree.StartServerAsync();

        Directory.Move(tree.Root, tree.Root + ".old");
        await Eventually.TrueAsync(() => server.Report().IsBroken, "the missing folder is reported");
        server.Layer("config/global/base").ShouldBe("""{"n":1}""");

        Directory.CreateDirectory(tree.Root);
        tree.Write("global.json", """{"n":2}""");
        await server.UntilLayerAsync("config/global/base", """{"n":2}""");
        tree.Write("global.json", """{"n":3}""");
        await server.UntilLayerAsync("config/global/base", """{"n":3}""");
        await server.UntilOkAsync();
    }

    [Fact]
    public async Task A_tree_behind_a_link_is_followed_and_so_is_the_turning_of_the_link()
    {
        using var tree = new TreeOnDisk();
        Directory.Delete(tree.Root);
        void Turn(string release, string content)
        {
            Directory.CreateDirectory(tree.Root + release);
            File.WriteAllText(Path.Combine(tree.Root + release, "global.json"), content);
            Directory.CreateSymbolicLink(tree.Root + ".next", tree.Root + release);
            using var mv = System.Diagnostics.Process.Start("mv", ["-T", tree.Root + ".next", tree.Root]);
            mv.WaitForExit();
            mv.ExitCode.ShouldBe(0);
        }

        Turn("-1", """{"n":1}""");
        await using var server = await tree.StartServerAsync();
        tree.Write("global.json", """{"n":2}""");
        await server.UntilLayerAsync("config/global/base", """{"n":2}""");

        Turn("-2", """{"n":3}""");
        await server.UntilLayerAsync("config/global/base", """{"n":3}""");
        tree.Write("global.json", """{"n":4}""");
        await server.UntilLayerAsync("config/global/base", """{"n":4}""");
    }

    [Fact]
    public async Task A_file_written_in_pieces_is_never_taken_half()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"n":0}""");
        await using var server = await tree.StartServerAsync();
        var big = $$"""{"n":1,"pad":"{{new string('x', 600_000)}}"}""";

        await using (var file = new FileStream(tree.FullPath("services/mail.json"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            foreach (var piece in System.Text.Encoding.UTF8.GetBytes(big).Chunk(50_000))
            {
                await file.WriteAsync(piece, TestContext.Current.CancellationToken);
                await file.FlushAsync(TestContext.Current.CancellationToken);
                await Task.Delay(2, TestContext.Current.CancellationToken);
            }
        }

        await server.UntilLayerAsync("config/mail/base", big);
        server.Board.Current.Revision.ShouldBe(3);
    }
}
