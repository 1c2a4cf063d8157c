using Setpoint.Core.Rules;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Rules;

/// <summary>What operators answer, by example. JsonLogicDifferentialTests holds them to json-logic-js.</summary>
public sealed class JsonLogicTests
{
    private const string Order = """
        {"id": 7, "customer": {"name": "Ada", "tags": ["vip", "eu"]}, "lines": [{"sku": "a", "qty": 2, "price": 1.5}, {"sku": "b", "qty": 0, "price": 10}], "note": "", "gone": null}
        """;

    [Theory]
    [InlineData("""{"var": "id"}""", "7")]
    [InlineData("""{"var": ["customer.name"]}""", "\"Ada\"")]
    [InlineData("""{"var": "customer.tags.1"}""", "\"eu\"")]
    [InlineData("""{"var": "customer.tags.01"}""", "null")]
    [InlineData("""{"var": "customer.name.0"}""", "\"A\"")]
    [InlineData("""{"var": "lines.length"}""", "2")]
    [InlineData("""{"var": "nowhere"}""", "null")]
    [InlineData("""{"var": ["nowhere", 5]}""", "5")]
    [InlineData("""{"var": ["nowhere.at.all", {"var": "id"}]}""", "7")]
    [InlineData("""{"var": ["gone", 5]}""", "null")]
    [InlineData("""{"var": ["gone.more", 5]}""", "5")]
    [InlineData("""{"var": {"cat": ["customer.", "name"]}}""", "\"Ada\"")]
    [InlineData("""{"var": "constructor"}""", "null")]
    [InlineData("""{"missing": ["id", "note", "gone", "nowhere"]}""", """["note","gone","nowhere"]""")]
    [InlineData("""{"missing": {"merge": [["id"], "nowhere"]}}""", """["nowhere"]""")]
    [InlineData("""{"missing_some": [2, ["id", "note", "customer.name"]]}""", "[]")]
    [InlineData("""{"missing_some": [3, ["id", "note", "customer.name"]]}""", """["note"]""")]
    public void Variables_are_read_by_path(string expression, string answer) => Answers(expression, Order, answer);

    [Theory]
    [InlineData("""{"==": [1, "1"]}""", "true")]
    [InlineData("""{"==": [null, 0]}""", "false")]
    [InlineData("""{"==": ["", 0]}""", "true")]
    [InlineData("""{"==": [true, "1"]}""", "true")]
    [InlineData("""{"==": [[1, 2], "1,2"]}""", "true")]
    [InlineData("""{"==": [{"a": 1, "b": 2}, "[object Object]"]}""", "true")]
    [InlineData("""{"===": [1, "1"]}""", "false")]
    [InlineData("""{"===": [1.0, 1]}""", "true")]
    [InlineData("""{"!=": [1, "1"]}""", "false")]
    [InlineData("""{"!==": [1, "1"]}""", "true")]
    [InlineData("""{"<": [1, "2"]}""", "true")]
    [InlineData("""{"<": ["10", "9"]}""", "true")]
    [InlineData("""{"<": ["10", 9]}""", "false")]
    [InlineData("""{"<": [1, 2, 3]}""", "true")]
    [InlineData("""{"<=": [1, 3, 3]}""", "true")]
    [InlineData("""{"<": [1, 3, 3]}""", "false")]
    [InlineData("""{">": ["b", "a"]}""", "true")]
    [InlineData("""{">=": [null, 0]}""", "true")]
    [InlineData("""{">": ["abc", 0]}""", "false")]
    [InlineData("""{"<=": ["abc", 0]}""", "false")]
    public void Comparisons_convert_as_javascript_does(string expression, string answer) => Answers(expression, "{}", answer);

    [Theory]
    [InlineData("""{"===": [[1, [2]], [1, [2]]]}""", "true")]
    [InlineData("""{"==": [{"a": 1, "b": [2]}, {"b": [2], "a": 1.0}]}""", "true")]
    [InlineData("""{"===": [[1], [2]]}""", "false")]
    [InlineData("""{"in": [[1], [[0], [1]]]}""", "true")]
    [InlineData("""{"===": [{"var": "left"}, {"var": "right"}]}""", "true")]
    public void Arrays_and_objects_are_equal_by_content_and_not_by_identity(string expression, string answer) =>
        Answers(expression, """{"left": {"list": [1, {}]}, "right": {"list": [1, {}]}}""", answer);

    [Theory]
    [InlineData("""{"!": [[]]}""", "true")]
    [InlineData("""{"!": "0"}""", "false")]
    [InlineData("""{"!!": [{}]}""", "true")]
    [InlineData("""{"and": [1, "", 3]}""", "\"\"")]
    [InlineData("""{"and": [1, 2, 3]}""", "3")]
    [InlineData("""{"or": [0, [], "x", 1]}""", "\"x\"")]
    [InlineData("""{"or": [0, []]}""", "[]")]
    [InlineData("""{"if": []}""", "null")]
    [InlineData("""{"if": [false, 1]}""", "null")]
    [InlineData("""{"if": [false, 1, true, 2, 3]}""", "2")]
    [InlineData("""{"if": [false, 1, 0, 2, 3]}""", "3")]
    [InlineData("""{"?:": [true, 1, 2]}""", "1")]
    [InlineData("""{"log": [[1, 2]]}""", "[1,2]")]
    public void Choices_answer_values_and_not_only_truth(string expression, string answer) => Answers(expression, "{}", answer);

    [Theory]
    [InlineData("""{"+": []}""", "0")]
    [InlineData("""{"+": [1, "2", "3.5kg"]}""", "6.5")]
    [InlineData("""{"+": [0.1, 0.2]}""", "0.30000000000000004")]
    [InlineData("""{"+": [true, 1]}""", "null")]
    [InlineData("""{"-": ["5"]}""", "-5")]
    [InlineData("""{"-": ["0x10", null]}""", "16")]
    [InlineData("""{"*": ["2", "3"]}""", "6")]
    [InlineData("""{"*": ["2"]}""", "\"2\"")]
    [InlineData("""{"/": [1, 0]}""", "null")]
    [InlineData("""{"%": [-7, 3]}""", "-1")]
    [InlineData("""{"cat": {"/": [1, {"*": [-0, 1]}]}}""", "\"Infinity\"")]
    [InlineData("""{"cat": {"/": [1, {"%": [-0, 1]}]}}""", "\"-Infinity\"")]
    [InlineData("""{"min": [3, "1", null]}""", "0")]
    [InlineData("""{"max": [3, "x"]}""", "null")]
    public void Arithmetic_is_of_doubles_and_what_json_cannot_hold_becomes_null(string expression, string answer) => Answers(expression, "{}", answer);

    [Theory]
    [InlineData("""{"cat": ["a", 1, null, true, [1, [2, null]], 1e21, 0.1]}""", "\"a1true1,2,1e+210.1\"")]
    [InlineData("""{"cat": [{"/": [1, 0]}, {"-": {"/": [1, 0]}}, {"+": "x"}]}""", "\"Infinity-InfinityNaN\"")]
    [InlineData("""{"substr": ["jsonlogic", 4]}""", "\"logic\"")]
    [InlineData("""{"substr": ["jsonlogic", -5]}""", "\"logic\"")]
    [InlineData("""{"substr": ["jsonlogic", 1, 3]}""", "\"son\"")]
    [InlineData("""{"substr": ["jsonlogic", 4, -2]}""", "\"log\"")]
    [InlineData("""{"substr": ["jsonlogic", 4, "-2"]}""", "\"\"")]
    [InlineData("""{"substr": ["😀", 0, 1]}""", "\"\ufffd\"")]
    [InlineData("""{"in": ["go", "cargo"]}""", "true")]
    [InlineData("""{"in": ["", ""]}""", "false")]
    [InlineData("""{"in": [2, ["2", 2.0]]}""", "true")]
    [InlineData("""{"in": [null, [true, null]]}""", "true")]
    [InlineData("""{"in": [1, 10]}""", "false")]
    [InlineData("""{"starts_with": ["production-eu", "production"]}""", "true")]
    [InlineData("""{"ends_with": ["production-eu", "-eu"]}""", "true")]
    [InlineData("""{"starts_with": ["e\u0301", "\u00e9"]}""", "false")]
    [InlineData("""{"starts_with": [12, "1"]}""", "null")]
    public void Texts_are_joined_cut_and_searched(string expression, string answer) => Answers(expression, "{}", answer);

    [Theory]
    [InlineData("""{"merge": [1, [2, [3]], []]}""", "[1,2,[3]]")]
    [InlineData("""{"map": [{"var": "lines"}, {"*": [{"var": "qty"}, {"var": "price"}]}]}""", "[3,0]")]
    [InlineData("""{"map": [{"var": "note"}, 1]}""", "[]")]
    [InlineData("""{"filter": [{"var": "lines"}, {"var": "qty"}]}""", """[{"sku": "a", "qty": 2, "price": 1.5}]""")]
    [InlineData("""{"reduce": [{"var": "lines"}, {"+": [{"var": "accumulator"}, {"var": "current.qty"}]}, 10]}""", "12")]
    [InlineData("""{"reduce": [[1, 2], {"var": ""}, 0]}""", """{"current": 2, "accumulator": {"current": 1, "accumulator": 0}}""")]
    [InlineData("""{"reduce": [{"var": "nowhere"}, 1, 10]}""", "10")]
    [InlineData("""{"all": [{"var": "lines"}, {"var": "qty"}]}""", "false")]
    [InlineData("""{"some": [{"var": "lines"}, {"var": "qty"}]}""", "true")]
    [InlineData("""{"none": [{"var": "lines"}, {">": [{"var": "qty"}, 2]}]}""", "true")]
    [InlineData("""{"all": [[], true]}""", "false")]
    [InlineData("""{"map": [[[1, 2], [3]], {"map": [{"var": ""}, {"+": [{"var": ""}, 1]}]}]}""", "[[2,3],[4]]")]
    [InlineData("""{"and": [{"some": [{"var": "lines"}, true]}, {"var": "id"}]}""", "7")]
    public void Loops_read_the_item_and_leave_the_data_as_it_was(string expression, string answer) => Answers(expression, Order, answer);

    [Theory]
    [InlineData("true")]
    [InlineData("3.25")]
    [InlineData("[1,[\"a\"],{}]")]
    [InlineData("""{"a": 1, "b": {"c": 2}}""")]
    public void What_is_no_operator_is_a_value(string expression) => Answers(expression, "{}", expression);

    [Fact]
    public void Numbers_of_the_data_keep_their_digits_in_what_passes_through_whole() =>
        Answers("""{"var": ""}""", """{"a": [1.50, 12345678901234567890]}""", """{"a": [1.50, 12345678901234567890]}""");

    [Fact]
    public void An_expression_answers_the_same_from_any_thread()
    {
        var logic = LogicOf("""{"reduce": [{"var": "list"}, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 0]}""");
        var data = JsonOf($$"""{"list": [{{string.Join(',', Enumerable.Range(1, 500))}}]}""");

        Parallel.For(0, 200, _ => logic.Evaluate(data).Value.Number.ShouldBe(125_250));
    }

    [Theory]
    [InlineData("""{"and": [{"var": "b.c"}, {"missing": ["a", "b"]}, {"map": [{"var": "list"}, {"var": "inner"}]}]}""", "a|b|b.c|list", false)]
    [InlineData("""{"missing_some": [1, ["x", "y"]]}""", "x|y", false)]
    [InlineData("""{"var": {"var": "path"}}""", "path", true)]
    [InlineData("""{"map": [{"var": "list"}, {"var": ""}]}""", "list", false)]
    [InlineData("""{"cat": [{"var": ""}, {"var": "a"}]}""", "a", true)]
    [InlineData("""{"+": [1, 2]}""", "", false)]
    public void The_paths_that_are_read_are_known(string expression, string paths, bool anything)
    {
        var logic = LogicOf(expression);
        string.Join('|', logic.Variables).ShouldBe(paths);
        logic.ReadsAnything.ShouldBe(anything);
    }

    internal static JsonLogic LogicOf(string expression) => JsonLogic.Compile(JsonOf(expression), LogicOptions.Standard).Value;

    private static void Answers(string expression, string data, string answer)
    {
        var outcome = LogicOf(expression).Evaluate(JsonOf(data));
        outcome.TimedOut.ShouldBeFalse();
        outcome.Value.ToJson().ShouldBe(JsonOf(answer));
    }
}
