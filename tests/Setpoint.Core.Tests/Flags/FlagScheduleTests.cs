using Setpoint.Core.Flags;
using static Setpoint.Core.Tests.Flags.TestFlags;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagScheduleTests
{
    private const string Scheduled = """
        {"variants":{"on":true,"off":false},"defaultVariant":"off","split":{"percentage":0,"weights":{"on":1}},
         "schedule":{"start":"2026-11-01T08:00:00Z","end":"2026-12-01","steps":[
           {"at":"2026-11-10T00:00:00+02:00","percentage":5},{"at":"2026-11-20","split":{"weights":{"off":1}}},{"at":"2026-11-25","percentage":100},{"at":"2027-01-01","percentage":1}]}}
        """;

    [Theory]
    [InlineData("2026-11-01T07:59:59Z", false, 0)]
    [InlineData("2026-11-01T08:00:00Z", true, 0)]
    [InlineData("2026-11-09T21:59:59Z", true, 0)]
    [InlineData("2026-11-09T22:00:00Z", true, 5_000)]
    [InlineData("2026-11-20T00:00:00Z", true, 100_000)]
    [InlineData("2026-11-30T23:59:59Z", true, 100_000)]
    [InlineData("2026-12-01T00:00:00Z", false, 100_000)]
    public void A_schedule_turns_on_and_off_and_its_last_step_that_has_come_holds(string at, bool isOn, int percentage)
    {
        var set = SetOf(Scheduled);
        var time = FlagTime.At(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture));
        var state = set.StateAt("flag", time).ShouldNotBeNull();
        (state.IsEnabled, state.Split!.Percentage).ShouldBe((isOn, percentage));
        var result = set.Evaluate("flag", User("u"), time);
        result.Reason.ShouldBe(isOn ? FlagReason.Split : FlagReason.Disabled);
    }

    [Fact]
    public void The_next_change_is_told_with_the_flags_that_change_and_then_the_one_after_it()
    {
        var set = SetOf("production", Flag("flag", Scheduled), Flag("other", """{"variants":{"on":true},"schedule":{"end":"2026-12-01T00:00:00Z"}}"""), Flag("plain", """{"variants":{"on":true}}"""));
        var changes = new List<string>();
        for (var at = DateTimeOffset.UnixEpoch; set.NextChange(at) is { } change; at = change.At)
            changes.Add($"{change.At:MM-dd HH:mm} {string.Join('+', change.Keys)}");
        changes.ShouldBe(["11-01 08:00 flag", "11-09 22:00 flag", "11-20 00:00 flag", "11-25 00:00 flag", "12-01 00:00 flag+other"]);
    }

    [Fact]
    public void A_clock_is_looked_at_only_by_flags_that_depend_on_time()
    {
        var clock = new CountingClock();
        var set = SetOf(
            "production",
            Flag("plain", """{"variants":{"on":true},"defaultVariant":"on"}"""),
            Flag("rules", """{"variants":{"on":true},"rules":[{"when":{"missing":["x"]},"serve":"on"}],"split":{"weights":{"on":1}}}"""),
            Flag("scheduled", """{"variants":{"on":true},"defaultVariant":"on","schedule":{"start":"2020-01-01"}}"""),
            Flag("timed", """{"variants":{"on":true},"targeting":{"if":[{">":[{"var":"$flagd.timestamp"},0]},"on"]}}"""));
        set.Evaluate("plain", User("u"), clock).Variant.ShouldBe("on");
        set.Evaluate("rules", User("u"), clock).Variant.ShouldBe("on");
        clock.Looks.ShouldBe(0);
        set.Evaluate("scheduled", User("u"), clock).Variant.ShouldBe("on");
        clock.Looks.ShouldBe(1);
        set.Evaluate("timed", User("u"), clock).Variant.ShouldBe("on");
        clock.Looks.ShouldBe(2);
    }

    private sealed class CountingClock : TimeProvider
    {
        public int Looks { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            Looks++;
            return Now;
        }
    }
}
