using Setpoint.Core.Flags;
using Setpoint.Core.Rules;
using static Setpoint.Core.Tests.Flags.TestFlags;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagContextTests
{
    private const string DefaultOfVar = """{"variants":{"there":1,"absent":2},"targeting":{"var":["plan","absent"]}}""";

    // A path that is found out at run time reads the context by name, not by number.
    private const string ByAnyName = """{"variants":{"there":1,"absent":2},"targeting":{"var":[{"cat":["pl","an"]},"absent"]}}""";
    private const string Missing = """{"variants":{"there":1,"absent":2},"targeting":{"if":[{"missing":["plan"]},"absent","there"]}}""";
    private const string Whole = """{"variants":{"there":1,"absent":2},"targeting":{"if":[{"in":["plan",{"map":[[{"var":""}],{"var":"plan"}]}]},"there","absent"]}}""";

    [Theory]
    [InlineData(DefaultOfVar)]
    [InlineData(ByAnyName)]
    [InlineData(Missing)]
    [InlineData(Whole)]
    public void An_attribute_that_is_null_is_not_there_however_the_context_is_made(string flag)
    {
        var set = SetOf(flag);
        var schema = new FlagContextSchema("plan", "other");
        var typed = new TypedFlagContext(schema);
        typed.Set(schema["plan"], LogicValue.Null);
        foreach (var context in (FlagContext[])
        [
            User("ann"),
            User("ann", """{"plan":null}"""),
            User("ann", """{"other":1,"plan":null,"more":null}"""),
            FlagContext.Of("ann", ("plan", LogicValue.Null)),
            FlagContext.Of(null, ("plan", LogicValue.Null), ("other", LogicValue.Of(1))),
            typed,
        ])
        {
            set.Evaluate(context).Variant.ShouldBe("absent");
            set.Explain("flag", context, Now).ShouldNotBeNull().Result.Variant.ShouldBe("absent");
        }
    }

    [Fact]
    public void What_is_beside_a_null_stays_and_a_targeting_key_that_is_null_is_none()
    {
        var set = SetOf("""{"variants":{"on":true,"off":false},"defaultVariant":"off","split":{"by":"team","weights":{"on":1,"off":1}}}""");
        set.Evaluate(FlagContext.Of("ann", ("a", LogicValue.Null), ("team", LogicValue.Of("core")), ("b", LogicValue.Null))).Error.ShouldBe(FlagError.None);
        set.Evaluate(User(null, """{"targetingKey":null,"team":null}""")).Error.ShouldBe(FlagError.TargetingKeyMissing);
    }

    [Fact]
    public void A_null_inside_of_an_object_or_an_array_is_a_value()
    {
        // As flagd-core has it: the default of "var" is for what is not there.
        SetOf("""{"variants":{"null":1,"absent":2},"targeting":{"if":[{"==":[{"var":["user.plan","absent"]},null]},"null","absent"]}}""")
            .Evaluate(User("ann", """{"user":{"plan":null}}""")).Variant.ShouldBe("null");
        SetOf("""{"variants":{"two":1,"other":2},"targeting":{"if":[{"==":[{"reduce":[{"var":"list"},{"+":[{"var":"accumulator"},1]},0]},2]},"two","other"]}}""")
            .Evaluate(User("ann", """{"list":[null,1]}""")).Variant.ShouldBe("two");
    }
}
