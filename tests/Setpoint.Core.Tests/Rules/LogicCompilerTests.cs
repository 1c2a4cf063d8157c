using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Rules;

public sealed class LogicCompilerTests
{
    [Theory]
    [InlineData("""{"startsWith": ["a", "b"]}""", "/startsWith", "did you mean 'starts_with'?")]
    [InlineData("""{"AND": [true]}""", "/AND", "did you mean 'and'?")]
    [InlineData("""{"=": [1, 1]}""", "/=", "did you mean '")]
    [InlineData("""{"frobnicate": 1}""", "/frobnicate", "there are ! !! != !== % * + - /")]
    [InlineData("""{"a/b": 1}""", "/a~1b", "There is no operator 'a/b'")]
    [InlineData("""{"==": [1]}""", "/==", "'==' takes 2 arguments, and 1 is given.")]
    [InlineData("""{">": [1, 2, 3]}""", "/>", "'>' takes 2 arguments, and 3 are given.")]
    [InlineData("""{"<": 1}""", "/<", "'<' takes 2 to 3 arguments, and 1 is given.")]
    [InlineData("""{"!": []}""", "/!", "'!' takes one argument, and 0 are given.")]
    [InlineData("""{"and": []}""", "/and", "'and' takes 1 argument or more, and 0 are given.")]
    [InlineData("""{"and": [true, {"==": [1, 1], "!=": [1, 2]}]}""", "/and/1", "The operator '==' stands beside 1 other property;")]
    [InlineData("""{"sem_ver": [{"var": "v"}, "=>", "1.0.0"]}""", "/sem_ver/1", "\"=>\" is no operator of versions")]
    [InlineData("""{"sem_ver": [{"var": "v"}, ">=", "1.x"]}""", "/sem_ver/2", "\"1.x\" is no version")]
    public void What_cannot_be_meant_is_refused_where_it_stands(string expression, string path, string message)
    {
        var violation = Refused(expression).ShouldHaveSingleItem();
        violation.Path.ShouldBe(path);
        violation.Message.ShouldContain(message);
    }

    [Fact]
    public void All_problems_are_reported_at_once_each_with_its_path()
    {
        var violations = Refused("""{"if": [{"equals": [1, 1]}, {"map": [{"var": "a"}, {"substr": ["x"]}]}, {"or": [{"and": []}, [{"nope": 1}]]}]}""");

        violations.Select(violation => violation.Path).ShouldBe(["/if/0/equals", "/if/1/map/1/substr", "/if/2/or/0/and", "/if/2/or/1/0/nope"]);
        violations.Select(violation => violation.Code).ShouldBe(
            [ViolationCode.UnknownReference, ViolationCode.ConstraintViolation, ViolationCode.ConstraintViolation, ViolationCode.UnknownReference]);
    }

    [Fact]
    public void An_expression_that_is_too_deep_or_too_large_is_refused_with_the_limit()
    {
        JsonValue deep = JsonBoolean.True;
        for (var i = 0; i < 129; i++)
            deep = JsonObject.Empty.With("!", deep);
        Refused(deep).ShouldHaveSingleItem().Message.ShouldBe("The expression is nested 129 levels deep; the limit is 128. Split it.");

        var wide = new JsonArray([.. Enumerable.Repeat((JsonValue)JsonBoolean.True, 100_000)]);
        Refused(wide).ShouldHaveSingleItem().Message.ShouldContain("more than 100000 parts");
        JsonLogic.Compile(new JsonArray(wide.Items[1..]), LogicOptions.Standard).IsFault.ShouldBeFalse();
    }

    [Fact]
    public void The_deepest_expression_that_is_taken_fits_a_small_stack()
    {
        JsonValue deep = JsonObject.Empty.With("var", new JsonString("a"));
        for (var i = 0; i < 63; i++)
            deep = JsonObject.Empty.With("map", new JsonArray([new JsonArray([JsonBoolean.True]), deep]));
        Exception? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    JsonLogic.Compile(deep, LogicOptions.Standard).Value.Evaluate(JsonObject.Empty).TimedOut.ShouldBeFalse();
                }
                catch (Exception problem)
                {
                    thrown = problem;
                }
            },
            maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        thrown.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"log": 1}""")]
    [InlineData("""{"?:": [true, 1, 2]}""")]
    [InlineData("""{"*": [2]}""")]
    [InlineData("""{"in": ["a", {"a": 1, "b": 2}]}""")]
    public void Flagd_takes_less_than_json_logic_js(string expression)
    {
        JsonLogic.Compile(JsonOf(expression), LogicOptions.Standard).IsFault.ShouldBeFalse();
        JsonLogic.Compile(JsonOf(expression), LogicOptions.Flagd).Fault.ShouldBeOfType<Fault.Invalid>();
    }

    [Fact]
    public void A_bad_version_in_a_flag_gives_null_when_it_is_met_as_it_does_in_flagd()
    {
        var logic = JsonLogic.Compile(JsonOf("""{"sem_ver": [{"var": "v"}, "===", "1.0.0"]}"""), LogicOptions.Flagd).Value;
        logic.Evaluate(JsonOf("""{"v": "1.0.0"}""")).Value.IsNull.ShouldBeTrue();
    }

    [Fact]
    public void Constant_parts_are_computed_by_the_compiler()
    {
        // An evaluation that may take two steps has none to spare for arithmetic.
        var options = LogicOptions.Standard with { StepsMax = 2 };
        var expression = JsonOf("""{"<": [{"var": "a"}, {"+": [1, {"*": [2, {"if": [{"in": ["x", ["x", "y"]]}, 5, 6]}]}]}]}""");

        var logic = JsonLogic.Compile(expression, options).Value;

        logic.Evaluate(JsonOf("""{"a": 10}""")).ShouldBe(new LogicOutcome(LogicValue.Of(true), TimedOut: false));
        logic.Evaluate(JsonOf("""{"a": 11}""")).ShouldBe(new LogicOutcome(LogicValue.Of(false), TimedOut: false));
    }

    [Fact]
    public void An_operator_can_be_added_for_some_expressions_only()
    {
        var twice = new LogicOperator("twice", 1, 1, call => new SumNode([call.Arguments[0], call.Arguments[0]]));
        var more = LogicOptions.Standard.With(twice);

        JsonLogic.Compile(JsonOf("""{"twice": {"var": "a"}}"""), more).Value.Evaluate(JsonOf("""{"a": 4}""")).Value.Number.ShouldBe(8);
        Refused("""{"twice": {"var": "a"}}""").ShouldHaveSingleItem().Code.ShouldBe(ViolationCode.UnknownReference);
    }

    private static IReadOnlyList<Violation> Refused(string expression) => Refused(JsonOf(expression));

    private static IReadOnlyList<Violation> Refused(JsonValue expression) =>
        JsonLogic.Compile(expression, LogicOptions.Standard).Fault.ShouldBeOfType<Fault.Invalid>().Violations;
}
