using Setpoint.Core.Flags;
using Setpoint.Core.Rules;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Flags;

/// <summary>What attributes alone settle, beside the decision in full.</summary>
public sealed class FlagDecisionTests
{
    private static readonly string[] Settled =
    [
        """{"in":[{"var":"plan"},["gold","enterprise"]]}""", """{"==":[{"var":"country"},"DE"]}""", """{">":[{"var":"age"},18]}""",
        """{"ends_with":[{"var":"email"},".org"]}""", """{"sem_ver":[{"var":"version"},">=","1.2.0"]}""",
        """{"and":[{"==":[{"var":"country"},"FR"]},{"<":[{"var":"age"},40]}]}""",
    ];

    private static readonly string[] Open =
    [
        """{"or":[{"==":[{"var":"country"},"DE"]},{"==":[{"var":"plan"},"gold"]}]}""", """{"!":[{"var":"plan"}]}""", """{"var":"age"}""",
        """{"and":[{"==":[{"var":"country"},"DE"]},{"!":[{"var":"plan"}]}]}""", """{"segment":"friends"}""",
    ];

    [Fact]
    public void Attributes_alone_come_to_the_same_as_the_decision_in_full() => Seeded.Run(1_500, random =>
    {
        var rules = Enumerable.Range(0, random.Next(6)).Select(_ => $"{{\"when\":{Pick(random, random.Next(3) == 0 ? Open : Settled)},\"serve\":{Serve(random)}}}");
        var last = random.Next(2) == 0 ? $",\"split\":{Split(random)}" : "";
        var standard = random.Next(3) == 0 ? "" : ",\"defaultVariant\":\"b\"";
        var json = $"{{\"variants\":{{\"a\":1,\"b\":2,\"c\":3}}{standard},\"rules\":[{string.Join(',', rules)}]{last}}}";
        var set = TestFlags.SetOf(
            "production", TestFlags.Flag("flag", json), TestFlags.Segment("friends", """{"included":["ann"],"when":{"==":[{"var":"country"},"FR"]}}"""));
        var plan = set.PlanOf("flag")!;
        if (plan.Decision is not { } decision)
            return;

        for (var user = 0; user < 8; user++)
        {
            var context = User(random);
            var frame = new LogicFrame(default, context.LayOut(set.Layout), plan.Steps);
            var inFull = new FlagResult(plan, decision.Decide(plan, ref frame, ticks: 0, out var detail), detail);

            var result = set.Evaluate(context);

            var what = $"{json} for {context.Record.ToJson()}";
            (result.Variant, result.Reason, result.Error, result.ErrorMessage).ShouldBe((inFull.Variant, inFull.Reason, inFull.Error, inFull.ErrorMessage), what);
        }
    });

    private static string Serve(Random random) => random.Next(2) == 0 ? Pick(random, ["\"a\"", "\"c\""]) : $"{{\"split\":{Split(random)}}}";

    private static string Split(Random random) => Pick(random,
    [
        """{"weights":{"a":1,"c":2}}""", """{"percentage":30,"weights":{"a":1}}""", """{"percentage":100,"weights":{"a":1}}""", """{"percentage":0,"weights":{"a":1}}""",
        """{"percentage":60,"weights":{"a":1,"c":1},"by":"email"}""", """{"weights":{"a":5,"b":1},"by":"age"}""",
    ]);

    private static FlagContext User(Random random) => TestFlags.User(
        Pick<string?>(random, ["ann", "user-1", "user-123456", "jürgen-müller", "", null]),
        $$"""{"country":{{Pick(random, ["\"DE\"", "\"FR\"", "1", "null"])}},"age":{{Pick(random, ["17", "30", "\"30\"", "-0.0", "1E400"])}}"""
        + $$""","plan":{{Pick(random, ["\"gold\"", "\"enterprise\"", "\"enterprisf\"", "\"\"", "[]"])}},"email":{{Pick(random, ["\"a@x.org\"", "\"a@x.com\"", "true"])}},"version":{{Pick(random, ["\"1.3.0\"", "\"v1\"", "2"])}}}""");

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
