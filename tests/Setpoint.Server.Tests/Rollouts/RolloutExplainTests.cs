using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Rollouts;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>Why somebody is in an arm, or in none.</summary>
public sealed class RolloutExplainTests : IAsyncLifetime
{
    private const string Half = """
        {"state":"running","environments":["production"],"when":{"==":[{"var":"country"},"DE"]},"split":{"percentage":50,"weights":{"new":1}},"arms":{"new":{"config":{"port":26}}}}
        """;

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RolloutServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task It_takes_what_a_read_takes_agrees_with_it_and_exposes_nobody()
    {
        await _server.SetAsync("pool", RolloutServer.Halves.Trim()[..^1] + """
            ,"experiment":{"environment":"production","control":"control","metrics":[{"name":"sent","kind":"conversion"}]}}
            """);
        for (var i = 0; i < 20; i++)
        {
            var explained = await ExplainAsync($"environment=production&user=u-{i}");
            var read = await _server.ReadAsync($"user=u-{i}&explain=true");

            explained.At("/reason").ShouldBe("\"IN_ARM\"");
            (explained.At("/arm") == "\"treatment\"").ShouldBe(read.At("/config/port") == "26", explained.Text);
            explained.At("/split/arm").ShouldBe(explained.At("/arm"));
            explained.At("/targetingKey").ShouldBe($"\"u-{i}\"");
        }

        _server.App.Services.GetRequiredService<ArmExposures>().Take(100).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("environment=production&user=u-1&ctx.country=FR", "CONDITION", "not met")]
    [InlineData("environment=production&ctx.country=DE", "NOTHING_TO_HASH", "Send 'user'")]
    [InlineData("environment=staging&user=u-1&ctx.country=DE", "OTHER_ENVIRONMENT", "applies in production and below; staging")]
    [InlineData("user=u-1&ctx.country=DE", "NO_ENVIRONMENT", "X-Environment")]
    [InlineData("", "NO_ENVIRONMENT", "'environment'")]
    public async Task Who_is_in_none_is_told_why_and_the_way_out(string query, string reason, string told)
    {
        await _server.SetAsync("pool", Half);

        var explained = await ExplainAsync(query);

        (explained.Status, explained.At("/reason"), explained.At("/arm")).ShouldBe((HttpStatusCode.OK, $"\"{reason}\"", "null"), explained.Text);
        explained.At("/explanation")!.ShouldContain(told);
    }

    [Fact]
    public async Task A_percentage_that_does_not_reach_somebody_shows_the_number_and_the_bound()
    {
        await _server.SetAsync("pool", RolloutServer.Everybody("""{"port":26}""").Replace("\"split\":{", "\"split\":{\"percentage\":12.5,", StringComparison.Ordinal));
        var missed = 0;
        for (var i = 0; i < 40; i++)
        {
            var explained = await ExplainAsync($"environment=production&user=u-{i}");
            var number = long.Parse(explained.At("/split/rollout/number")!, System.Globalization.CultureInfo.InvariantCulture);
            if (number < 12_500)
            {
                explained.At("/reason").ShouldBe("\"IN_ARM\"");
                continue;
            }

            missed++;
            explained.At("/reason").ShouldBe("\"PERCENTAGE\"");
            explained.At("/explanation")!.ShouldContain($"it is 12.5 %, which takes numbers below 12500, and the hash of 'targetingKey' came to {number} of 100000");
        }

        missed.ShouldBeInRange(20, 40);
    }

    [Fact]
    public async Task What_does_not_exist_is_named()
    {
        await _server.SetAsync("pool", RolloutServer.Halves);

        (await _server.GetAsync("/api/rollouts/mail/none/explain?environment=production")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await ExplainAsync("environment=moon")).Code.ShouldBe("EnvironmentNotFound");
        (await ExplainAsync("environment=production&colour=1")).Code.ShouldBe("MalformedRequest");
    }

    private Task<Reply> ExplainAsync(string query) => _server.GetAsync($"/api/rollouts/mail/pool/explain?{query}");
}
