using System.Net;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Namespaces;

public sealed class NamespaceTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_included_namespace_lies_below_the_one_that_includes_it()
    {
        await _server.PutAsync("/api/config/db", """{"config":{"pool":10,"host":"h"}}""");
        await _server.PutAsync("/api/config/db", """{"environment":"production","config":{"pool":50}}""");
        await _server.PutAsync("/api/config/mail", """{"config":{"host":"own"}}""");

        var set = await _server.PutAsync("/api/namespaces/mail", """{"kind":"service","includes":["db"],"owner":"team"}""");

        set.Status.ShouldBe(HttpStatusCode.OK);
        (await _server.GetAsync("/api/config/mail?environment=production")).At("/config").ShouldBe("""{"pool":50,"host":"own"}""");
        (await _server.GetAsync("/api/namespaces/db")).At("/includedBy").ShouldBe("""["mail"]""");
    }

    [Fact]
    public async Task Circles_unknown_includes_and_removal_of_what_is_included_are_refused_by_name()
    {
        foreach (var name in new[] { "a", "b", "c" })
            await _server.PutAsync($"/api/namespaces/{name}", """{"kind":"shared"}""");
        await _server.PutAsync("/api/namespaces/a", """{"kind":"shared","includes":["b"]}""");
        await _server.PutAsync("/api/namespaces/b", """{"kind":"shared","includes":["c"]}""");
        var head = _server.Board.Current.Revision;

        var circle = await _server.PutAsync("/api/namespaces/c", """{"kind":"shared","includes":["a"]}""");
        var several = await _server.PutAsync("/api/namespaces/c", """{"kind":"thing","includes":["nobody","global"],"colour":"red"}""");
        var included = await _server.DeleteAsync("/api/config/c?all=true");

        circle.At("/errors/0/code").ShouldBe("\"CircularDependency\"");
        circle.At("/errors/0/message")!.ShouldContain("c -> a -> b -> c");
        several.At("/errors/0/path").ShouldBe("\"/kind\"");
        several.At("/errors/1/path").ShouldBe("\"/colour\"");
        included.At("/errors/0/message")!.ShouldContain("included by b");
        _server.Board.Current.Revision.ShouldBe(head);
    }

    [Fact]
    public async Task A_namespace_that_a_flag_created_goes_with_all_that_belongs_to_it()
    {
        (await _server.PutAsync("/api/features/banner?namespace=shop", """{"variants":{"on":true}}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await _server.PutAsync("/api/schemas/shop", """{"schema":true}""")).Status.ShouldBe(HttpStatusCode.Created);
        (await _server.GetAsync("/api/namespaces/shop")).At("/kind").ShouldBe("\"service\"");
        var version = (await _server.GetAsync("/api/namespaces/shop")).ETag!;
        var head = _server.Board.Current.Revision;

        (await _server.DeleteAsync("/api/config/shop?all=true", ("If-Match", "\"1\""))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        var trial = await _server.DeleteAsync("/api/config/shop?all=true&dryRun=true", ("If-Match", version));
        trial.At("/dryRun").ShouldBe("true");
        _server.Board.Current.Revision.ShouldBe(head);
        var removed = await _server.DeleteAsync("/api/config/shop?all=true", ("If-Match", version));

        removed.At("/removed").ShouldBe("""["namespace/shop","flag/shop/banner","schema/shop"]""");
        removed.At("/revision").ShouldBe($"{head + 1}");
        (await _server.GetAsync("/api/features?namespace=shop&environment=production")).Code.ShouldBe("NamespaceNotFound");
        (await _server.GetAsync("/api/schemas/shop")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Names_that_differ_only_in_case_are_refused_across_layers_that_meet()
    {
        await _server.PutAsync("/api/config/global", """{"config":{"logging":{"level":"info"}}}""");
        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");

        var layer = await _server.PutAsync("/api/config/mail", """{"environment":"staging","config":{"logging":{"Level":"debug"}}}""");
        var below = await _server.PutAsync("/api/config/global", """{"config":{"logging":{"level":"info"},"A":1}}""");
        var twin = await _server.PutAsync("/api/config/Mail", """{"config":{}}""");

        layer.At("/errors/0/path").ShouldBe("\"/logging/Level\"");
        layer.At("/errors/0/message")!.ShouldContain("config/global/base");
        below.At("/errors/0/message")!.ShouldContain("config/mail/base");
        twin.At("/errors/0/message")!.ShouldContain("differs only in case");
    }
}
