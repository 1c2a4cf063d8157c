using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Rules;

/// <summary>Random expressions over random data: the answer is that of npm json-logic-js.</summary>
public sealed class JsonLogicDifferentialTests
{
    [Fact]
    public async Task Random_expressions_answer_what_json_logic_js_answers()
    {
        using var oracle = await NodeOracle.StartAsync();
        var compared = 0;
        var thrown = 0;
        Seeded.Run(10_000, random =>
        {
            var maker = new LogicMaker(random);
            var expression = maker.Expression(random.Next(1, 6));
            var logic = JsonLogic.Compile(expression, LogicOptions.Standard);
            logic.IsFault.ShouldBeFalse($"{expression}: {string.Join("; ", (logic.Fault as Core.Faults.Fault.Invalid)?.Violations.Select(violation => violation.Message) ?? [])}");
            for (var i = 0; i < 3; i++)
            {
                var data = maker.Data(4);
                var ours = logic.Value.Evaluate(data);
                ours.TimedOut.ShouldBeFalse($"{expression} over {data}");

                // Where it throws (`missing_some` without keys, a key of `missing` that looks like an expression) ours need only answer.
                if (oracle.Answer(expression, data) is not { } theirs)
                {
                    thrown++;
                    continue;
                }

                compared++;
                Plain(ours.Value.ToJson()).ShouldBe(Plain(theirs), $"{expression} over {data}, answered {theirs}");
            }
        });

        thrown.ShouldBeLessThan(Math.Max(10, compared / 20));
    }

    /// <summary>The value with numbers as JavaScript writes them: data that passes through an expression keeps its digits here.</summary>
    private static JsonValue Plain(JsonValue value)
    {
        switch (value)
        {
            case JsonNumber number:
                return double.IsFinite(number.ToDouble()) ? JsonNumber.Of(number.ToDouble()) : JsonNull.Instance;
            case JsonArray array:
                return new JsonArray([.. array.Items.Select(Plain)]);
            case JsonObject members:
                var plain = JsonObject.Empty;
                for (var i = 0; i < members.Count; i++)
                    plain = plain.With(members.NameAt(i), Plain(members.ValueAt(i)));
                return plain;
            default:
                return value;
        }
    }
}
