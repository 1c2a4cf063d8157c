using System.Net;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Server.Analytics;
using Setpoint.Server.Tests.Host;
using Setpoint.Storage;

namespace Setpoint.Server.Tests.Analytics;

/// <summary>Flags that may be taken out of the code.</summary>
public sealed class StaleFlagTests : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync();
        await UsageTests.CommitBannerAsync(_server, "off");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public void A_flag_that_nobody_evaluates_is_stale() => Reasons(after: 31, counting: 31).ShouldBe(["NOT_EVALUATED"]);

    [Fact]
    public void A_flag_with_one_variant_for_everybody_is_stale_errors_and_disabled_answers_aside() =>
        Reasons(after: 31, counting: 31, Use("on", 7), Use(null, 2)).ShouldBe(["ONE_VARIANT"]);

    [Fact]
    public void A_flag_with_two_variants_is_in_use() => Reasons(after: 31, counting: 31, Use("on", 7), Use("off", 1)).ShouldBeEmpty();

    [Fact]
    public void A_flag_that_was_changed_within_the_time_is_not_stale() => Reasons(after: 29, counting: 31).ShouldBeEmpty();

    [Fact]
    public void Nothing_is_said_of_a_time_that_nobody_counted() => Reasons(after: 31, counting: 29).ShouldBeEmpty();

    [Fact]
    public async Task A_flag_past_its_expected_removal_is_listed_at_once_with_the_reason()
    {
        (await _server.PostAsync("/api/commits", """
            {"changes":[{"address":"flag/global/old","document":{"variants":{"on":true,"off":false},"defaultVariant":"on","owner":"web","expectedRemoval":"2026-01-31"}}]}
            """)).Status.ShouldBe(HttpStatusCode.Created);

        var reply = await _server.GetAsync("/api/features?stale=true&days=7");

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.At("/total").ShouldBe("1");
        reply.At("/days").ShouldBe("7");
        reply.At("/items/0/key").ShouldBe("\"old\"");
        reply.At("/items/0/owner").ShouldBe("\"web\"");
        reply.At("/items/0/stale/reasons").ShouldBe("""[{"code":"PAST_REMOVAL","message":"It was to be removed by 2026-01-31."}]""");
        reply.At("/items/0/enabled").ShouldBeNull("that is asked of an environment");
        (await _server.GetAsync("/api/features?stale=true&namespace=global&environment=staging")).At("/items/0/enabled").ShouldBe("true");
    }

    [Fact]
    public async Task Whether_a_flag_is_stale_is_a_filter_of_the_list_beside_the_others()
    {
        (await _server.PostAsync("/api/commits", """
            {"changes":[{"address":"flag/global/old","document":{"variants":{"on":true,"off":false},"tags":["web"],"expectedRemoval":"2026-01-31"}},
                        {"address":"flag/global/older","document":{"variants":{"on":true,"off":false},"state":"disabled","expectedRemoval":"2025-01-31"}}]}
            """)).Status.ShouldBe(HttpStatusCode.Created);

        (await KeysAsync("stale=true")).ShouldBe(["old", "older"]);
        (await KeysAsync("stale=false")).ShouldBe(["banner"]);
        (await KeysAsync("stale=true&tags=web")).ShouldBe(["old"]);
        (await KeysAsync("stale=true&enabled=false&environment=production")).ShouldBe(["older"]);
        (await KeysAsync("environment=production")).ShouldBe(["banner", "old", "older"]);
    }

    private async Task<IEnumerable<string>> KeysAsync(string query)
    {
        var reply = await _server.GetAsync("/api/features?" + query);
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        var items = (JsonArray)reply.Json["items"]!;
        return items.Items.Select(item => ((JsonString)((JsonObject)item)["key"]!).Value);
    }

    private static VariantUse Use(string? variant, long count) => new("global", "banner", variant, count, DateTimeOffset.UnixEpoch);

    /// <param name="after">Days since the flag was written.</param>
    /// <param name="counting">Days since counting began.</param>
    private IEnumerable<string> Reasons(int after, int counting, params VariantUse[] use)
    {
        var snapshot = _server.Board.Current;
        var now = snapshot.Find(FlagKind.AddressOf("global", "banner"))!.At + (after * Day);
        return StaleFlags.Find(snapshot, snapshot.Flags().In("global").All, use, now - (counting * Day), now, days: 30)
            .SelectMany(stale => stale.Reasons.Select(reason => reason.Code));
    }
}
