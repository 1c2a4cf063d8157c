using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Core.Json;
using Setpoint.Server.Flags;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Flags;

/// <summary>10,000 flags: lists and bulk evaluation stay quick, also right after a change.</summary>
public sealed class LargeSetTests
{
    private const int Count = 10_000;

    // The goal is 50 ms on an idle machine. A machine that runs other tests beside this one is several times slower at its worst, and the
    // best of a few is what the work takes.
    private static readonly TimeSpan ListMax = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task Ten_thousand_flags_are_listed_within_fifty_milliseconds_and_evaluated_all_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        var changes = new StringBuilder();
        for (var i = 0; i < Count; i++)
        {
            changes.Append(i == 0 ? "" : ",").Append($$$"""
                {"address":"flag/global/flag-{{{i:D5}}}","document":{"variants":{"on":true,"off":false},"defaultVariant":"off","tags":["t{{{i % 10}}}"],
                  "rules":[{"when":{"==":[{"var":"plan"},"p{{{i % 7}}}"]},"serve":"on"}],
                  "split":{"weights":{"on":1},"percentage":{{{i % 100}}} } } }
                """);
        }

        (await server.PostAsync("/api/commits", $$"""{"changes":[{{changes}}]}""")).Status.ShouldBe(HttpStatusCode.Created);
        await server.GetAsync("/api/features?environment=production");

        var listing = TimeSpan.MaxValue;
        var bulk = TimeSpan.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            await server.SendAsync(HttpMethod.Patch, "/api/features/flag-00007", $$"""{"description":"{{round}}"}""", [], "application/merge-patch+json");
            var began = Stopwatch.GetTimestamp();
            var list = await server.GetAsync("/api/features?environment=production");
            listing = Min(listing, Stopwatch.GetElapsedTime(began));
            list.Text.ShouldContain($"\"total\":{Count}");
            list.Text.ShouldContain($"\"description\":\"{round}\"");

            began = Stopwatch.GetTimestamp();
            var all = await server.PostAsync("/in/global/production/ofrep/v1/evaluate/flags", """{"context":{"targetingKey":"ann","plan":"p3"}}""");
            bulk = Min(bulk, Stopwatch.GetElapsedTime(began));
            ((JsonArray)all.Json["flags"]!).Items.Length.ShouldBe(Count);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"list {listing.TotalMilliseconds:0.0} ms, bulk {bulk.TotalMilliseconds:0.0} ms, each the best of 5 after a change");
        listing.ShouldBeLessThan(ListMax);
        // Ann asked for every flag: so many have a sketch of 4 KiB, and no more. One that is changed gives its room up until they are counted again.
        var set = server.App.Services.GetRequiredService<FlagBoard>().Find("global", "production").Value.Set;
        set.NewKeys(out var sketches);
        sketches.ShouldBeInRange(FlagBoard.KeyedFlagsMax - 5, FlagBoard.KeyedFlagsMax);
        (await server.GetAsync("/api/features?environment=production&tags=t3")).Text.ShouldContain($"\"total\":{Count / 10}");
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
