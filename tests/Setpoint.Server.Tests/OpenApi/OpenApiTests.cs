using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.OpenApi;

/// <summary>The document is written by hand, so these hold it to what the server does.</summary>
public sealed partial class OpenApiTests
{
    [Fact]
    public async Task Every_route_is_described_and_every_description_has_its_route()
    {
        await using var server = await RunningServer.StartAsync();

        var mapped = server.App.Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal)}"))
            .ToList();

        mapped.ShouldNotBeEmpty();
        OpenApiText.Operations.Select(operation => operation.ToString()).Order().ShouldBe(mapped.Order());
    }

    [Fact]
    public async Task Every_operation_takes_the_query_parameters_that_it_describes_and_no_others()
    {
        await using var server = await RunningServer.StartAsync();
        await server.PutAsync("/api/config/mail", """{"config":{"email":{"enabled":true}}}""");
        var wrong = new List<string>();
        // A socket is not opened by asking so; and a protocol of others may grow parameters, so what is unknown there is let pass.
        foreach (var operation in OpenApiText.Operations.Where(operation => operation.Path != "/ws" && !operation.Path.Contains("/ofrep/", StringComparison.Ordinal)))
        {
            var (type, _, example) = operation.Bodies.FirstOrDefault();
            var refusal = await server.SendAsync(new HttpMethod(operation.Method), Fill(operation) + "?nonsense=1", example?.ToString(), [], type ?? "application/json");
            // One that reads no query at all takes none.
            var known = refusal.Status == HttpStatusCode.BadRequest
                ? KnownParameters().Match(OpenApiText.Text(refusal.Json["detail"])!).Groups["names"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries)
                : [];
            var described = operation.ParametersIn("query").Where(name => name != "ctx").Order(StringComparer.Ordinal).ToList();
            if (!described.SequenceEqual(known))
                wrong.Add($"{operation} describes [{string.Join(", ", described)}] and takes [{string.Join(", ", known)}] ({refusal.Text})");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Every_operation_says_what_it_does_takes_and_answers()
    {
        OpenApiText.Operations.Select(operation => OpenApiText.Text(operation.Json["operationId"])).ShouldBeUnique();
        foreach (var operation in OpenApiText.Operations)
        {
            OpenApiText.Text(operation.Json["summary"]).ShouldNotBeNullOrEmpty(operation.ToString());
            operation.Json["tags"].ShouldBeOfType<JsonArray>(operation.ToString()).Items.Length.ShouldBe(1);
            operation.ParametersIn("path").Order().ShouldBe(PathParameter().Matches(operation.Path).Select(match => match.Groups[1].Value).Order(), operation.ToString());
            operation.Parameters.ShouldAllBe(parameter => OpenApiText.Text(parameter["description"]) != null && parameter["schema"] is JsonObject);
            if (operation.Json["security"] is not JsonArray { Items.IsEmpty: true })
                operation.Response(401).ShouldNotBeNull(operation.ToString());
            if (operation.Bodies.Any())
                operation.Response(413).ShouldNotBeNull(operation.ToString());
        }
    }

    [Fact]
    public void Every_reference_leads_somewhere_and_nothing_is_described_that_nobody_uses()
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, json) in OpenApiText.Objects(OpenApiText.Document))
        {
            if (OpenApiText.Text(json["$ref"]) is { } reference)
            {
                OpenApiText.Resolve(json);
                used.Add(reference);
            }
        }

        var components = (JsonObject)OpenApiText.Document["components"]!;
        foreach (var kind in (string[])["parameters", "responses", "headers", "schemas"])
        {
            var described = (JsonObject)components[kind]!;
            for (var i = 0; i < described.Count; i++)
                used.ShouldContain($"#/components/{kind}/{described.NameAt(i)}");
        }
    }

    [Fact]
    public async Task Open_routes_are_those_that_are_described_as_open()
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = server.NewClient(key: null);
        foreach (var operation in OpenApiText.Operations)
        {
            using var request = new HttpRequestMessage(new HttpMethod(operation.Method), Fill(operation));
            using var reply = await nobody.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

            var isOpen = operation.Json["security"] is JsonArray { Items.IsEmpty: true };
            (reply.StatusCode != HttpStatusCode.Unauthorized).ShouldBe(isOpen, operation.ToString());
        }
    }

    [Fact]
    public async Task The_examples_work_and_the_answers_have_the_described_shape()
    {
        await using var server = await RunningServer.StartAsync();
        // One commit, so that the example of a rollback to 2 keeps both layers.
        await server.PostAsync("/api/commits", """
            {"changes":[{"address":"namespace/mail","document":{"kind":"service"}},
                        {"address":"config/mail/base","document":{"email":{"enabled":true,"smtp":{"port":25}}}},
                        {"address":"config/mail/env/production","document":{"email":{"enabled":false}}},
                        {"address":"flag/global/email.enabled","document":{"variants":{"on":true,"off":false},"split":{"weights":{"on":1,"off":1}},
                          "experiment":{"environment":"production","control":"off","metrics":[{"name":"purchase"},{"name":"spent","kind":"mean","covariate":true}]}}}]}
            """);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        // What is made can be read, and what is removed goes last, the inner before the outer.
        string[] order = ["PUT", "POST", "PATCH", "GET", "DELETE"];
        foreach (var operation in Answered.OrderBy(operation => Array.IndexOf(order, operation.Method)).ThenByDescending(operation => operation.Path.Length))
        {
            var bodies = operation.Bodies.Select(body => (Type: (string?)body.Type, (JsonObject?)body.Schema, (JsonValue?)body.Example)).DefaultIfEmpty();
            foreach (var (type, schema, example) in bodies)
            {
                if (example is not null)
                    SchemaCheck.Problems(example, schema!).ShouldBeEmpty(operation.ToString());
                foreach (var query in Queries(operation))
                    await CheckAsync(server, operation, query, type, example, seen);
            }
        }

        seen.ShouldContain("GET /api/config/{ns} 200 application/json");
        seen.ShouldContain("DELETE /api/namespaces/{name} 200 application/json");
        Answered.ShouldAllBe(operation => seen.Any(one => one.StartsWith(operation + " 2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_document_is_served_to_everybody_and_not_again_to_those_who_have_it()
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = server.NewClient(key: null);

        using var first = await nobody.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken);
        var again = await server.GetAsync("/openapi/v1.json", ("If-None-Match", first.Headers.ETag!.ToString()));

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonReader.Parse(await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Value.ShouldBe(OpenApiText.Document);
        again.Status.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task The_page_and_all_it_loads_come_from_this_server()
    {
        await using var server = await RunningServer.StartAsync();
        using var nobody = server.NewClient(key: null);

        var page = await nobody.GetStringAsync("/docs", TestContext.Current.CancellationToken);
        var assets = Asset().Matches(page).Select(match => match.Groups[1].Value).ToList();

        page.ShouldContain("swagger-ui");
        assets.Count.ShouldBeGreaterThanOrEqualTo(4);
        foreach (var asset in assets)
        {
            asset.ShouldNotContain("//");
            using var reply = await nobody.GetAsync($"/docs/{asset}", TestContext.Current.CancellationToken);
            reply.StatusCode.ShouldBe(HttpStatusCode.OK, asset);
            (await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldNotBeEmpty(asset);
        }

        var initializer = await nobody.GetStringAsync("/docs/index.js", TestContext.Current.CancellationToken);
        initializer.ShouldContain("../openapi/v1.json");
        using var missing = await nobody.GetAsync("/docs/nothing.js", TestContext.Current.CancellationToken);
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>Push has no answer that ends; the tests of delivery hold its messages to their description.</summary>
    private static IEnumerable<DocumentedOperation> Answered =>
        OpenApiText.Operations.Where(operation => operation.Path is not ("/ws" or "/api/stream" or "/ofrep/v1/stream"));

    private static async Task CheckAsync(RunningServer server, DocumentedOperation operation, string query, string? type, JsonValue? example, HashSet<string> seen)
    {
        var reply = await server.SendAsync(new HttpMethod(operation.Method), Fill(operation) + query, example?.ToString(), [], type ?? "application/json");

        var described = operation.Response((int)reply.Status).ShouldNotBeNull($"{operation}{query} answers {(int)reply.Status}: {reply.Text}");
        ((int)reply.Status).ShouldBeLessThan(300, $"{operation}{query}: {reply.Text}");
        var media = reply.Message.Content.Headers.ContentType!.MediaType!;
        var content = ((JsonObject)described["content"]!)[media].ShouldBeOfType<JsonObject>($"{operation}{query} answers {media}");
        if (media == "application/json")
            SchemaCheck.Problems(reply.Json, (JsonObject)content["schema"]!).ShouldBeEmpty($"{operation}{query}: {reply.Text}");
        seen.Add($"{operation} {(int)reply.Status} {media}");
    }

    /// <summary>Ways to ask that change the shape of the answer.</summary>
    private static string[] Queries(DocumentedOperation operation) => operation.ToString() switch
    {
        "GET /api/config/{ns}" =>
            ["", "?environment=production", "?environment=production&explain=true", "?raw=true&environment=production", "?user=u1", "?format=json", "?format=yaml", "?format=env", "?version=2", "?ctx.region=eu"],
        "GET /api/config/{ns}/keys/{key}" => ["", "?environment=production&explain=true"],
        "GET /api/config/{ns}/diff" => ["?from=2", "?fromEnvironment=staging&toEnvironment=production"],
        "GET /api/config/{ns}/history" => ["", "?limit=1"],
        "GET /api/commits" => ["", "?limit=1&after=1"],
        "DELETE /api/config/{ns}" => ["?environment=production&dryRun=true", "?environment=production", "?all=true"],
        "DELETE /api/config/{ns}/keys/{key}" => ["?dryRun=true", ""],
        "POST /api/config/{ns}" => ["?template=plugin-default&dryRun=true", "?template=plugin-default"],
        "POST /api/services/register" => ["?dryRun=true", "", "?description=again"],
        "DELETE /api/services/{name}" => ["?environment=production&dryRun=true", "?environment=production"],
        "GET /api/features" => ["?environment=production", "?environment=staging&enabled=false&tags=ui", "?stale=true", "?stale=false&environment=production&days=7"],
        "GET /api/features/{key}" => ["", "?environment=production"],
        "GET /api/flags/definitions" => ["?environment=production"],
        "GET /api/features/export" => ["?format=flagd&environment=production", "?format=microsoft&environment=production"],
        "POST /api/features" => ["?dryRun=true", ""],
        "POST /api/features/import" => ["?format=flagd&environment=production&dryRun=true", "?format=flagd&environment=production"],
        "PATCH /api/features/{key}" or "DELETE /api/features/{key}" => ["?dryRun=true", ""],
        var other when other.StartsWith("PUT", StringComparison.Ordinal) || other.StartsWith("POST /api/env", StringComparison.Ordinal) || other == "POST /api/commits" => ["?dryRun=true", ""],
        _ => [""],
    };

    /// <summary>A namespace that is made must not be there; every other operation is about one that is.</summary>
    private static string Fill(DocumentedOperation operation) =>
        Fill(operation.ToString() == "POST /api/config/{ns}" ? "/api/config/from-template" : operation.Path);

    private static string Fill(string path) => path
        .Replace("/features/{key}", "/features/banner", StringComparison.Ordinal)
        .Replace("/flags/{key}", "/flags/banner", StringComparison.Ordinal)
        .Replace("/in/{namespace}/{environment}", "/in/global/production", StringComparison.Ordinal)
        .Replace("{ns}", "mail", StringComparison.Ordinal)
        .Replace("{key}", "email.enabled", StringComparison.Ordinal)
        .Replace("{revision}", "2", StringComparison.Ordinal)
        .Replace("/docs/{path}", "/docs/index.html", StringComparison.Ordinal)
        .Replace("/api/environments/{name}", "/api/environments/qa", StringComparison.Ordinal)
        .Replace("/api/templates/{name}", "/api/templates/plugin-default", StringComparison.Ordinal)
        .Replace("/api/services/{name}", "/api/services/user-service", StringComparison.Ordinal)
        .Replace("/api/namespaces/{name}", "/api/namespaces/other", StringComparison.Ordinal);

    [GeneratedRegex("known are (?<names>[^.]*)\\.$")]
    private static partial Regex KnownParameters();

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex("""(?:src|href)="([^"]+)"[^>]*>""")]
    private static partial Regex Asset();
}
