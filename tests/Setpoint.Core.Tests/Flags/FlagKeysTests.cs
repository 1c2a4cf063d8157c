using System.Globalization;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Statistics;
using Setpoint.Core.Tests.Ledger;
using Setpoint.TestKit;

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
    public void Who_asked_before_is_no_news_until_all_are_taken()
    {
        var set = SetOf(countsKeys: true);
        Ask(set, "a", "ann", "bob");
        Estimate(set.NewKeys(out _).ShouldHaveSingleItem()).ShouldBe(("a", 2));

        Ask(set, "a", "bob", "ann");
        set.NewKeys(out var open).ShouldBeEmpty();
        open.ShouldBe(1, "it is remembered");
        Ask(set, "a", "ann", "eve");
        Estimate(set.NewKeys(out _).ShouldHaveSingleItem()).ShouldBe(("a", 3), "those before are in it too");

        Ask(set, "a", "joe");
        Estimate(set.DrainKeys().ShouldHaveSingleItem()).ShouldBe(("a", 4));
        set.NewKeys(out open).ShouldBeEmpty();
        open.ShouldBe(0);
        Ask(set, "a", "ann");
        Estimate(set.NewKeys(out _).ShouldHaveSingleItem()).ShouldBe(("a", 1), "all were forgotten");
    }

    [Fact]
    public void A_flag_that_finds_no_room_counts_answers_and_no_keys_until_there_is_room_again()
    {
        var room = new FlagKeyRoom(1);
        var set = SetOf(countsKeys: true, room);
        Ask(set, "a", "ann");
        Ask(set, "b", "ann", "bob", "eve");

        set.NewKeys(out var open).ShouldHaveSingleItem().Key.ShouldBe("a");
        open.ShouldBe(1);
        room.TakeRefused().ShouldBe(1, "one flag, however often it was asked for");
        room.TakeRefused().ShouldBe(0);
        set.DrainUsage().Single(usage => usage.Key == "b").Count.ShouldBe(3);

        room.Recount(0);
        Ask(set, "b", "ann", "bob");
        Estimate(set.NewKeys(out _).ShouldHaveSingleItem()).ShouldBe(("b", 2));
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

        Allocation.Of(() => set.GetBoolean("a", false, context, TestFlags.Now)).ShouldBe(0);
    }

    private static void Ask(FlagSet set, string flag, params ReadOnlySpan<string> users)
    {
        foreach (var user in users)
            set.Evaluate(flag, TestFlags.User(user), TestFlags.Now);
    }

    private static (string Flag, double Users) Estimate(FlagKeysUsage usage) => (usage.Key, Math.Round(usage.Keys.Estimate()));

    private static FlagSet SetOf(bool countsKeys, FlagKeyRoom? room = null)
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(TestFlags.Flag("a", Plain), TestFlags.Flag("b", Plain));
        return FlagSet.Compile(FlagSetSource.Of(ledger.Snapshot, TestFlags.Namespace, "production") with { CountsUsage = true, CountsKeys = countsKeys, KeyRoom = room });
    }
}
