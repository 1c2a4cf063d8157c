using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Rules;

/// <summary>Checks beside the nodes that they are made of.</summary>
public sealed class LogicCheckTests
{
    private static readonly string[] Versions = ["1.2.3", "1.2.0", "1.3.0", "2.0.0", "0.0.0", "999999.999999.999999", "1.2", "v1.2.3", "1.2.3-rc.1", "01.2.3", "1.2.3.4", ""];

    private static readonly string[] Texts = ["", "a", "DE", "de", "DEU", "gold", "golf", "platinum", "platinium", "pl-um", "ab", "abb", "aab", "abcd-efghij", "abcd=efghij", "user@example.com", "é", "日本語", new('x', 16), new('x', 17), new('x', 40)];

    private static readonly string[] Numbers = ["0", "-0", "18", "17.999999999999996", "18.000000000000004", "-1", "1e308", "1E400", "-1E400", "5e-324"];

    [Fact]
    public void A_check_answers_as_its_node_does() => Seeded.Run(20_000, random =>
    {
        var slots = new LogicSlots();
        var expression = Condition(random);
        var node = JsonLogic.Compile(expression, LogicOptions.Flagd with { Slots = slots }).Value.Root;
        // A context may have fewer attributes than there are numbers.
        LogicValue[] context = random.Next(20) == 0 ? [] : [Value(random)];

        LogicCheck[] checks = [node.ToCheck()];
        // A text that is paid for in steps is paid for by both.
        foreach (var steps in new[] { 0, 1, 2, 1_000 })
        {
            var byNode = new LogicFrame(default, context, steps);
            var byCheck = new LogicFrame(default, context, steps);
            var (expected, holds) = (node.Test(ref byNode), LogicCheck.AllHold(checks, ref byCheck));
            var what = $"{expression} of {(context.Length == 0 ? "nothing" : context[0].ToString())} in {steps} steps";
            byCheck.IsSpent.ShouldBe(byNode.IsSpent, what);
            if (!byNode.IsSpent)
                holds.ShouldBe(expected, what);
        }
    });

    [Fact]
    public void Conditions_all_hold_or_one_of_them_does_not()
    {
        var slots = new LogicSlots();
        var condition = JsonLogic.Compile(
            JsonSamples.JsonOf("""{"and": [{"in": [{"var": "country"}, ["DE", "FR"]]}, {">": [{"var": "age"}, 17]}, {"ends_with": [{"var": "email"}, "@x.org"]}, {"!": [{"var": "banned"}]}]}"""),
            LogicOptions.Flagd with { Slots = slots }).Value.Root;
        slots.Names().ShouldBe(["country", "age", "email", "banned"]);
        LogicValue[] context = [LogicValue.Of("FR"), LogicValue.Of(18), LogicValue.Of("a@x.org"), LogicValue.Absent];

        Holds(condition, context).ShouldBeTrue();
        LogicValue[] others = [LogicValue.Of("IT"), LogicValue.Of(17), LogicValue.Of("a@y.org"), LogicValue.Of(true)];
        for (var i = 0; i < others.Length; i++)
        {
            LogicValue[] changed = [.. context];
            changed[i] = others[i];
            Holds(condition, changed).ShouldBeFalse($"attribute {i} is {others[i]}");
        }
    }

    private static bool Holds(LogicNode condition, LogicValue[] context)
    {
        var frame = new LogicFrame(default, context, 1_000);
        return LogicCheck.AllHold(JunctionNode.AllOf(condition), ref frame);
    }

    private static JsonValue Condition(Random random)
    {
        var attribute = JsonSamples.JsonOf("""{"var": "a"}""");
        string[] comparisons = ["<", "<=", ">", ">=", "==", "===", "!=", "!=="];
        string[] relations = ["=", "!=", "<", "<=", ">", ">=", "~", "^"];
        JsonValue[] sides = [attribute, Constant(random)];
        if (random.Next(3) == 0)
            Array.Reverse(sides);
        return random.Next(5) switch
        {
            0 => Call(comparisons[random.Next(comparisons.Length)], sides),
            1 => Call("in", attribute, new JsonArray([.. Enumerable.Range(0, random.Next(12)).Select(_ => Constant(random))])),
            2 => Call(random.Next(2) == 0 ? "starts_with" : "ends_with", attribute, new JsonString(Texts[random.Next(Texts.Length)])),
            3 => Call("sem_ver", attribute, new JsonString(relations[random.Next(relations.Length)]), new JsonString(Versions[random.Next(Versions.Length)])),
            _ => Call(random.Next(2) == 0 ? "!" : "!!", attribute),
        };
    }

    private static JsonObject Call(string name, params JsonValue[] arguments) => JsonObject.Empty.With(name, new JsonArray([.. arguments]));

    private static JsonValue Constant(Random random) => random.Next(8) switch
    {
        0 => JsonNull.Instance,
        1 => JsonBoolean.Of(random.Next(2) == 0),
        2 or 3 or 4 => JsonSamples.JsonOf(Numbers[random.Next(Numbers.Length)]),
        _ => new JsonString(random.Next(2) == 0 ? Texts[random.Next(Texts.Length)] : Versions[random.Next(Versions.Length)]),
    };

    private static LogicValue Value(Random random) => random.Next(12) switch
    {
        0 => LogicValue.Absent,
        1 => LogicValue.Of(double.NaN),
        2 => LogicValue.Of(double.NegativeInfinity),
        _ => LogicValue.Of(Constant(random)),
    };
}
