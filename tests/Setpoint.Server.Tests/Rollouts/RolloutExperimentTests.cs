using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Server.Analytics;
using Setpoint.Server.Rollouts;
using Setpoint.Server.Tests.Delivery;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Rollouts;

/// <summary>A rollout as an experiment: whom the server gives an arm is exposed, what they do is reported, and the verdict follows.</summary>
public sealed class RolloutExperimentTests : IAsyncLifetime
{
    private const string Path = "/api/rollouts/mail/pool/experiment";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RolloutServer.StartAsync();
        await SetAsync(iteration: 1);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Whom_the_server_has_given_an_arm_is_exposed_to_it_and_a_true_effect_is_found()
    {
        var random = new Random(11);
        var events = new StringBuilder();
        for (var i = 0; i < 1600; i++)
        {
            var isTreated = (await _server.ReadAsync($"user=user-{i}")).At("/config/port") == "26";
            if (random.NextDouble() < (isTreated ? 0.5 : 0.2))
                events.Append(events.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""{"targetingKey":"user-{{i}}","metric":"delivered"}""");
        }

        // At once: what was given a moment ago counts as seen before this.
        var reported = await _server.PostAsync("/api/metrics/events", $$"""{"rollout":"pool","namespace":"mail","environment":"production","events":[{{events}}]}""");
        var verdict = await _server.GetAsync(Path);

        (reported.Status, reported.At("/unexposed")).ShouldBe((HttpStatusCode.OK, "0"), reported.Text);
        (verdict.At("/rollout"), verdict.At("/namespace"), verdict.At("/control"), verdict.At("/flagKey")).ShouldBe(("\"pool\"", "\"mail\"", "\"control\"", null));
        (int.Parse(verdict.At("/arms/0/subjects")!) + int.Parse(verdict.At("/arms/1/subjects")!)).ShouldBe(1600);
        (verdict.At("/arms/0/share"), verdict.At("/arms/0/switched")).ShouldBe(("0.5", "0"));
        verdict.At("/sampleRatio/mismatch").ShouldBe("false");
        verdict.At("/metrics/0/comparisons/0/decision").ShouldBe("\"BETTER\"", verdict.Text);
        double.Parse(verdict.At("/metrics/0/comparisons/0/difference")!, CultureInfo.InvariantCulture).ShouldBe(0.3, 0.08);
    }

    [Fact]
    public async Task A_subject_counts_once_however_often_and_in_whatever_way_it_reads()
    {
        await using var follower = await SocketFollower.ConnectAsync(_server);
        await follower.SayAsync("""{"type":"SUBSCRIBE","serviceName":"mail","environment":"production","user":"ann"}""");
        (await follower.NextAsync())!.Type.ShouldBe("SUBSCRIBED");
        (await follower.NextAsync())!.Type.ShouldBe("CONFIGURATION_UPDATE");
        for (var i = 0; i < 3; i++)
            await _server.ReadAsync("user=ann&format=json");
        await _server.GetAsync("/api/config/mail/keys/port?environment=production&user=ann");

        (await SubjectsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_is_exposed_who_is_looked_at_is_elsewhere_or_has_no_arm()
    {
        await _server.ReadAsync("user=a&explain=true");
        await _server.ReadAsync("user=b&raw=true");
        await _server.ReadAsync("user=c", "staging");
        await _server.ReadAsync("");
        await _server.ReadAsync("user=d&ctx.country=FR");
        await _server.GetAsync("/api/config/mail/keys/port?environment=production&user=e&explain=true");

        (await SubjectsAsync()).ShouldBe(0);
        await _server.ReadAsync("user=d");
        (await SubjectsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task The_next_iteration_begins_with_nobody()
    {
        await _server.ReadAsync("user=ann");
        (await SubjectsAsync()).ShouldBe(1);
        await SetAsync(iteration: 2);
        (await SubjectsAsync()).ShouldBe(0);

        await _server.ReadAsync("user=ann");

        (await SubjectsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Who_was_given_an_arm_while_there_was_no_experiment_counts_once_there_is_one_again()
    {
        await _server.ReadAsync("user=ann");
        await _server.SetAsync("pool", RolloutServer.Halves);
        await _server.App.Services.GetRequiredService<UsageCollector>().FlushAsync(TestContext.Current.CancellationToken);
        await SetAsync(iteration: 1);
        (await SubjectsAsync()).ShouldBe(0);

        await _server.ReadAsync("user=ann");

        (await SubjectsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_flag_and_a_rollout_of_one_name_are_two_experiments()
    {
        await _server.PostAsync("/api/commits", """
            {"changes":[{"address":"flag/mail/pool","document":{"variants":{"control":true,"treatment":false},"split":{"weights":{"control":1,"treatment":1}},
              "experiment":{"environment":"production","control":"control","metrics":[{"name":"delivered"}]}}}]}
            """);
        await _server.PostAsync("/api/metrics/events", """{"flag":"pool","namespace":"mail","exposures":[{"targetingKey":"a","variant":"control"},{"targetingKey":"b","variant":"treatment"}]}""");
        await _server.ReadAsync("user=ann");

        (await SubjectsAsync()).ShouldBe(1);
        (await _server.GetAsync("/api/experiments/pool?namespace=mail")).At("/arms/0/subjects").ShouldBe("1");
        var list = await _server.GetAsync("/api/experiments?namespace=mail");
        (list.At("/total"), list.At("/items/0/flagKey"), list.At("/items/1/rollout")).ShouldBe(("2", "\"pool\"", "\"pool\""));
    }

    [Theory]
    [InlineData("""{"rollout":"nothing","namespace":"mail","events":[{"targetingKey":"a","metric":"delivered"}]}""", 404, "no rollout")]
    [InlineData("""{"rollout":"plain","namespace":"mail","events":[{"targetingKey":"a","metric":"delivered"}]}""", 404, "no experiment")]
    [InlineData("""{"rollout":"pool","namespace":"mail","environment":"staging","events":[{"targetingKey":"a","metric":"delivered"}]}""", 409, "rollout 'pool' runs in production")]
    [InlineData("""{"rollout":"pool","flag":"pool","events":[{"targetingKey":"a","metric":"delivered"}]}""", 400, "one of them")]
    [InlineData("""{"events":[{"targetingKey":"a","metric":"delivered"}]}""", 400, "one of them")]
    [InlineData("""{"rollout":"pool","namespace":"mail","exposures":[{"targetingKey":"a","variant":"control"}]}""", 409, "Send 'events' alone")]
    public async Task A_batch_that_makes_no_sense_is_refused_with_the_rule(string body, int status, string rule)
    {
        await _server.SetAsync("plain", RolloutServer.Everybody("{}"));

        var reply = await _server.PostAsync("/api/metrics/events", body);

        ((int)reply.Status).ShouldBe(status, reply.Text);
        reply.Text.ShouldContain(rule);
        (await SubjectsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Who_asks_for_a_key_that_is_not_there_is_given_nothing_and_is_no_subject()
    {
        (await _server.GetAsync("/api/config/mail/keys/nothing?environment=production&user=ann")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await SubjectsAsync()).ShouldBe(0);

        (await _server.GetAsync("/api/config/mail/keys/host?environment=production&user=ann")).Status.ShouldBe(HttpStatusCode.OK);
        (await SubjectsAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task What_waits_is_bounded_and_what_cannot_be_stored_stays()
    {
        var exposures = _server.App.Services.GetRequiredService<ArmExposures>();
        exposures.Return(Enumerable.Range(0, ArmExposures.WaitingMax + 10).Select(i => new ArmExposure("mail", "pool", 1, i, "control", DateTimeOffset.UnixEpoch)));

        exposures.Take(int.MaxValue).Length.ShouldBe(ArmExposures.WaitingMax);
        exposures.Return([new("mail", "pool", 1, SubjectKey.HashOf("zoe"), "control", DateTimeOffset.UnixEpoch)]);
        await _server.App.Services.GetRequiredService<UsageCollector>().FlushAsync(TestContext.Current.CancellationToken);

        exposures.Take(int.MaxValue).ShouldBeEmpty();
        (await SubjectsAsync()).ShouldBe(1);
    }

    private async Task<int> SubjectsAsync()
    {
        var reply = await _server.GetAsync(Path);
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        return int.Parse(reply.At("/arms/0/subjects")!) + int.Parse(reply.At("/arms/1/subjects")!);
    }

    private Task SetAsync(int iteration) => _server.SetAsync("pool", $$$"""
        {"state":"running","when":{"!=":[{"var":"country"},"FR"]},"split":{"weights":{"control":50,"treatment":50} },
         "arms":{"control":{"config":{} },"treatment":{"config":{"port":26} } },
         "experiment":{"environment":"production","control":"control","iteration":{{{iteration}}},"metrics":[{"name":"delivered"}]} }
        """);
}
