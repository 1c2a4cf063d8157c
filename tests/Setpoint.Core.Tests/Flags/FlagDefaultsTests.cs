using Setpoint.Core.Flags;
using Setpoint.Core.Rules;
using Setpoint.Core.Tests.Ledger;
using Setpoint.TestKit;

namespace Setpoint.Core.Tests.Flags;

/// <summary>Attributes that a set of flags gives to contexts that lack them.</summary>
public sealed class FlagDefaultsTests
{
    private const string ByRegion = """
        {"variants":{"eu":"eu","us":"us","none":"none"},"defaultVariant":"none","targeting":{"var":"region"}}
        """;

    // A path that is found out at run time reads the context by name, not by number.
    private const string ByAnyName = """
        {"variants":{"eu":"eu","us":"us","none":"none"},"defaultVariant":"none","targeting":{"var":{"cat":["reg","ion"]}}}
        """;

    private static readonly FlagContext Defaults = FlagContext.Of("process-1", ("region", LogicValue.Of("eu")));

    [Theory]
    [InlineData(ByRegion)]
    [InlineData(ByAnyName)]
    public void A_context_that_lacks_an_attribute_gets_the_default_and_its_own_wins(string flag)
    {
        var set = SetOf(Defaults, null, TestFlags.Flag("flag", flag));

        set.Evaluate().Variant.ShouldBe("eu");
        set.Evaluate(TestFlags.User("ann")).Variant.ShouldBe("eu");
        set.Evaluate(TestFlags.User("ann", """{"region":"us"}""")).Variant.ShouldBe("us");
        set.Evaluate(TestFlags.User("ann", """{"region":null}""")).Variant.ShouldBe("eu", "null is an attribute that is not there");
        SetOf(null, null, TestFlags.Flag("flag", flag)).Evaluate().ShouldBe("none", FlagReason.Default);
    }

    [Theory]
    [InlineData(ByRegion)]
    [InlineData(ByAnyName)]
    public void A_typed_context_gets_defaults_whether_or_not_the_flags_know_its_schema(string flag)
    {
        var schema = new FlagContextSchema("plan", "region");
        foreach (var known in new[] { schema, null })
        {
            var set = SetOf(Defaults, known, TestFlags.Flag("flag", flag));
            var context = new TypedFlagContext(schema);

            set.Evaluate(context).Variant.ShouldBe("eu");
            context.Set(schema["region"], "us");
            set.Evaluate(context).Variant.ShouldBe("us");
            context.Set(schema["region"], LogicValue.Null);
            set.Evaluate(context).Variant.ShouldBe("eu");
            context.Set(schema["region"], "us");
            context.Set(schema["region"], (string?)null);
            set.Evaluate(context).Variant.ShouldBe("eu");
            context.Set(schema["region"], "us");
            context.Clear();
            set.Evaluate(context).Variant.ShouldBe("eu");
        }
    }

    [Fact]
    public void The_targeting_key_can_have_a_default()
    {
        const string Split = """{"variants":{"on":true,"off":false},"defaultVariant":"off","split":{"weights":{"on":50,"off":50}}}""";

        var without = SetOf(null, null, TestFlags.Flag("flag", Split));
        var with = SetOf(Defaults, null, TestFlags.Flag("flag", Split));

        without.Evaluate().Error.ShouldBe(FlagError.TargetingKeyMissing);
        with.Evaluate().Variant.ShouldBe(without.Evaluate(TestFlags.User("process-1")).Variant);
    }

    [Fact]
    public void Explaining_sees_the_same_defaults()
    {
        var set = SetOf(Defaults, null, TestFlags.Flag("flag", ByAnyName));

        set.Explain("flag", FlagContext.Empty, TestFlags.Now)!.Result.Variant.ShouldBe("eu");
    }

    [Fact]
    public void A_typed_context_with_defaults_allocates_nothing()
    {
        var schema = new FlagContextSchema("region");
        var set = SetOf(Defaults, schema, TestFlags.Flag("flag", ByRegion));
        var context = new TypedFlagContext(schema);
        set.Evaluate(context).Variant.ShouldBe("eu");

        Allocation.Of(() => set.GetString("flag", "", context, TestFlags.Now)).ShouldBe(0);
    }

    [Fact]
    public void One_context_asked_of_two_sets_in_turn_is_laid_out_once_for_each()
    {
        var first = SetOf(Defaults, null, TestFlags.Flag("flag", ByRegion));
        var second = SetOf(null, null, TestFlags.Flag("flag", ByRegion));
        var context = TestFlags.User("ann");
        first.Evaluate(context).Variant.ShouldBe("eu");
        second.Evaluate(context).Variant.ShouldBe("none");

        Allocation.Of(() =>
        {
            _ = first.GetString("flag", "", context, TestFlags.Now);
            _ = second.GetString("flag", "", context, TestFlags.Now);
        }).ShouldBe(0);
    }

    private static FlagSet SetOf(FlagContext? defaults, FlagContextSchema? schema, params ReadOnlySpan<Core.Ledger.ProposedChange> changes)
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit([.. changes]);
        return FlagSet.Compile(FlagSetSource.Of(ledger.Snapshot, TestFlags.Namespace, "production") with { Defaults = defaults, Schema = schema });
    }
}
