using System.Globalization;
using Setpoint.Client;
using Setpoint.Server.Tests.Host;
using Setpoint.TestKit;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>The .NET SDK against the real server: its user and its context put a process into an arm.</summary>
public sealed class RolloutSdkTests : IAsyncLifetime
{
    private const string Canaries = """{"==":[{"var":"ring"},"canary"]}""";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RolloutServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(SetpointFollow.Stream)]
    [InlineData(SetpointFollow.Poll)]
    public async Task A_process_follows_its_arm_and_another_stays_where_it_is(SetpointFollow follow)
    {
        await using var canary = await ConnectAsync(follow, "pod-1", "canary");
        await using var stable = await ConnectAsync(follow, "pod-2", "stable");
        PortOf(canary).ShouldBe(25);

        var started = await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}""", Canaries));
        await Eventually.TrueAsync(() => PortOf(canary) == 26, "the arm arrives");
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":27}""", Canaries));
        await Eventually.TrueAsync(() => PortOf(canary) == 27, "its change arrives");
        PortOf(stable).ShouldBe(25);

        await _server.DeleteAsync("/api/rollouts/mail/pool");
        await Eventually.TrueAsync(() => PortOf(canary) == 25, "its end arrives");
        canary.Client.Status.Revision.ShouldBeGreaterThan(started.Revision);
    }

    [Fact]
    public async Task A_process_is_a_subject_of_an_experiment_without_a_word_of_its_own()
    {
        await _server.SetAsync("pool", """
            {"state":"running","split":{"weights":{"control":50,"treatment":50}},"arms":{"control":{"config":{}},"treatment":{"config":{"port":26}}},
             "experiment":{"environment":"production","control":"control","metrics":[{"name":"errors","kind":"mean","better":"decrease"}]}}
            """);
        var treated = 0;
        for (var i = 0; i < 20; i++)
        {
            await using var pod = await ConnectAsync(SetpointFollow.Stream, $"pod-{i}", "stable");
            treated += PortOf(pod) == 26 ? 1 : 0;
        }

        var experiment = await _server.GetAsync("/api/rollouts/mail/pool/experiment");

        (experiment.At("/arms/0/subjects"), experiment.At("/arms/1/subjects"))
            .ShouldBe(((20 - treated).ToString(CultureInfo.InvariantCulture), treated.ToString(CultureInfo.InvariantCulture)), experiment.Text);
        treated.ShouldBeInRange(1, 19);
    }

    private static int PortOf(SetpointConnection connection) => connection.Client.GetValue<int>("port");

    private Task<SetpointConnection> ConnectAsync(SetpointFollow follow, string user, string ring) => SetpointConnection.OpenAsync(
        options =>
        {
            options.Server = _server.Address.ToString();
            options.ApiKey = RunningServer.AdminKey;
            options.Service = "mail";
            options.Environment = "production";
            options.User = user;
            options.Context["ring"] = ring;
            options.Follow = follow;
            options.CacheFolder = "";
        },
        TestContext.Current.CancellationToken);
}
