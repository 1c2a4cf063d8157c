using Setpoint.Core.Evolution;
using Setpoint.Core.Faults;
using static Setpoint.Core.Tests.Evolution.MigrationSamples;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Evolution;

/// <summary>What is short to write and would be long to do ends early.</summary>
public sealed class MigrationLimitTests
{
    [Fact]
    public void Steps_that_nest_deeper_than_a_document_may_be_are_refused_at_the_step_that_does()
    {
        var wraps = Enumerable.Repeat("""{"op":"wrap","path":"/a","key":"k"}""", Migration.StepsMax).ToArray();
        Steps([.. wraps.Take(63)]).Migrated(ObjectOf("""{"a":1}""")).Depth.ShouldBe(64);
        Refusal("""{"a":1}""", wraps).Message.ShouldStartWith("After Step 63 (wrap) of the migration from version 1 to 2, arrays and objects are nested 65 levels deep; the limit is 64.");
    }

    [Fact]
    public void Defaults_that_multiply_each_other_are_refused_before_anyone_walks_them()
    {
        // Ten entries in each of ten entries, and so on: forty steps would stand for 10^20 objects in a few kilobytes.
        var ten = $"{{{string.Join(",", Enumerable.Range(0, 10).Select(i => $"\"{i}\":{{}}"))}}}";
        var steps = Enumerable.Range(1, 40).Select(i => $$"""{"op":"default","path":"{{string.Concat(Enumerable.Repeat("/*", i))}}/x","value":{{ten}} }""").ToArray();
        Refusal("""{"a":{}}""", steps).Message.ShouldContain("over a limit");
    }

    [Fact]
    public void A_result_over_the_size_of_a_document_is_refused()
    {
        var half = new string('x', 600_000);
        var default600 = $$"""{"op":"default","path":"/b","value":"{{half}}"}""";
        Steps(default600).Migrated(ObjectOf("""{"a":1}"""));
        Refusal($$"""{"a":"{{half}}"}""", default600).Message.ShouldContain("The migrated layer is over a limit. The JSON text would have more than 1048576 bytes");
    }

    [Fact]
    public void Steps_that_would_walk_a_large_array_a_thousand_times_are_refused()
    {
        var large = $$"""{"l":[{{string.Join(",", Enumerable.Repeat("{}", 200_000))}}]}""";
        Steps("""{"op":"remove","path":"/l/*/x"}""").Migrated(ObjectOf(large)).Count.ShouldBe(1);
        Refusal(large, [.. Enumerable.Repeat("""{"op":"remove","path":"/l/*/x"}""", Migration.StepsMax)]).Message.ShouldContain("Split it into several versions");
    }

    [Fact]
    public void A_layer_with_more_refusals_than_anyone_reads_lists_the_first_thousand()
    {
        var many = $$"""{"l":[{{string.Join(",", Enumerable.Repeat("\"x\"", 5000))}}]}""";
        Steps("""{"op":"convert","path":"/l/*","to":"integer"}""").Refused(many).Length.ShouldBe(Core.Ledger.Limits.ViolationsMax);
    }

    private static Fault.TooLarge Refusal(string layer, params string[] steps)
    {
        var document = ObjectOf(layer);
        var fault = Steps(steps).Apply(document, isBase: true).Fault.ShouldBeOfType<Fault.TooLarge>();
        document.ShouldBe(ObjectOf(layer));
        return fault;
    }
}
