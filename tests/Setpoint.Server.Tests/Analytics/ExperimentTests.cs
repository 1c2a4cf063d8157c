using System.Globalization;
using System.Net;
using System.Text;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Analytics;

/// <summary>Experiments from the first exposure to the verdict, over the wire, with subjects drawn from a known distribution.</summary>
public sealed class ExperimentTests : IAsyncLifetime
{
    private const string Path = "/api/experiments/checkout";

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await CommitAsync(iteration: 1);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_true_effect_is_found()
    {
        await SimulateAsync(new(Seed: 1, Subjects: 8000) { Rates = (0.10, 0.14), Means = (20, 22) });

        var reply = await _server.GetAsync(Path);

        reply.At("/sampleRatio/mismatch").ShouldBe("false", reply.Text);
        reply.At("/metrics/0/comparisons/0/decision").ShouldBe("\"BETTER\"", reply.Text);
        reply.At("/metrics/1/comparisons/0/decision").ShouldBe("\"BETTER\"", reply.Text);
        Number(reply, "/metrics/0/comparisons/0/difference").ShouldBe(0.04, 0.02);
        var interval = reply.At("/metrics/1/comparisons/0/interval")!.Trim('[', ']').Split(',').Select(one => double.Parse(one, CultureInfo.InvariantCulture)).ToList();
        interval[0].ShouldBeGreaterThan(0);
        2.0.ShouldBeInRange(interval[0], interval[1]);
    }

    [Fact]
    public async Task Where_there_is_no_effect_none_is_found_at_any_look()
    {
        for (var look = 0; look < 8; look++)
        {
            await SimulateAsync(new(Seed: 100 + look, Subjects: 500) { FirstSubject = look * 500 });
            var reply = await _server.GetAsync(Path);

            foreach (var metric in (int[])[0, 1])
                reply.At($"/metrics/{metric}/comparisons/0/decision").ShouldBe("\"INCONCLUSIVE\"", reply.Text);
        }
    }

    [Fact]
    public async Task A_split_that_is_not_the_one_of_the_flag_stops_every_verdict()
    {
        await SimulateAsync(new(Seed: 3, Subjects: 4000) { Rates = (0.05, 0.30), ShareOfTreatment = 0.44 });

        var reply = await _server.GetAsync(Path);

        reply.At("/sampleRatio/mismatch").ShouldBe("true", reply.Text);
        reply.At("/metrics/0/comparisons/0/decision").ShouldBe("\"SAMPLE_RATIO_MISMATCH\"");
        reply.At("/metrics/1/comparisons/0/decision").ShouldBe("\"SAMPLE_RATIO_MISMATCH\"");
    }

    [Fact]
    public async Task Before_there_are_enough_subjects_nothing_is_said()
    {
        (await _server.GetAsync(Path)).At("/arms/0").ShouldBe("""{"variant":"off","share":0.5,"subjects":0,"expected":0,"switched":0}""");
        await SimulateAsync(new(Seed: 4, Subjects: 120) { Rates = (0.1, 0.9) });

        (await _server.GetAsync(Path)).At("/metrics/0/comparisons/0/decision").ShouldBe("\"NOT_ENOUGH_DATA\"");
    }

    [Fact]
    public async Task What_was_known_of_the_subjects_before_takes_variance_away()
    {
        // The value is the covariate and a little noise: of the variance, 25 of 26 parts are known before.
        await SimulateAsync(new(Seed: 5, Subjects: 2000) { Means = (20, 20.4), CovariateSpread = 5 });

        var reply = await _server.GetAsync(Path);

        Number(reply, "/metrics/1/comparisons/0/varianceReduction").ShouldBe(25 / 26.0, 0.02);
        reply.At("/metrics/1/comparisons/0/decision").ShouldBe("\"BETTER\"", reply.Text);
    }

    [Fact]
    public async Task A_batch_says_what_became_of_it_and_counts_once()
    {
        const string Batch = """
            {"flag":"checkout","environment":"production","batch":"b-1",
             "exposures":[{"targetingKey":"ann","variant":"on"},{"targetingKey":"bob","variant":"off"},{"targetingKey":"eve","variant":"staff"}],
             "events":[{"targetingKey":"ann","metric":"purchase"},{"targetingKey":"zoe","metric":"purchase"}]}
            """;

        (await _server.PostAsync("/api/metrics/events", Batch)).Text.ShouldBe(
            """{"enrolled":2,"known":0,"switched":0,"notInExperiment":1,"full":0,"observed":1,"unexposed":1,"repeated":false}""");
        (await _server.PostAsync("/api/metrics/events", Batch)).At("/repeated").ShouldBe("true");
        var other = await _server.PostAsync("/api/metrics/events", Batch.Replace("zoe", "ann", StringComparison.Ordinal));
        (other.Status, other.Code).ShouldBe((HttpStatusCode.Conflict, "ConflictingChange"));
        other.At("/detail")!.ShouldContain("'b-1'");
        (await _server.PostAsync("/api/metrics/events", """{"flag":"checkout","exposures":[{"targetingKey":"ann","variant":"off"}]}""")).At("/switched").ShouldBe("1");

        var reply = await _server.GetAsync(Path);
        reply.At("/arms/0/subjects").ShouldBe("1");
        reply.At("/arms/1/subjects").ShouldBe("1");
        reply.At("/arms/1/switched").ShouldBe("1");
        reply.At("/metrics/0/comparisons/0/treatmentMean").ShouldBe("1");
    }

    [Fact]
    public async Task The_next_iteration_begins_with_nobody_and_the_list_names_it()
    {
        await SimulateAsync(new(Seed: 6, Subjects: 300));
        await CommitAsync(iteration: 2);

        (await _server.GetAsync(Path)).At("/arms/0/subjects").ShouldBe("0");
        var list = await _server.GetAsync("/api/experiments");
        list.At("/total").ShouldBe("1");
        list.At("/items/0").ShouldBe("""{"flagKey":"checkout","namespace":"global","environment":"production","iteration":2,"control":"off","arms":["off","on"],"metrics":["purchase","spent"]}""");
        (await _server.GetAsync("/api/experiments?namespace=nowhere")).At("/total").ShouldBe("0");
    }

    [Fact]
    public async Task A_clock_that_is_far_off_neither_begins_the_experiment_long_ago_nor_hides_what_follows()
    {
        var earliest = DateTimeOffset.UtcNow.AddDays(-91);

        var reply = await _server.PostAsync("/api/metrics/events", """
            {"flag":"checkout",
             "exposures":[{"targetingKey":"ann","variant":"on","at":"1970-01-01T00:00:00Z"},{"targetingKey":"bob","variant":"off","at":"2099-01-01T00:00:00Z"}],
             "events":[{"targetingKey":"ann","metric":"purchase","at":"1970-01-02T00:00:00Z"},{"targetingKey":"bob","metric":"purchase"}]}
            """);

        (reply.At("/enrolled"), reply.At("/observed"), reply.At("/unexposed")).ShouldBe(("2", "2", "0"), reply.Text);
        var started = (await _server.GetAsync(Path)).At("/startedAt")!.Trim('"');
        DateTimeOffset.Parse(started, CultureInfo.InvariantCulture).ShouldBeGreaterThan(earliest);
    }

    [Theory]
    [InlineData("""{"flag":"nobody","events":[{"targetingKey":"a","metric":"purchase"}]}""", 404, "no flag")]
    [InlineData("""{"flag":"plain","events":[{"targetingKey":"a","metric":"purchase"}]}""", 404, "no experiment")]
    [InlineData("""{"flag":"checkout","environment":"staging","events":[{"targetingKey":"a","metric":"purchase"}]}""", 409, "runs in production")]
    [InlineData("""{"flag":"checkout"}""", 400, "1 to 5000")]
    [InlineData("""{"flag":"checkout","exposures":[{"targetingKey":"a","variant":"on","at":"10:30"}]}""", 400, "RFC 3339")]
    [InlineData("""{"flag":"checkout","events":[{"targetingKey":"a","metric":"clicks"}]}""", 400, "purchase, spent")]
    [InlineData("""{"flag":"checkout","events":[{"targetingKey":"a","metric":"purchase","value":1e300}]}""", 400, "Entry 0")]
    [InlineData("""{"flag":"checkout","events":[{"targetingKey":"","metric":"purchase"}]}""", 400, "Entry 0")]
    [InlineData("""{"flag":"checkout","events":[{"targetingKey":"a","metric":"purchase","colour":1}]}""", 400, "colour")]
    [InlineData("""{"flag":"checkout","exposures":[{"targetingKey":"a","variant":"on","covariates":{"purchase":1}}]}""", 400, "covariate")]
    [InlineData("""{"flag":"checkout","exposures":[{"targetingKey":"a","variant":"on","at":"noon"}]}""", 400, "RFC 3339")]
    public async Task A_batch_that_makes_no_sense_is_refused_with_the_rule_and_nothing_is_stored(string body, int status, string rule)
    {
        var reply = await _server.PostAsync("/api/metrics/events", body);

        ((int)reply.Status).ShouldBe(status, reply.Text);
        reply.Text.ShouldContain(rule);
        (await _server.GetAsync(Path)).At("/startedAt").ShouldBeNull();
    }

    [Fact]
    public async Task Every_wrong_entry_of_a_batch_is_named_by_its_place_and_nothing_is_stored()
    {
        var reply = await _server.PostAsync("/api/metrics/events", """
            {"flag":"checkout",
             "exposures":[{"targetingKey":"a","variant":"on","covariates":{"spent":1,"purchase":2,"clicks":3}},{"targetingKey":"b"},{"targetingKey":"c","variant":"on"}],
             "events":[{"targetingKey":"a","metric":"clicks"},{"targetingKey":"a","metric":"purchase"},7,{"targetingKey":"a","metric":"views"},{"targetingKey":"a","metric":"clicks"}]}
            """);

        (reply.Status, reply.Code).ShouldBe((HttpStatusCode.BadRequest, "MalformedRequest"), reply.Text);
        var errors = ((JsonArray)reply.Json["errors"]!).Items.Select(error => ((JsonObject)error)["path"]!.ToString().Trim('"'));
        errors.Order(StringComparer.Ordinal).ToArray().ShouldBe(
            ["/events/0/metric", "/events/2", "/events/3/metric", "/events/4/metric", "/exposures/0/covariates/clicks", "/exposures/0/covariates/purchase", "/exposures/1"]);
        reply.At("/detail")!.ShouldContain("7 mistakes in the batch");
        reply.Text.ShouldContain("Entry 3 of 'events' is about metric 'views'; the experiment has purchase, spent.");
        (await _server.GetAsync(Path)).At("/startedAt").ShouldBeNull();
    }

    [Fact]
    public async Task Of_thousands_of_wrong_entries_the_first_are_named()
    {
        var events = string.Join(',', Enumerable.Repeat("""{"targetingKey":"a","metric":"clicks"}""", 5_000));

        var reply = await _server.PostAsync("/api/metrics/events", $$"""{"flag":"checkout","events":[{{events}}]}""");

        reply.Status.ShouldBe(HttpStatusCode.BadRequest);
        ((JsonArray)reply.Json["errors"]!).Items.Length.ShouldBe(Limits.ViolationsMax);
        reply.At("/detail")!.ShouldContain("5000 mistakes in the batch, and nothing of it is taken; 'errors' lists the first 1000.");
    }

    private async Task CommitAsync(int iteration)
    {
        var body = $$$"""
            {"changes":[
              {"address":"flag/global/plain","document":{"variants":{"on":true,"off":false},"defaultVariant":"off"}},
              {"address":"flag/global/checkout","document":{"variants":{"on":"new","off":"old","staff":"next"},"defaultVariant":"off","split":{"weights":{"off":50,"on":50}},
                "experiment":{"environment":"production","control":"off","iteration":{{{iteration}}},
                  "metrics":[{"name":"purchase","kind":"conversion"},{"name":"spent","kind":"mean","covariate":true}] } } }]}
            """;
        var reply = await _server.PostAsync("/api/commits", body);
        reply.Status.ShouldBe(HttpStatusCode.Created, reply.Text);
    }

    /// <summary>Rates and means of control and treatment.</summary>
    private sealed record Simulation(int Seed, int Subjects)
    {
        public int FirstSubject { get; init; }

        public (double Control, double Treatment) Rates { get; init; } = (0.2, 0.2);

        public (double Control, double Treatment) Means { get; init; } = (20, 20);

        public double ShareOfTreatment { get; init; } = 0.5;

        public double CovariateSpread { get; init; }
    }

    private async Task SimulateAsync(Simulation simulation)
    {
        const int BatchSize = 500;
        var random = new Random(simulation.Seed);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {simulation.Seed}");
        for (var first = 0; first < simulation.Subjects; first += BatchSize)
        {
            var (exposures, events) = (new StringBuilder(), new StringBuilder());
            for (var i = first; i < Math.Min(first + BatchSize, simulation.Subjects); i++)
            {
                var key = $"user-{simulation.FirstSubject + i}";
                var isTreated = random.NextDouble() < simulation.ShareOfTreatment;
                var covariate = simulation.CovariateSpread * Normal(random);
                Append(exposures, $$"""{"targetingKey":"{{key}}","variant":"{{(isTreated ? "on" : "off")}}","covariates":{"spent":{{Text(covariate)}} } }""");
                if (random.NextDouble() < (isTreated ? simulation.Rates.Treatment : simulation.Rates.Control))
                    Append(events, $$"""{"targetingKey":"{{key}}","metric":"purchase"}""");
                var value = (isTreated ? simulation.Means.Treatment : simulation.Means.Control) + covariate + Normal(random);
                Append(events, $$"""{"targetingKey":"{{key}}","metric":"spent","value":{{Text(value / 2)}}}""");
                Append(events, $$"""{"targetingKey":"{{key}}","metric":"spent","value":{{Text(value / 2)}}}""");
            }

            var reply = await _server.PostAsync("/api/metrics/events", $$"""{"flag":"checkout","exposures":[{{exposures}}],"events":[{{events}}]}""");
            reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        }
    }

    private static void Append(StringBuilder list, string item) => list.Append(list.Length == 0 ? "" : ",").Append(item);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double Number(Reply reply, string pointer) => double.Parse(reply.At(pointer)!, CultureInfo.InvariantCulture);
}
