using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Setpoint.Client.Tests.FakeServer;

namespace Setpoint.Client.Tests.Flags;

public sealed class FlagStartTests : FlagTest
{
    [Fact]
    public async Task The_cache_answers_while_the_server_is_down_and_the_server_takes_over()
    {
        var server = await ScriptedServer.StartAsync();
        var port = server.Port;
        server.Flags.Publish(Own, $"\"a\": {On}");
        await FillCacheAsync(server, options => WithFlags(options));
        await server.DisposeAsync();

        await using var connection = await ConnectWithFlagsAsync(server, options => options.TimeProvider = Time);
        var flags = connection.Client.Flags;

        flags.GetBoolean("a", false).ShouldBeTrue();
        flags.Status.IsReady.ShouldBeTrue();
        flags.Status.Namespaces[0].Origin.ShouldBe(SetpointOrigin.Cache);
        Log.Count(7041).ShouldBe(1);

        await using var again = await ScriptedServer.StartAsync(port: port);
        again.Flags.Publish(Own, $"\"a\": {Off}");
        await AdvanceUntilAsync(() => !flags.GetBoolean("a", true), "the server's flags arrive");
        flags.Status.Namespaces[0].ShouldBe(new FlagNamespaceStatus(Own, SetpointOrigin.Server, 2, 1, null));
    }

    [Fact]
    public async Task Without_server_and_cache_fallbacks_stand_until_flags_arrive()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.DefinitionsScript = ScriptedServer.Status(500);
        await using var connection = await ConnectWithFlagsAsync(server, options => options.TimeProvider = Time);
        var flags = connection.Client.Flags;
        var told = 0;
        flags.Changed += (_, args) => Interlocked.Add(ref told, args.Keys.Length);

        flags.GetBoolean("a", false).ShouldBeFalse();
        flags.GetBooleanDetails("a", false).ErrorCode.ShouldBe("PROVIDER_NOT_READY");
        Log.Count(7042).ShouldBe(1);
        connection.Client.Status.Origin.ShouldBe(SetpointOrigin.Server, "the configuration is not held back by flags");

        server.Flags.Publish(Own, $"\"a\": {On}");
        server.Flags.DefinitionsScript = null;
        await AdvanceUntilAsync(() => Volatile.Read(ref told) == 1, "flags arrive, and are told");
        flags.GetBoolean("a", false).ShouldBeTrue();
    }

    [Fact]
    public async Task A_server_that_hangs_delays_the_start_once_and_not_twice()
    {
        await using var server = await ScriptedServer.StartAsync("""{"x":1}""");
        server.Flags.Publish(Own, $"\"a\": {On}");
        await FillCacheAsync(server, options => WithFlags(options));
        server.Flags.DefinitionsScript = ScriptedServer.Hang;
        var before = server.RequestsTo("/api/flags/definitions").Count;

        // Time enough for the configuration, on a machine that is slow, or nobody asks for the flags.
        var configuration = new ConfigurationBuilder()
            .AddSetpoint(Options(server, options => WithFlags(options, more => more.StartTimeout = TimeSpan.FromSeconds(2)))).Build();

        configuration["x"].ShouldBe("1");
        Log.Count(7041).ShouldBe(1);
        server.RequestsTo("/api/flags/definitions").Count.ShouldBe(before + 1);
    }

    [Theory]
    [InlineData("torn")]
    [InlineData("foreign")]
    public async Task A_cache_that_is_torn_or_of_other_flags_is_not_used(string how)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        await FillCacheAsync(server, options => WithFlags(options));
        var slot = Directory.GetFiles(CacheFolder, "flags-*").ShouldHaveSingleItem();
        if (how == "torn")
            await File.WriteAllBytesAsync(slot, (await File.ReadAllBytesAsync(slot, Cancelled))[..^1], Cancelled);
        else
            File.Move(slot, slot.Replace("flags-", "flags-x", StringComparison.Ordinal));
        server.Flags.DefinitionsScript = ScriptedServer.Status(500);

        await using var connection = await ConnectWithFlagsAsync(server, options => options.Follow = SetpointFollow.None);

        connection.Client.Flags.GetBooleanDetails("a", false).ErrorCode.ShouldBe("PROVIDER_NOT_READY");
    }

    [Fact]
    public async Task In_a_host_flags_are_there_before_the_first_service_starts()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Flags.Publish(Own, $"\"a\": {On}");
        var builder = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = "Production" });
        builder.AddSetpoint(Options(server, options => WithFlags(options, more => more.Environment = null)));
        using var host = builder.Build();
        var flags = host.Services.GetRequiredService<ISetpointClient>().Flags;

        flags.GetBoolean("a", false).ShouldBeTrue();
        await host.StartAsync(Cancelled);
        server.Flags.Publish(Own, $"\"a\": {Off}");
        await Soon.BecomesTrueAsync(() => !flags.GetBoolean("a", true), "the change arrives");
        await host.StopAsync(Cancelled);
    }

    [Fact]
    public void Wrong_flag_options_are_all_told_at_once_and_ignored_where_flags_are_off()
    {
        void Wrong(SetpointOptions options)
        {
            options.Environment = null;
            options.Flags.ExposureInterval = TimeSpan.Zero;
            options.Flags.Namespaces.Add("two words");
            for (var i = 0; i < 8; i++)
                options.Flags.Namespaces.Add($"n{i}");
        }

        SetpointOptions Of(bool enabled)
        {
            var options = new SetpointOptions();
            Options("http://127.0.0.1:3001", Wrong)(options);
            options.Flags.Enabled = enabled;
            return options;
        }

        var failures = Should.Throw<OptionsValidationException>(() => Hosting.SetpointSettings.Of(Of(enabled: true), _ => null)).Failures.ToList();
        failures.Count.ShouldBe(4);
        foreach (var subject in (string[])["Environment is missing", "Flags.ExposureInterval", "two words", "Flags.Namespaces has 9"])
            failures.ShouldContain(problem => problem.Contains(subject, StringComparison.Ordinal), subject);
        Hosting.SetpointSettings.Of(Of(enabled: false), _ => null).Flags.ShouldBeNull();
    }
}
