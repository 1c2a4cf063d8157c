using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Setpoint.Core.Json;
using Setpoint.Server.Flags;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Flags;

/// <summary>10,000 flags in one namespace. How long they take is measured by the suite <c>flagset</c> of bench.</summary>
public sealed class LargeSetTests
{
    private const int Count = 10_000;

    [Fact]
    public async Task Ten_thousand_flags_are_listed_and_evaluated_all_at_once_also_right_after_a_change()
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

        for (var round = 0; round < 2; round++)
        {
            await server.SendAsync(HttpMethod.Patch, "/api/features/flag-00007", $$"""{"description":"{{round}}"}""", [], "application/merge-patch+json");
            var list = await server.GetAsync("/api/features?environment=production");
            list.Text.ShouldContain($"\"total\":{Count}");
            list.Text.ShouldContain($"\"description\":\"{round}\"");
            var all = await server.PostAsync("/in/global/production/ofrep/v1/evaluate/flags", """{"context":{"targetingKey":"ann","plan":"p3"}}""");
            ((JsonArray)all.Json["flags"]!).Items.Length.ShouldBe(Count);
        }

        // Ann asked for every flag: so many have a sketch of 4 KiB, and no more. One that is changed gives its room up until they are counted again.
        var set = server.App.Services.GetRequiredService<FlagBoard>().Find("global", "production").Value.Set;
        set.NewKeys(out var sketches);
        sketches.ShouldBeInRange(FlagBoard.KeyedFlagsMax - 5, FlagBoard.KeyedFlagsMax);
        (await server.GetAsync("/api/features?environment=production&tags=t3")).Text.ShouldContain($"\"total\":{Count / 10}");
    }
}
