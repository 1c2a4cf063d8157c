using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using Setpoint.Core.Tests.Json;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Rules;

/// <summary>Expressions over a flat context whose attributes have numbers.</summary>
public sealed class LogicSlotTests
{
    [Fact]
    public void A_flat_context_gives_the_same_answers_as_the_same_json() => Seeded.Run(5_000, random =>
    {
        var maker = new LogicMaker(random);
        var expression = maker.Expression(5);
        var data = JsonObject.Empty.With("a", maker.Data(3)).With("b", maker.Data(2)).With("d", maker.Data(0));
        var slots = new LogicSlots();
        var flat = JsonLogic.Compile(expression, LogicOptions.Standard with { Slots = slots }).Value;

        flat.Evaluate(Fill(slots, data), new WholeContext(data)).ShouldBe(
            JsonLogic.Compile(expression, LogicOptions.Standard).Value.Evaluate(data),
            $"{expression} over {data}");
    });

    [Fact]
    public void A_path_that_the_context_knows_whole_has_a_slot_of_its_own()
    {
        var slots = new LogicSlots();
        slots.NumberOf("$flagd.flagKey").ShouldBe(0);
        var logic = JsonLogic.Compile(JsonOf("""{"cat": [{"var": "$flagd.flagKey"}, {"var": ["user.name", "?"]}]}"""), LogicOptions.Flagd with { Slots = slots }).Value;

        slots.Names().ShouldBe(["$flagd.flagKey", "user"]);
        logic.Evaluate([LogicValue.Of("flag"), LogicValue.Of(JsonOf("""{"name": "Ada"}"""))], new WholeContext(JsonObject.Empty)).Value.Text.ShouldBe("flagAda");
        logic.Evaluate([LogicValue.Of("flag"), LogicValue.Absent], new WholeContext(JsonObject.Empty)).Value.Text.ShouldBe("flag?");
        logic.Evaluate([LogicValue.Of("flag")], new WholeContext(JsonObject.Empty)).Value.Text.ShouldBe("flag?");
    }

    [Fact]
    public void Booleans_numbers_and_strings_cost_no_memory()
    {
        var slots = new LogicSlots();
        var logic = JsonLogic.Compile(
            JsonOf("""
                {"if": [
                    {"and": [{"in": [{"var": "country"}, ["de", "at", "ch", "fr"]]}, {">=": [{"var": "age"}, 18]}, {"sem_ver": [{"var": "version"}, ">=", "2.1.0"]}]}, "on",
                    {"or": [{"ends_with": [{"var": "email"}, "@example.com"]}, {"==": [{"var": "plan"}, "gold"]}, {"<": [1, {"+": [{"var": "age"}, {"var": "age"}]}, 9]}]}, "beta",
                    {"missing": ["email"]}, "nobody",
                    "off"]}
                """),
            LogicOptions.Standard with { Slots = slots }).Value;
        var whole = ObjectOf("""{"country": "it", "age": 40, "version": "2.0.9-rc.1", "email": "a@example.org", "plan": "free"}""");
        var context = Fill(slots, whole);
        var record = new WholeContext(whole);
        logic.Evaluate(context, record).Value.Text.ShouldBe("off");

        Allocation.Of(() => logic.Evaluate(context, record)).ShouldBe(0);
    }

    private static LogicValue[] Fill(LogicSlots slots, JsonObject data) =>
        [.. slots.Names().Select(name => data[name] is { } value ? LogicValue.Of(value) : LogicValue.Absent)];

    private sealed class WholeContext(JsonObject data) : LogicRecord
    {
        public override int Depth => data.Depth;

        public override bool TryGetValue(string name, out LogicValue value)
        {
            var found = data.TryGetValue(name, out var json);
            value = found ? LogicValue.Of(json!) : default;
            return found;
        }

        public override JsonObject ToJson() => data;
    }
}
