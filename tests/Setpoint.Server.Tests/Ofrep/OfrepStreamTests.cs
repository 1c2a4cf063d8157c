using System.Net;
using Setpoint.Core.Json;
using Setpoint.Server.Tests.Flags;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Ofrep;

/// <summary>The stream that tells providers to ask again.</summary>
public sealed class OfrepStreamTests : IAsyncLifetime
{
    private const string InProduction = "/in/global/production/ofrep/v1/evaluate/flags";
    private const string Ann = """{"context":{"targetingKey":"ann"}}""";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await _server.PostAsync("/api/features", Samples.Boolean("banner"));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_change_is_announced_with_the_tag_of_the_configuration_to_whoever_has_the_address_and_no_key()
    {
        var all = await _server.PostAsync(InProduction, Ann);
        await using var stream = await OpenAsync(_server, all);
        (await stream.NextAsync()).ShouldNotBeNull();

        await _server.PutAsync("/api/config/mail", """{"config":{"a":1}}""");
        await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", more: ",\"environments\":{\"staging\":{\"state\":\"disabled\"}}"));
        var written = await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"));

        var heard = (await stream.NextAsync()).ShouldNotBeNull();
        heard.ShouldBe(("message", $"{written.At("/version")}.0", $$"""{"type":"refetchEvaluation","etag":"{{written.At("/version")}}.0"}"""));
        OfrepShape.IsValid("sseEventData", JsonReader.Parse(heard.Data).Value).ShouldBeTrue();
    }

    [Fact]
    public async Task A_provider_that_comes_back_is_told_of_what_it_missed_and_of_nothing_if_it_missed_nothing()
    {
        var all = await _server.PostAsync(InProduction, Ann);
        var seen = ((JsonString)((JsonObject)all.Json["metadata"]!)["version"]!).Value;
        await using var current = await OpenAsync(_server, all, seen);
        var written = await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"));

        // The first it hears is the change: nothing was told before it.
        (await current.NextAsync()).ShouldNotBeNull().Id.ShouldBe($"{written.At("/version")}.0");
        await using var late = await OpenAsync(_server, all, seen);
        (await late.NextAsync()).ShouldNotBeNull().Id.ShouldBe($"{written.At("/version")}.0");
    }

    [Fact]
    public async Task A_schedule_that_comes_to_something_is_announced_though_nobody_wrote_anything()
    {
        var start = DateTimeOffset.UtcNow + Samples.Lead;
        var written = await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", more: $",\"schedule\":{{\"start\":\"{start:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\"}}"));
        var all = await _server.PostAsync(InProduction, Ann);
        await using var stream = await OpenAsync(_server, all, $"{written.At("/version")}.0");

        (await stream.NextAsync()).ShouldNotBeNull().Id.ShouldBe($"{written.At("/version")}.1");

        DateTimeOffset.UtcNow.ShouldBeGreaterThanOrEqualTo(start);
        (await _server.PostAsync(InProduction, Ann)).At("/flags/0/value").ShouldBe("true");
    }

    [Theory]
    [InlineData("environment=production", "environment=staging")]
    [InlineData("namespace=global", "namespace=shop")]
    [InlineData("token=", "token=1")]
    public async Task The_address_opens_one_stream_alone(string part, string changed)
    {
        var url = UrlOf(await _server.PostAsync(InProduction, Ann));
        using var nobody = _server.NewClient(key: null);

        using var refused = await nobody.GetAsync(url.Replace(part, changed, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        using var elsewhere = await nobody.GetAsync(url.Replace("/ofrep/v1/stream", "/api/stream", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("errorDetails");
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_address_stays_the_same_while_nothing_but_flags_change()
    {
        var first = await _server.PostAsync(InProduction, Ann);
        await _server.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"));

        UrlOf(await _server.PostAsync(InProduction, Ann)).ShouldBe(UrlOf(first));
    }

    /// <summary>Opens the stream that an answer names, without a key.</summary>
    internal static Task<OfrepStream> OpenAsync(RunningServer server, Reply all, string? lastEventId = null) => OpenAsync(server, UrlOf(all), lastEventId);

    /// <summary>Opens the stream at an address, without a key.</summary>
    internal static async Task<OfrepStream> OpenAsync(RunningServer server, string url, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var client = server.NewClient(key: null);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new(client, new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    internal static string UrlOf(Reply all) => ((JsonString)((JsonObject)((JsonArray)all.Json["eventStreams"]!).Items[0])["url"]!).Value;
}

/// <summary>Reads events as browsers do; waits for none longer than <see cref="Eventually.Soon"/>.</summary>
internal sealed class OfrepStream(HttpClient client, StreamReader lines) : IAsyncDisposable
{
    /// <summary>Null when the stream is over.</summary>
    public async Task<(string Event, string Id, string Data)?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Eventually.Soon);
        var (name, id, data) = ("message", "", "");
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Length == 0 && data.Length > 0)
                return (name, id, data);
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                continue;
            var value = line[(colon + 1)..].TrimStart(' ');
            (name, id, data) = line[..colon] switch
            {
                "event" => (value, id, data),
                "id" => (name, value, data),
                "data" => (name, id, data + value),
                _ => (name, id, data),
            };
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
