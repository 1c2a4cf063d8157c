using System.Net;
using Setpoint.Core.Layers;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Sources;

public sealed class ImportTests
{
    [Fact]
    public async Task The_tree_is_imported_as_one_commit_before_the_first_request_is_answered()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"app":{"name":"Potter"},"ratio":0.10}""");
        tree.Write("environments/production.json", """{"app":{"debug":false}}""");
        tree.Write("environments/qa.yaml", "app:\n  debug: true\n");
        tree.Write("services/mail.json", """{"retries":3}""");
        tree.Write("services/mail/production.json", """{"retries":5}""");
        await using var server = await tree.StartServerAsync();

        var reply = await server.GetAsync("/api/config/mail?environment=production");

        reply.At("/config").ShouldBe("""{"app":{"name":"Potter","debug":false},"ratio":0.10,"retries":5}""");
        reply.Revision.ShouldBe(2);
        var commit = await server.GetAsync("/api/commits/2");
        commit.At("/actor").ShouldBe($"\"file:{tree.Root}\"");
        commit.At("/message").ShouldBe("\"saved environments/production.json, environments/qa.yaml, global.json, services/mail.json, services/mail/production.json\"");
        server.Board.Current.Revision.ShouldBe(2);
        server.Report().State.ShouldBe("ok");
        server.Report().Files.ShouldBe(5);
        server.Report().LastImport!.Value.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task An_environment_of_the_tree_is_made_and_one_that_exists_keeps_what_it_is()
    {
        using var tree = new TreeOnDisk();
        tree.Write("environments/production.json", "{}");
        tree.Write("environments/qa.json", "{}");
        await using var server = await tree.StartServerAsync();

        server.Layer("environment/production").ShouldBe("""{"production":true}""");
        server.ActorOf("environment/production").ShouldBe("system:bootstrap");
        server.Layer("environment/qa").ShouldBe("{}");
        server.ActorOf("environment/qa").ShouldBe($"file:{tree.Root}");
    }

    [Fact]
    public async Task A_restart_with_the_same_tree_makes_no_commit()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"a":1}""");
        tree.Write("services/mail.json", """{"retries":3}""");
        await using (var first = await tree.StartServerAsync())
            first.Board.Current.Revision.ShouldBe(2);

        await using var second = await tree.StartServerAsync();

        second.Board.Current.Revision.ShouldBe(2);
        second.Report().State.ShouldBe("ok");
        second.Report().LastImport.ShouldBeNull();
    }

    [Fact]
    public async Task What_changed_while_the_server_was_down_is_imported_by_the_next_start_as_one_commit()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"a":1}""");
        tree.Write("services/mail.json", """{"retries":3}""");
        tree.Write("services/old.json", """{"x":1}""");
        await using (await tree.StartServerAsync())
        {
        }

        tree.Write("services/mail.json", """{"retries":4}""");
        tree.Delete("services/old.json");
        await using var second = await tree.StartServerAsync();

        second.Board.Current.Revision.ShouldBe(3);
        second.Layer("config/mail/base").ShouldBe("""{"retries":4}""");
        second.Layer("config/old/base").ShouldBeNull();
        second.Layer("config/global/base").ShouldBe("""{"a":1}""");
    }

    [Fact]
    public async Task A_tree_that_is_broken_at_the_start_leaves_the_last_good_in_effect_and_the_server_serves()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"a":1}""");
        tree.Write("services/mail.json", """{"retries":3}""");
        await using (await tree.StartServerAsync())
        {
        }

        tree.Write("global.json", "{\"a\":2}");
        tree.Write("services/mail.json", "{\n  \"retries\": 4,,\n}");
        await using var second = await tree.StartServerAsync();

        var reply = await second.GetAsync("/api/config/mail");
        reply.Status.ShouldBe(HttpStatusCode.OK);
        reply.At("/config").ShouldBe("""{"a":2,"retries":3}""");
        var problem = second.Report().Problems.ShouldHaveSingleItem();
        problem.Place.ShouldBe("services/mail.json:2:16");
        problem.Message.ShouldContain("','");
        second.Report().State.ShouldBe("broken");

        var health = await second.GetAsync("/health");
        health.Status.ShouldBe(HttpStatusCode.OK);
        health.At("/status").ShouldBe("\"degraded\"");
        health.At("/components/sources/status").ShouldBe("\"degraded\"");
        health.At("/components/sources/items/0/errors/0/line").ShouldBe("2");
        health.At("/components/sources/items/0/errors/0/column").ShouldBe("16");
        using var stranger = second.NewClient(null);
        (await stranger.GetStringAsync("/health", TestContext.Current.CancellationToken)).ShouldNotContain("mail");
    }

    [Fact]
    public async Task A_folder_without_any_file_removes_nothing()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"retries":3}""");
        await using (await tree.StartServerAsync())
        {
        }

        // As a volume that is not mounted yet looks.
        Directory.Delete(tree.Root, recursive: true);
        Directory.CreateDirectory(tree.Root);
        await using var second = await tree.StartServerAsync();

        second.Layer("config/mail/base").ShouldBe("""{"retries":3}""");
        second.Board.Current.Revision.ShouldBe(2);
        second.Report().State.ShouldBe("broken");
        second.Report().Problems.ShouldHaveSingleItem().Message.ShouldContain("no configuration file");
    }

    [Fact]
    public async Task A_file_of_two_megabytes_is_refused_and_names_the_limit_and_the_others_are_imported()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/big.json", $$"""{"text":"{{new string('x', 2 * 1024 * 1024)}}"}""");
        tree.Write("services/mail.json", """{"retries":3}""");
        await using var server = await tree.StartServerAsync();

        server.Report().Problems.ShouldHaveSingleItem().Message.ShouldBe("the file has 2097163 bytes; the limit is 1048576.");
        server.Layer("config/big/base").ShouldBeNull();
        server.Layer("config/mail/base").ShouldBe("""{"retries":3}""");
    }

    [Theory]
    [InlineData("services/my service.json", "Service name 'my service'")]
    [InlineData("services/global.json", "'global' is not a service")]
    [InlineData("services/mail.production.json", "services/mail/production.json")]
    [InlineData("services/mail/prodution.json", "prodution")]
    public async Task A_name_that_cannot_be_meant_is_reported_with_the_way_out_and_nothing_comes_of_it(string path, string named)
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"a":1}""");
        tree.Write(path, """{"b":2}""");
        await using var server = await tree.StartServerAsync();

        var problem = server.Report().Problems.ShouldHaveSingleItem();
        problem.File.ShouldBe(path);
        problem.Message.ShouldContain(named);
        server.Layer("config/global/base").ShouldBe("""{"a":1}""");
        server.Board.Current.Documents.ShouldNotContain(document => document.Body!.Contains("b"));
    }

    [Fact]
    public async Task Two_files_for_one_layer_are_both_reported_and_the_layer_stays_until_one_is_left()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"retries":3}""");
        await using var server = await tree.StartServerAsync();

        tree.Write("services/mail.yaml", "retries: 4\n");
        await server.UntilProblemAsync("services/mail.yaml");
        server.Report().Problems.Select(problem => problem.File).ShouldBe(["services/mail.json", "services/mail.yaml"]);
        server.Layer("config/mail/base").ShouldBe("""{"retries":3}""");

        tree.Delete("services/mail.json");
        await server.UntilLayerAsync("config/mail/base", """{"retries":4}""");
        await server.UntilOkAsync();
    }

    [Fact]
    public async Task Schemas_are_imported_with_what_they_check_and_followed()
    {
        using var tree = new TreeOnDisk();
        tree.Write("services/mail.json", """{"port":25}""");
        tree.Write("schemas/mail.json", """{"type":"object","properties":{"port":{"type":"integer"}}}""");
        tree.Write("schemas/service_schemas/chat.yaml", "version: 3\nschema:\n  required: [room]\n");
        await using var server = await tree.StartServerAsync();

        server.Board.Current.Revision.ShouldBe(2, "one commit besides the first");
        server.Board.Current.Schemas().Find("mail")!.Content!.Version.ShouldBe(1);
        server.Board.Current.Schemas().Find("chat")!.Content!.Version.ShouldBe(3);

        tree.Write("services/mail.json", """{"port":"x"}""");
        await server.UntilProblemAsync("services/mail.json");
        server.Layer("config/mail/base").ShouldBe("""{"port":25}""");

        tree.Write("schemas/mail.json", """{"type":"object","properties":{"port":{"type":"string"}}}""");
        await server.UntilLayerAsync("config/mail/base", """{"port":"x"}""");
        await server.UntilOkAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_schema_is_reported_with_its_place_and_the_last_good_one_stays()
    {
        using var tree = new TreeOnDisk();
        tree.Write("schemas/mail.json", """{"type":"object"}""");
        await using var server = await tree.StartServerAsync();

        tree.Write("schemas/mail.json", "{\n  \"properties\": {\n    \"port\": {\"type\": \"integr\"}\n  }\n}");
        await server.UntilProblemAsync("schemas/mail.json");

        var problem = server.Report().Problems.ShouldHaveSingleItem();
        (problem.Line, problem.Column).ShouldBe((3, 14));
        server.Board.Current.Schemas().Find("mail")!.Content!.Schema.ToString().ShouldBe("""{"type":"object"}""");
    }

    [Fact]
    public async Task Editors_files_and_strangers_are_left_alone()
    {
        using var tree = new TreeOnDisk();
        tree.Write("global.json", """{"a":1}""");
        tree.Write("README.md", "# hello");
        tree.Write("package.json", "{}");
        tree.Write(".git/config.json", "{}");
        tree.Write("services/.mail.json.swp", "x");
        tree.Write("services/a/b/c.json", "{}");
        await using var server = await tree.StartServerAsync();

        server.Report().State.ShouldBe("ok");
        server.Report().Files.ShouldBe(1);
        server.Board.Current.Revision.ShouldBe(2);
    }
}
