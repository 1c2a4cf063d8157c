using System.Globalization;
using Setpoint.Core.Flags;
using Setpoint.Core.Statistics;
using Setpoint.Core.Tests.Ledger;

namespace Setpoint.Core.Tests.Flags;

/// <summary>Counting who asked.</summary>
public sealed class FlagKeysTests
{
    private const string Plain = """{"variants":{"on":true,"off":false},"defaultVariant":"on"}""";

    [Fact]
    public void Registers_are_those_of_a_sketch_that_was_given_the_keys_one_by_one()
    {
        var sketch = new FlagKeySketch();
        var expected = new HyperLogLog(FlagKeySketch.Precision);
        for (var i = 0; i < 5_000; i++)
        {
            var key = $"user-ä-{i.ToString(CultureInfo.InvariantCulture)}";
            sketch.Add(FlagKeySketch.HashOf(key));
            expected.Add(key);
        }

        var drained = sketch.Drain()!;
        drained.ToBytes().ShouldBe(expected.ToBytes());
        drained.Estimate().ShouldBeInRange(4_700, 5_300);
        sketch.Drain().ShouldBeNull();
    }

    [Fact]
    public void Threads_that_count_at_once_lose_no_key()
    {
        var sketch = new FlagKeySketch();
        var expected = new HyperLogLog(FlagKeySketch.Precision);
        var hashes = Enumerable.Range(0, 20_000).Select(i => $"user-{i}").ToArray();
        foreach (var key in hashes)
            expected.Add(key);

        Parallel.For(0, 4, part =>
        {
            for (var i = part; i < hashes.Length; i += 4)
                sketch.Add(FlagKeySketch.HashOf(hashes[i]));
        });

        sketch.Drain()!.ToBytes().ShouldBe(expected.ToBytes());
    }

    [Fact]
    public void Each_user_counts_once_for_each_flag_and_who_has_no_key_does_not()
    {
        var set = SetOf(countsKeys: true);
        var typed = new TypedFlagContext(new FlagContextSchema("plan"));
        for (var i = 0; i < 3; i++)
        {
            set.Evaluate("a", TestFlags.User("ann"), TestFlags.Now);
            set.Evaluate("a", TestFlags.User("bob"), TestFlags.Now);
            set.Evaluate("a", FlagContext.Empty, TestFlags.Now);
            typed.TargetingKey = i == 0 ? "ann" : "eve";
            set.Evaluate("a", typed, TestFlags.Now);
            typed.Clear();
            set.Evaluate("a", typed, TestFlags.Now);
            set.Evaluate("b", FlagContext.Empty, TestFlags.Now);
        }

        var usage = set.DrainKeys().ShouldHaveSingleItem();
        usage.Key.ShouldBe("a");
        Math.Round(usage.Keys.Estimate()).ShouldBe(3);
        set.DrainKeys().ShouldBeEmpty();
    }

    [Fact]
    public void A_set_that_is_not_asked_to_counts_nobody()
    {
        var set = SetOf(countsKeys: false);

        set.Evaluate("a", TestFlags.User("ann"), TestFlags.Now);

        set.DrainKeys().ShouldBeEmpty();
    }

    [Fact]
    public void Counting_a_known_context_allocates_nothing()
    {
        var set = SetOf(countsKeys: true);
        var context = TestFlags.User("ann");
        set.Evaluate("a", context, TestFlags.Now);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _ = set.GetBoolean("a", false, context, TestFlags.Now);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static FlagSet SetOf(bool countsKeys)
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(TestFlags.Flag("a", Plain), TestFlags.Flag("b", Plain));
        return FlagSet.Compile(FlagSetSource.Of(ledger.Snapshot, TestFlags.Namespace, "production") with { CountsUsage = true, CountsKeys = countsKeys });
    }
}
