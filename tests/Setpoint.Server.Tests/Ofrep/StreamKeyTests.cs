using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Setpoint.Server.Access;
using Setpoint.Server.Flags;
using Setpoint.Server.Ofrep;
using Setpoint.Server.Process;
using Setpoint.Server.Tests.Flags;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Ofrep;

/// <summary>The key that signs the addresses of streams, and how long they open one.</summary>
public sealed class StreamKeyTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 17, 0, 0, TimeSpan.Zero);
    private static readonly FlagTarget Production = new("global", "production");

    private readonly TempFolder _folder = new();

    private string KeyFilePath => _folder.File(StreamTokens.KeyFileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_address_that_a_browser_holds_opens_the_stream_of_the_restarted_server()
    {
        string address;
        await using (var first = await StartAsync())
        {
            await first.PostAsync("/api/features", Samples.Boolean("banner"));
            address = OfrepStreamTests.UrlOf(await first.PostAsync("/in/global/production/ofrep/v1/evaluate/flags", """{"context":{"targetingKey":"ann"}}"""));
        }

        await using var second = await StartAsync();
        await using var stream = await OfrepStreamTests.OpenAsync(second, new Uri(address).PathAndQuery);
        (await stream.NextAsync()).ShouldNotBeNull();
        var written = await second.PutAsync("/api/features/banner", Samples.Boolean("banner", "off"));

        (await stream.NextAsync()).ShouldNotBeNull().Id.ShouldBe($"{written.At("/version")}.0");
    }

    [Fact]
    public async Task An_address_works_for_the_rest_of_its_half_day_and_the_next_and_no_longer()
    {
        var tokens = await TokensAsync();
        var token = TokenOf(tokens.UrlFor(Request(), "global", "production", Now));
        var end = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

        tokens.Opens(Production, token, Now).ShouldBeTrue();
        tokens.Opens(Production, token, end + StreamTokens.Period - TimeSpan.FromSeconds(1)).ShouldBeTrue();
        tokens.Opens(Production, token, end + StreamTokens.Period).ShouldBeFalse();
        tokens.Opens(Production, token, Now - StreamTokens.Period).ShouldBeFalse("nobody has one from the future");
        tokens.UrlFor(Request(), "global", "production", end - TimeSpan.FromSeconds(1)).ShouldEndWith(token);
        tokens.UrlFor(Request(), "global", "production", end).ShouldNotEndWith(token);
        // A request that began before the half day did.
        tokens.UrlFor(Request(), "global", "production", end - TimeSpan.FromSeconds(1)).ShouldEndWith(token);
    }

    [Fact]
    public async Task Each_namespace_and_environment_has_an_address_of_its_own_at_the_host_that_was_asked()
    {
        var tokens = await TokensAsync();
        var ours = tokens.UrlFor(Request(), "global", "production", Now);
        var staging = tokens.UrlFor(Request(), "global", "staging", Now);
        tokens.UrlFor(Request("flags.example"), "global", "production", Now).ShouldBe(ours.Replace("127.0.0.1", "flags.example", StringComparison.Ordinal));
        tokens.UrlFor(Request(), "global", "staging", Now).ShouldBe(staging);

        tokens.Opens(Production, TokenOf(staging), Now).ShouldBeFalse();
        tokens.Opens(new("global", "staging"), TokenOf(staging), Now).ShouldBeTrue();
        tokens.Opens(Production, TokenOf(tokens.UrlFor(Request(), "shop", "production", Now)), Now).ShouldBeFalse();
    }

    [Fact]
    public async Task Another_key_refuses_the_address()
    {
        var token = TokenOf((await TokensAsync()).UrlFor(Request(), "global", "production", Now));
        (await TokensAsync()).Opens(Production, token, Now).ShouldBeTrue("the key was kept");

        File.Delete(KeyFilePath);

        (await TokensAsync()).Opens(Production, token, Now).ShouldBeFalse();
    }

    [Fact]
    public async Task The_file_is_its_owners_alone_and_one_that_is_open_to_others_is_warned_of()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes of files.");
            return;
        }

        var log = new Lines();
        await TokensAsync(log);
        File.GetUnixFileMode(KeyFilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await TokensAsync(log);
        log.Text.ShouldBeEmpty();
        var key = await File.ReadAllTextAsync(KeyFilePath, TestContext.Current.CancellationToken);

        File.SetUnixFileMode(KeyFilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await TokensAsync(log);

        var line = log.Text.ShouldHaveSingleItem();
        line.ShouldContain(KeyFilePath);
        line.ShouldContain("0600");
        line.ShouldNotContain(key.Trim());
        (await File.ReadAllTextAsync(KeyFilePath, TestContext.Current.CancellationToken)).ShouldBe(key, "it still works");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("   \n", "is empty")]
    [InlineData("not a key", "64 hexadecimal digits")]
    [InlineData("00112233", "64 hexadecimal digits")]
    public async Task A_file_that_holds_no_key_stops_the_start_and_stays_as_it_is(string content, string why)
    {
        await using (await StartAsync())
        {
            // The first start makes the file.
        }

        var path = _folder.File(Path.Combine("data", StreamTokens.KeyFileName));
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<IOException>(StartAsync);

        failure.Message.ShouldContain(path);
        failure.Message.ShouldContain(why);
        failure.Message.ShouldContain("delete it");
        (await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)).ShouldBe(content);
    }

    [Fact]
    public void A_crash_while_a_key_is_written_leaves_none_and_the_next_start_makes_one()
    {
        File.WriteAllText(KeyFilePath + ".new", "half of a k");

        var made = KeyFile.Open(_folder.File(""), StreamTokens.KeyFileName, "key", () => "whole", _ => null, NullLogger.Instance);

        made.ShouldBe(new KeyFile(KeyFilePath, "whole", IsNew: true));
        File.ReadAllText(KeyFilePath).ShouldBe("whole\n");
        File.Exists(KeyFilePath + ".new").ShouldBeFalse();
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(settings => settings with { DataFolder = _folder.File("data") });

    private async Task<StreamTokens> TokensAsync(ILogger<StreamTokens>? log = null)
    {
        var tokens = new StreamTokens(new ServerSettings { DataFolder = _folder.File("") }, log ?? NullLogger<StreamTokens>.Instance);
        await tokens.StartAsync(TestContext.Current.CancellationToken);
        return tokens;
    }

    private static HttpRequest Request(string host = "127.0.0.1") => new DefaultHttpContext { Request = { Scheme = "http", Host = new HostString(host) } }.Request;

    private static string TokenOf(string url) => url[(url.IndexOf("token=", StringComparison.Ordinal) + "token=".Length)..];

    private sealed class Lines : ILogger<StreamTokens>
    {
        public List<string> Text { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Text.Add(formatter(state, exception));
    }
}
