using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using Setpoint.Core.Tests.Json;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Json.JsonSamples;
using static Setpoint.Core.Tests.Rules.JsonLogicTests;

namespace Setpoint.Core.Tests.Rules;

/// <summary>Hostile expressions and data end soon, in little memory, and as an outcome.</summary>
public sealed class LogicBudgetTests
{
    // Generous: a run on a busy machine takes a tenth of it.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static readonly string Thousand = $"[{string.Join(',', Enumerable.Range(0, 1_000))}]";

    [Theory]
    [InlineData("""{"map": [{"var": "l"}, {"map": [{"var": ""}, {"map": [{"var": ""}, 1]}]}]}""", false)]
    [InlineData("""{"map": [LIST, {"map": [LIST, {"map": [LIST, {"map": [LIST, 1]}]}]}]}""", true)]
    [InlineData("""{"reduce": [LIST, {"cat": [{"var": "accumulator"}, {"var": "accumulator"}]}, "x"]}""", true)]
    [InlineData("""{"reduce": [LIST, {"merge": [{"var": "accumulator"}, {"var": "accumulator"}]}, [1]]}""", true)]
    [InlineData("""{"reduce": [LIST, [{"var": "accumulator"}], 1]}""", true)]
    [InlineData("""{"reduce": [LIST, {"var": ""}, 1]}""", true)]
    [InlineData("""{"cat": {"reduce": [SIXTY, [{"var": "accumulator"}, {"var": "accumulator"}], 1]}}""", true)]
    [InlineData("""{"===": [{"reduce": [SIXTY, [{"var": "accumulator"}, {"var": "accumulator"}], 1]}, {"reduce": [SIXTY, [{"var": "accumulator"}, {"var": "accumulator"}], 1]}]}""", true)]
    [InlineData("""{"in": [{"cat": [{"var": "aaa"}, "b", {"var": "aaa"}]}, {"cat": [{"var": "aaa"}, {"var": "aaa"}, {"var": "aaa"}, {"var": "aaa"}]}]}""", true)]
    [InlineData("""{"map": [LIST, {"==": [{"var": ["x", {"var": "y"}]}, 1]}]}""", false)]
    [InlineData("""{"filter": [{"map": [LIST, LIST]}, {"in": [-1, {"var": ""}]}]}""", true)]
    [InlineData("""{"missing": {"map": [LIST, {"cat": ["AAA", {"var": ""}]}]}}""", true)]
    public void A_hostile_expression_ends_within_its_budget(string expression, bool timesOut)
    {
        var longText = new string('a', 200_000);
        var logic = LogicOf(expression
            .Replace("LIST", Thousand, StringComparison.Ordinal)
            .Replace("SIXTY", $"[{string.Join(',', Enumerable.Range(0, 60))}]", StringComparison.Ordinal)
            .Replace("AAA", new string('a', 20_000), StringComparison.Ordinal));
        var data = JsonObject.Empty.With("aaa", new JsonString(longText)).With("l", JsonOf("[[1,2],[3]]"));
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        LogicOutcome outcome = default!;

        ProcessorTime.Of(() => outcome = logic.Evaluate(data)).ShouldBeLessThan(Soon);

        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(256L * 1024 * 1024);
        outcome.TimedOut.ShouldBe(timesOut);
        if (timesOut)
            outcome.Value.IsNull.ShouldBeTrue();
        logic.Evaluate(data).TimedOut.ShouldBe(timesOut);
    }

    [Fact]
    public void A_value_whose_parts_are_shared_becomes_json_that_shares_them()
    {
        var logic = LogicOf($$"""{"reduce": [[{{string.Join(',', Enumerable.Range(0, 100))}}], [{"var": "accumulator"}, {"var": "accumulator"}], 1]}""");

        var json = (JsonArray)logic.Evaluate(JsonNull.Instance).Value.ToJson();

        json.Depth.ShouldBe(100);
        json.Items[0].ShouldBeSameAs(json.Items[1]);
    }

    [Fact]
    public void The_budget_is_a_sharp_line_and_the_same_each_time()
    {
        var expression = JsonOf("""{"reduce": [{"var": "l"}, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 0]}""");
        var data = JsonOf("""{"l": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}""");
        JsonLogic With(long steps) => JsonLogic.Compile(expression, LogicOptions.Standard with { StepsMax = steps }).Value;

        var needed = Enumerable.Range(1, 1_000).First(steps => !With(steps).Evaluate(data).TimedOut);

        With(needed - 1).Evaluate(data).ShouldBe(new LogicOutcome(LogicValue.Null, TimedOut: true));
        With(needed).Evaluate(data).ShouldBe(new LogicOutcome(LogicValue.Of(55), TimedOut: false));
        // Reduce, variable and initial value; ten rounds of the item and three nodes.
        needed.ShouldBe(3 + (10 * (1 + 3)));
    }

    [Fact]
    public void With_less_budget_an_expression_answers_the_same_or_times_out() => Seeded.Run(3_000, random =>
    {
        var maker = new LogicMaker(random);
        var expression = maker.Expression(6);
        var data = maker.Data(4);
        var whole = JsonLogic.Compile(expression, LogicOptions.Standard).Value.Evaluate(data);
        whole.TimedOut.ShouldBeFalse();
        for (var steps = 1; steps < 2_000; steps *= 2)
        {
            var part = JsonLogic.Compile(expression, LogicOptions.Standard with { StepsMax = steps }).Value.Evaluate(data);
            if (!part.TimedOut)
                part.ShouldBe(whole, $"{expression} over {data} with {steps} steps");
        }
    });

    [Fact]
    public void Random_json_is_refused_or_evaluated_and_never_throws() => Seeded.Run(20_000, random =>
    {
        var maker = new LogicMaker(random);
        // Values with an operator's name here and there: most are refused, some are expressions nobody would write.
        var value = Renamed(random, JsonMaker.Value(random, 5));
        if (JsonLogic.Compile(value, LogicOptions.Standard).TryGet(out var logic, out var fault))
            logic.Evaluate(maker.Data(3)).Value.ToJson().ShouldNotBeNull();
        else
            fault.ShouldBeOfType<Core.Faults.Fault.Invalid>().Violations.ShouldNotBeEmpty();
    });

    private static JsonValue Renamed(Random random, JsonValue value)
    {
        string[] names = ["var", "missing", "missing_some", "if", "reduce", "map", "+", "-", "cat", "substr", "in", "sem_ver", "ends_with", "<", "merge", "max"];
        return value switch
        {
            JsonObject { Count: > 0 } members when random.Next(4) > 0 =>
                JsonObject.Empty.With(names[random.Next(names.Length)], Renamed(random, members.ValueAt(0))),
            JsonArray array => new JsonArray([.. array.Items.Select(item => Renamed(random, item))]),
            _ => value,
        };
    }
}
