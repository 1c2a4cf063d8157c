using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Formats;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Rollouts;
using Setpoint.Core.Tests.Ledger;
using Setpoint.Core.Tests.Rollouts;
using static Setpoint.Core.Tests.Flags.TestFlags;

namespace Setpoint.Core.Tests.Flags;

/// <summary>
/// A bug while one flag is compiled. Every flag that the Gate lets through compiles as far as anybody knows, so these are models that no document
/// makes: what is known of them lacks an array.
/// </summary>
public sealed class FlagFailureTests
{
    private const string On = """{"variants":{"on":true,"off":false},"defaultVariant":"on"}""";
    private const string Staff = """{"variants":{"on":true,"off":false},"defaultVariant":"off","rules":[{"when":{"segment":"staff"},"serve":"on"}]}""";
    private const string Needs = """{"variants":{"on":true,"off":false},"defaultVariant":"on","offVariant":"off","dependencies":[{"flag":"broken"}]}""";

    [Fact]
    public void A_flag_that_a_bug_keeps_from_being_compiled_answers_an_error_and_all_others_work()
    {
        var set = FlagSet.Compile(Broken(SourceOf(Flag("broken", On), Flag("needs", Needs), Flag("plain", On), Flag("zebra", On))));

        set.Failures.ShouldHaveSingleItem().Address.ShouldBe("flag/shop/broken");
        set.Failures[0].Exception.ShouldBeAssignableTo<SystemException>();
        set.Count.ShouldBe(4);
        var wrong = set.Evaluate(key: "broken");
        wrong.ShouldBe(null, FlagReason.Error, FlagError.ParseError);
        wrong.ErrorMessage.ShouldNotBeNull().ShouldContain("'broken' could not be compiled");
        set.GetBoolean("broken", true, FlagContext.Empty, Now).ShouldBeTrue("the caller's default stands");
        set.Evaluate(key: "needs").ShouldBe("off", FlagReason.PrerequisiteFailed);
        set.Evaluate(key: "plain").ShouldBe("on", FlagReason.Static);
        set.Evaluate(key: "zebra").ShouldBe("on", FlagReason.Static);
        set.Explain("broken", FlagContext.Empty, Now).ShouldNotBeNull().Result.Error.ShouldBe(FlagError.ParseError);
        set.StateAt("broken", Now).ShouldBe(new FlagState(true, null, null));
    }

    [Fact]
    public void Exports_leave_a_flag_that_failed_out_and_say_so()
    {
        var set = FlagSet.Compile(Broken(SourceOf(Flag("broken", On), Flag("needs", Needs), Flag("plain", On))));

        var flagd = FlagdFormat.Export(set, Now);
        var microsoft = MicrosoftFormat.Export(set, Now);

        flagd.Document.ToString().ShouldNotContain("\"broken\"");
        flagd.Document["flags"].ShouldBeOfType<JsonObject>().Contains("plain").ShouldBeTrue();
        flagd.Document.ToString().ShouldContain("\"needs\"");
        flagd.Notes.ShouldContain(note => note.StartsWith("broken: a bug", StringComparison.Ordinal));
        microsoft.Document.ToString().ShouldNotContain("\"broken\"");
        microsoft.Notes.ShouldContain(note => note.StartsWith("broken: a bug", StringComparison.Ordinal));
    }

    [Fact]
    public void Answers_of_a_flag_that_failed_are_counted_like_any_other()
    {
        var set = FlagSet.Compile(Broken(SourceOf(Flag("broken", On))) with { CountsUsage = true });
        set.Evaluate(key: "broken");
        set.DrainUsage().ShouldBe([new FlagUsage("broken", null, FlagReason.Error, 1)]);
    }

    [Fact]
    public void A_segment_that_fails_takes_down_the_flags_that_name_it_and_no_other()
    {
        var source = SourceOf(Segment("staff", """{"included":["ann"]}"""), Flag("staff-1", Staff), Flag("plain", On), Flag("staff-2", Staff));
        var set = FlagSet.Compile(source with { FindSegment = key => source.FindSegment(key)! with { Included = default } });

        set.Failures.Select(failure => failure.Address).ShouldBe(["flag/shop/staff-1", "flag/shop/staff-2"]);
        set.Evaluate(User("ann"), "staff-1").ShouldBe(null, FlagReason.Error, FlagError.ParseError);
        set.Evaluate(User("ann"), "staff-2").ShouldBe(null, FlagReason.Error, FlagError.ParseError);
        set.Evaluate(User("ann"), "plain").ShouldBe("on", FlagReason.Static);
    }

    [Fact]
    public void What_failed_is_told_once_and_works_again_once_it_is_written_anew()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(Flag("broken", On), Flag("plain", On));
        var broken = Broken(FlagSetSource.Of(ledger.Snapshot, Namespace, "production"));
        var first = FlagSet.Compile(broken);
        first.Failures.Length.ShouldBe(1);

        var second = FlagSet.Compile(broken, first);
        second.Failures.ShouldBeEmpty("it is the flag of before");
        second.Evaluate(key: "broken").ShouldBe(null, FlagReason.Error, FlagError.ParseError);

        ledger.Commit(Flag("broken", On.Replace("\"on\"}", "\"off\"}", StringComparison.Ordinal)));
        var third = Compile(ledger.Snapshot, previous: second);
        third.Failures.ShouldBeEmpty();
        third.Evaluate(key: "broken").ShouldBe("off", FlagReason.Static);
        FlagDifference.Between(second, third).ShouldBe(["broken"]);
    }

    [Fact]
    public void Arms_of_a_rollout_that_fails_are_not_silently_nobodys()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(TestLedger.Set("config/mail/base", """{"a":1}"""), TestRollouts.Everybody("new-host", """{"a":2}"""));
        var rollouts = ledger.Snapshot.Rollouts().In(TestRollouts.Namespace)!;
        var rollout = rollouts.Find("new-host")!;
        var broken = rollout with { Choice = rollout.Choice with { Variants = default } };

        var thrown = Should.Throw<InvalidOperationException>(() => new ArmSet(ledger.Snapshot, rollouts, "production", [broken], previous: null));

        thrown.Message.ShouldContain("rollout/mail/new-host");
        thrown.InnerException.ShouldNotBeNull();
    }

    private static FlagSetSource SourceOf(params ReadOnlySpan<ProposedChange> changes)
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit([.. changes]);
        return FlagSetSource.Of(ledger.Snapshot, Namespace, "production");
    }

    private static FlagSetSource Broken(FlagSetSource source) =>
        source with { Flags = [.. source.Flags.Select(flag => flag.Key == "broken" ? flag with { Variants = default } : flag)] };
}
