using Setpoint.Faults.Host;

namespace Setpoint.Faults.Linearizability;

/// <summary>The checker itself, before anything of ours is judged by it.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void The_public_histories_get_their_verdicts()
    {
        if (ServerProgram.Conformance is not { } suites)
        {
            Assert.Skip("The conformance suites are not on this machine; set SETPOINT_CONFORMANCE to their folder.");
            return;
        }

        var histories = File.ReadLines(Path.Combine(suites, "linearizability", "histories.jsonl")).Select(History.Parse).ToList();
        histories.Count.ShouldBe(37);
        var wrong = histories
            .Where(history => Checker.FindViolation(history.Operations) is null != history.Linearizable)
            .Select(history => $"{history.Id} ({history.Injected})");
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void A_write_that_was_never_answered_may_take_effect_late_or_never()
    {
        var unknown = Put(client: 0, call: 1, value: "lost", expect: 0) with { Outcome = OperationOutcome.Unknown, Return = null };

        Checker.FindViolation([unknown, Get(call: 2, ret: 3, version: 0, value: null)]).ShouldBeNull();
        Checker.FindViolation([unknown, Get(call: 2, ret: 3, version: 0, value: null), Get(call: 4, ret: 5, version: 1, value: "lost")]).ShouldBeNull();
        Checker.FindViolation([unknown, Get(call: 2, ret: 3, version: 1, value: "lost"), Get(call: 4, ret: 5, version: 0, value: null)]).ShouldBe("k");
    }

    [Fact]
    public void Two_clients_cannot_both_create()
    {
        Checker.FindViolation([Put(0, 1, "a", 0), Put(1, 1, "b", 0)]).ShouldBe("k");
        Checker.FindViolation([Put(0, 1, "a", 0), Put(1, 1, "b", 0) with { Outcome = OperationOutcome.Conflict, Version = 1 }]).ShouldBeNull();
    }

    [Fact]
    public void An_acknowledged_write_that_a_later_read_does_not_see_is_found()
    {
        Checker.FindViolation([Put(0, 1, "a", 0), Get(call: 11, ret: 12, version: 0, value: null)]).ShouldBe("k");
        // Operations that touch are concurrent.
        Checker.FindViolation([Put(0, 1, "a", 0), Get(call: 10, ret: 12, version: 0, value: null)]).ShouldBeNull();
    }

    private static Operation Put(int client, long call, string value, long expect) =>
        new(client, "k", OperationKind.Put, OperationOutcome.Ok, call, call + 9, expect, value, expect + 1, null);

    private static Operation Get(long call, long ret, long version, string? value) =>
        new(9, "k", OperationKind.Get, OperationOutcome.Ok, call, ret, Operation.Any, null, version, value);
}
