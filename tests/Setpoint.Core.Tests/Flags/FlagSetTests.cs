using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using Setpoint.Core.Tests.Ledger;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Flags.TestFlags;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagSetTests
{
    private const string Rules = """
        {"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"and":[
          {"in":[{"var":"country"},["DE","FR","US"]]},{"ends_with":[{"var":"email"},"@example.com"]},{">=":[{"var":"age"},18]},{"sem_ver":[{"var":"version"},">","1.2.0"]}]},
          "serve":{"split":{"percentage":20,"weights":{"on":1}}}}]}
        """;

    [Fact]
    public void Booleans_texts_and_numbers_are_evaluated_without_an_allocation()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(
            Flag("plain", """{"variants":{"on":true},"defaultVariant":"on"}"""),
            Flag("rules", Rules),
            Flag("text", """{"variants":{"a":"red","b":"green"},"split":{"weights":{"a":1,"b":1}}}"""),
            Flag("number", """{"variants":{"a":1,"b":2.5},"targeting":{"fractional":[{"cat":[{"var":"$flagd.flagKey"},{"var":"email"}]},["a",1],["b",1]]}}"""),
            Flag("timed", """{"variants":{"on":true},"schedule":{"start":"2020-01-01"},"dependencies":[{"flag":"plain"}],"rules":[{"when":{"==":[{"var":"country"},"DE"]},"serve":"on"}]}"""));
        var schema = new FlagContextSchema("country", "email", "age", "version");
        var set = FlagSet.Compile(FlagSetSource.Of(ledger.Snapshot, Namespace, "production") with { Schema = schema, CountsUsage = true });
        var named = User("user-1", """{"country":"DE","email":"ädä@example.com","age":20,"version":"2.0.0"}""");
        var typed = new TypedFlagContext(schema);
        var (country, age) = (schema["country"], schema["age"]);
        var years = 0;
        double sum = 0;
        Allocation.Of(Run).ShouldBe(0);
        sum.ShouldBeGreaterThan(0);

        void Run()
        {
            typed.Clear();
            typed.TargetingKey = "user-2";
            typed.Set(country, "DE");
            typed.Set(age, years++ % 100);
            foreach (var context in (ReadOnlySpan<FlagContext>)[named, typed])
            {
                sum += set.GetBoolean("plain", false, context, Now) ? 1 : 0;
                sum += set.GetBoolean("rules", false, context, Now) ? 1 : 0;
                sum += set.GetString("text", "", context, Now).Length;
                sum += set.GetNumber("number", 0, context, Now);
                sum += set.GetBoolean("timed", false, context, Now) ? 1 : 0;
                sum += set.GetBoolean("missing", false, FlagContext.Empty, Now) ? 1 : 0;
            }
        }
    }

    [Fact]
    public void Answers_are_counted_by_flag_variant_and_reason_and_taken_once()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(Flag("rules", Rules), Flag("base", """{"variants":{"on":true},"defaultVariant":"on"}"""), Flag("deep", """{"variants":{"on":true},"defaultVariant":"on","dependencies":[{"flag":"base"}]}"""));
        var set = FlagSet.Compile(FlagSetSource.Of(ledger.Snapshot, Namespace, "production") with { CountsUsage = true });
        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 10_000; i++)
                set.Evaluate("rules", FlagContext.Empty, Now);
        });
        set.Evaluate("deep", FlagContext.Empty, Now);
        set.Explain("deep", FlagContext.Empty, Now);
        set.DrainUsage().OrderBy(usage => usage.Key, StringComparer.Ordinal)
            .ShouldBe([new FlagUsage("deep", "on", FlagReason.Static, 1), new FlagUsage("rules", "off", FlagReason.Default, 40_000)]);
        set.DrainUsage().ShouldBeEmpty();
    }

    [Fact]
    public void By_place_each_flag_answers_as_by_its_key_and_is_counted_the_same()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(
            Flag("rules", Rules),
            Flag("base", """{"variants":{"on":true,"off":false},"split":{"weights":{"on":1,"off":1}}}"""),
            Flag("deep", """{"variants":{"on":true},"defaultVariant":"on","dependencies":[{"flag":"base","variants":["on"]}]}"""));
        var source = FlagSetSource.Of(ledger.Snapshot, Namespace, "production") with { CountsUsage = true };
        var set = FlagSet.Compile(source, FlagSet.Compile(source));
        foreach (var context in (FlagContext[])[User("ann"), User("eve", """{"country":"DE"}"""), FlagContext.Empty])
        {
            var place = 0;
            foreach (var flag in source.Flags)
            {
                var expected = set.Evaluate(flag.Key, context, Now);
                var counted = set.DrainUsage();
                var found = set.EvaluateAt(place++, context, Now);
                (found.Flag, found.Variant, found.Reason, found.Error).ShouldBe((flag, expected.Variant, expected.Reason, expected.Error));
                found.VariantNumber.ShouldBe(expected.Variant is { } variant ? flag.FindVariant(variant) : -1);
                set.DrainUsage().ShouldBe(counted);
            }

            place.ShouldBe(set.Count);
        }
    }

    [Fact]
    public void Sets_that_follow_each_other_find_the_same_keys_whatever_comes_changes_and_goes()
    {
        var ledger = TestLedger.WithEnvironments();
        var set = Compile(ledger.Snapshot);
        // Each word is a commit: + adds or changes flags, - removes them.
        foreach (var step in (string[])["+bdf", "+d", "+a", "+g", "-b", "-ag", "+b", "+ce", "-c+c", "-f+h", "-h+a", "+bdef"])
        {
            var sign = '+';
            foreach (var character in step)
            {
                if (character is '+' or '-')
                    sign = character;
                else
                    ledger.Commit(sign == '-' ? TestLedger.Remove($"flag/{Namespace}/{character}") : Flag(character.ToString(), $$"""{"variants":{"on":"{{step}}"},"defaultVariant":"on"}"""));
            }

            var before = set;
            set = Compile(ledger.Snapshot, previous: before);
            var flags = ledger.Snapshot.Flags().In(Namespace);
            flags.All.ShouldBe(flags.Flags.Values);
            set.Keys.Order(StringComparer.Ordinal).ShouldBe(flags.Flags.Keys);
            var place = 0;
            foreach (var flag in flags.All)
            {
                set.Find(flag.Key).ShouldBeSameAs(flag);
                set.EvaluateAt(place++, FlagContext.Empty, Now).Flag.ShouldBeSameAs(flag);
                set.Evaluate(key: flag.Key).GetString("").ShouldBe(((JsonString)flag.Variants[0].Value).Value);
            }

            set.Find("b").ShouldBe(flags.Flags.GetValueOrDefault("b"));
        }
    }

    [Theory]
    [InlineData("""{"state":null}""", """ "state":"enabled" """, """ "state":"disabled" """)]
    [InlineData("""{"split":null}""", """ "split":{"weights":{"on":1}}""", """ "split":{"weights":{"off":1}}""")]
    [InlineData("""{"rules":null}""", """ "rules":[{"when":true,"serve":"on"}]""", """ "rules":[{"when":true,"serve":"off"}]""")]
    [InlineData("""{"schedule":null}""", """ "schedule":{"end":"2027-01-01"}""", """ "schedule":{"end":"2026-01-01"}""")]
    public void What_an_environment_inherits_by_null_is_a_difference_when_it_changes(string own, string before, string after)
    {
        string Of(string settings) => $$"""{"variants":{"on":true,"off":false},"defaultVariant":"on",{{settings}},"environments":{"production":{{own}} } }""";
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(Flag("flag", Of(before)), Flag("other", """{"variants":{"on":true},"defaultVariant":"on"}"""));
        var old = Compile(ledger.Snapshot);
        ledger.Commit(Flag("flag", Of(after)));

        FlagDifference.Between(old, Compile(ledger.Snapshot)).ShouldBe(["flag"]);
    }

    [Fact]
    public void Attributes_that_no_flag_reads_any_more_are_forgotten()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(Flag("kept", """{"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"==":[{"var":"plan"},"gold"]},"serve":"on"}]}"""));
        var set = Compile(ledger.Snapshot);
        for (var i = 0; i < 500; i++)
        {
            ledger.Commit(Flag("flag", $$"""{"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"var":"attribute{{i}}"},"serve":"on"}]}"""));
            set = Compile(ledger.Snapshot, previous: set);
            set.Evaluate("flag", FlagContext.Of("ann", ($"attribute{i}", LogicValue.Of(true))), Now).Variant.ShouldBe("on");
        }

        set.Layout.Names.Length.ShouldBeLessThan(100);
        set.Evaluate("kept", FlagContext.Of("ann", ("plan", LogicValue.Of("gold"))), Now).Variant.ShouldBe("on");
    }

    [Fact]
    public void The_next_set_takes_over_what_has_not_changed_and_compiles_what_has()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(
            Segment("staff", """{"included":["ada"]}"""),
            Flag("plain", """{"variants":{"on":true},"defaultVariant":"on"}"""),
            Flag("rules", Rules),
            Flag("staffed", """{"variants":{"on":true},"rules":[{"when":{"segment":"staff"},"serve":"on"}]}"""));
        var first = Compile(ledger.Snapshot);
        ledger.Commit(Flag("plain", """{"variants":{"on":false},"defaultVariant":"on"}"""));
        var second = Compile(ledger.Snapshot, previous: first);
        second.PlanOf("rules").ShouldBeSameAs(first.PlanOf("rules"));
        second.Layout.ShouldBeSameAs(first.Layout);
        second.Evaluate(key: "plain").GetBoolean(true).ShouldBeFalse();
        first.Evaluate(key: "plain").GetBoolean(false).ShouldBeTrue();

        ledger.Commit(Segment("staff", """{"included":["eve"]}"""));
        var third = Compile(ledger.Snapshot, previous: second);
        third.PlanOf("rules").ShouldBeSameAs(first.PlanOf("rules"));
        third.Evaluate(User("eve"), "staffed").Variant.ShouldBe("on");
        second.Evaluate(User("eve"), "staffed").Variant.ShouldBeNull();

        ledger.Commit(TestLedger.Set("environment/production", """{"parent":"staging"}"""));
        Compile(ledger.Snapshot, previous: third).PlanOf("rules").ShouldNotBeSameAs(first.PlanOf("rules"));
    }

    [Fact]
    public void A_context_is_right_in_every_set_that_it_is_used_with_also_by_threads_at_once()
    {
        var one = SetOf("""{"variants":{"on":true,"off":false},"rules":[{"when":{"==":[{"var":"a"},1]},"serve":"on"},{"when":{"==":[{"var":"b"},1]},"serve":"off"}]}""");
        var other = SetOf("""{"variants":{"on":true,"off":false},"rules":[{"when":{"==":[{"var":"b"},1]},"serve":"on"},{"when":{"==":[{"var":"a"},1]},"serve":"off"}]}""");
        var context = User("u", """{"a":1,"b":2}""");
        Parallel.For(0, 4, worker =>
        {
            for (var i = 0; i < 20_000; i++)
                (worker % 2 == 0 ? one : other).Evaluate(context).Variant.ShouldBe(worker % 2 == 0 ? "on" : "off");
        });
    }

    [Fact]
    public void A_schema_refuses_names_that_cannot_be_attributes_and_contexts_of_another()
    {
        foreach (var name in (string[])["", "a.b", "$flagd", "targetingKey"])
            Should.Throw<ArgumentException>(() => new FlagContextSchema(name));
        Should.Throw<ArgumentException>(() => new FlagContextSchema("a", "a"));
        var schema = new FlagContextSchema("a");
        Should.Throw<ArgumentException>(() => schema["b"]);
        Should.Throw<ArgumentException>(() => new TypedFlagContext(schema).Set(new FlagContextSchema("a")["a"], LogicValue.Of(1)));
    }
}
