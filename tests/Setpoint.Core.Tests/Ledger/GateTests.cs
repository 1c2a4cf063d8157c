using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Ledger;

public sealed class GateTests
{
    [Fact]
    public void Every_document_of_a_wrong_shape_is_reported_at_once()
    {
        var ledger = WithEnvironments();

        var violations = ledger.Violations(
            Set("environment/qa", """{"parent":7,"colour":"red"}"""),
            Set("namespace/mail", """{"kind":"robot","includes":"lib"}"""),
            Set("config/mail/base", """{"Port":1,"port":2}"""),
            Set("config/mail/runtime/production", """{"config":{}}"""),
            Set("config/mail/nowhere", "{}"));

        violations.Select(violation => (violation.Address!.Text, violation.Path, violation.Code)).ShouldBe(
            [
                ("environment/qa", "/parent", ViolationCode.InvalidParameterType),
                ("environment/qa", "/colour", ViolationCode.MalformedDocument),
                ("namespace/mail", "/kind", ViolationCode.ConstraintViolation),
                ("namespace/mail", "/includes", ViolationCode.InvalidParameterType),
                ("config/mail/base", "/port", ViolationCode.ConstraintViolation),
                ("config/mail/runtime/production", "/expiresAt", ViolationCode.MissingRequiredParameter),
                ("config/mail/nowhere", "", ViolationCode.MalformedDocument),
            ],
            ignoreOrder: true);
        violations.ShouldAllBe(violation => violation.Message.Length > 0);
    }

    [Fact]
    public void Every_broken_rule_of_every_kind_is_reported_at_once()
    {
        var ledger = WithEnvironments();

        var violations = ledger.Violations(
            Set("environment/qa", """{"parent":"nobody"}"""),
            Set("namespace/mail", """{"includes":["lib","global"]}"""),
            Set("config/mail/env/moon", """{"a":1}"""),
            Set("config/mail/runtime/production", """{"expiresAt":"2020-01-01T00:00:00.000Z","config":{}}"""));

        violations.Select(violation => (violation.Address!.Text, violation.Path, violation.Code)).ShouldBe(
            [
                ("environment/qa", "/parent", ViolationCode.UnknownReference),
                ("namespace/mail", "/includes/0", ViolationCode.UnknownReference),
                ("namespace/mail", "/includes/1", ViolationCode.ConstraintViolation),
                ("config/mail/env/moon", "", ViolationCode.UnknownReference),
                ("config/mail/runtime/production", "/expiresAt", ViolationCode.ConstraintViolation),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void A_stale_version_is_refused_and_names_both()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""));
        ledger.Commit(Set("config/mail/base", """{"a":2}"""));

        var stale = ledger.Refused(Set("config/mail/base", """{"a":3}""", expectedVersion: 1)).ShouldBeOfType<Fault.Stale>();

        stale.Expected.ShouldBe(1);
        stale.Actual.ShouldBe(2);
        stale.Message.ShouldContain("version 2");
        stale.Message.ShouldContain("expected 1");
        stale.Address.Text.ShouldBe("config/mail/base");
    }

    [Theory]
    [InlineData(0L, true)]
    [InlineData(1L, false)]
    public void Version_zero_means_that_it_must_not_exist(long expected, bool accepted)
    {
        var ledger = new TestLedger();
        ledger.Judge(Set("config/mail/base", "{}", expected)).IsFault.ShouldBe(!accepted);
    }

    [Fact]
    public void A_removed_document_does_not_exist_for_conditions_and_its_old_version_is_stale()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""));
        ledger.Commit(Remove("config/mail/base"));

        ledger.Refused(Set("config/mail/base", """{"a":2}""", expectedVersion: 1)).ShouldBeOfType<Fault.Stale>().Actual.ShouldBe(0);
        ledger.Refused(Set("config/mail/base", """{"a":2}""", expectedVersion: 2)).ShouldBeOfType<Fault.Stale>().Actual.ShouldBe(0);
        ledger.Commit(Set("config/mail/base", """{"a":2}""", expectedVersion: 0)).Commit!.Revision.ShouldBe(3);
    }

    [Fact]
    public void A_condition_is_checked_even_if_nothing_would_change()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""));
        ledger.Refused(Set("config/mail/base", """{"a":1}""", expectedVersion: 9)).ShouldBeOfType<Fault.Stale>();
    }

    [Fact]
    public void What_changes_nothing_makes_no_commit()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"a":1,"b":[1,2]}"""));
        var before = ledger.Snapshot;

        var verdict = ledger.Judge(Set("config/mail/base", """{"b":[1,2],"a":1}"""), Remove("config/mail/user/nobody")).Value;

        verdict.Commit.ShouldBeNull();
        verdict.After.ShouldBeSameAs(before);
        verdict.Unchanged.ShouldBe([new(Address.Parse("config/mail/base"), 1), new(Address.Parse("config/mail/user/nobody"), 0)]);
    }

    [Fact]
    public void Only_what_changes_is_in_the_commit()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""));

        var verdict = ledger.Commit(Set("config/mail/base", """{"a":1}"""), Set("config/mail/user/ann", """{"a":2}"""));

        verdict.Commit!.Changes.Select(change => change.Address.Text).ShouldBe(["config/mail/user/ann"]);
        verdict.Unchanged.ShouldBe([new(Address.Parse("config/mail/base"), 1)]);
        ledger.Snapshot.Find(Address.Parse("config/mail/base"))!.Version.ShouldBe(1);
    }

    [Fact]
    public void An_address_may_occur_once()
    {
        var violation = new TestLedger().Violation(Set("config/mail/base", """{"a":1}"""), Set("config/mail/base", """{"a":2}"""));
        violation.Message.ShouldContain("config/mail/base occurs twice");
    }

    [Fact]
    public void A_kind_that_does_not_exist_is_refused_with_those_that_do()
    {
        var violation = new TestLedger().Violation(Set("robot/mail", "{}"));
        violation.Code.ShouldBe(ViolationCode.UnknownReference);
        violation.Message.ShouldContain("'robot'");
        violation.Message.ShouldContain("environment, namespace, schema, config");
    }

    [Fact]
    public void Ten_thousand_changes_are_taken_and_one_more_is_not()
    {
        var ledger = new TestLedger();
        var changes = Enumerable.Range(0, Limits.CommitChangesMax + 1).Select(i => Set($"namespace/n{i}", "{}")).ToImmutableArray();

        var fault = ledger.Refused(changes).ShouldBeOfType<Fault.TooLarge>();
        fault.Message.ShouldContain("10001");
        fault.Message.ShouldContain("10000");
        ledger.Commit(changes[..^1]).Commit!.Changes.Length.ShouldBe(10_000);
    }

    [Theory]
    [InlineData("config/mail/user/u{0}", 1)]
    [InlineData("config/n{0}/base", 5_000)]
    public void The_largest_commit_is_judged_in_time_that_grows_with_its_size_and_not_with_the_square(string address, int namespaces)
    {
        var ledger = new TestLedger();
        var changes = Enumerable.Range(0, 5_000).Select(i => Set(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, i), """{"a":1}""")).ToImmutableArray();

        // A tenth of a second; with the square it was several.
        ProcessorTime.Of(() => ledger.Commit(changes).Commit!.Changes.Length.ShouldBe(5_000 + namespaces)).ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("a", 4096, true)]
    [InlineData("a", 4097, false)]
    [InlineData("é", 2048, true)]
    [InlineData("é", 2049, false)]
    public void A_message_has_at_most_4_KiB_of_UTF_8(string letter, int count, bool accepted)
    {
        var proposal = ProposalOf(Set("config/mail/base", "{}")) with { Message = string.Concat(Enumerable.Repeat(letter, count)) };
        var judged = Gate.Judge(new TestLedger().Snapshot, proposal, Start);
        judged.IsFault.ShouldBe(!accepted);
        if (!accepted)
            judged.Fault.ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("the limit is 4096");
    }

    [Fact]
    public void Tags_are_bounded_in_number_and_length()
    {
        var snapshot = new TestLedger().Snapshot;
        var proposal = ProposalOf(Set("config/mail/base", "{}"));

        Gate.Judge(snapshot, proposal with { Tags = [.. Enumerable.Range(0, 32).Select(i => $"t{i}")] }, Start).IsFault.ShouldBeFalse();
        Gate.Judge(snapshot, proposal with { Tags = [.. Enumerable.Range(0, 33).Select(i => $"t{i}")] }, Start).Fault.ShouldBeOfType<Fault.TooLarge>();
        Gate.Judge(snapshot, proposal with { Tags = [new string('t', 64)] }, Start).IsFault.ShouldBeFalse();
        Gate.Judge(snapshot, proposal with { Tags = [new string('t', 65)] }, Start).Fault.ShouldBeOfType<Fault.TooLarge>();
        Gate.Judge(snapshot, proposal with { Tags = [""] }, Start).Fault.ShouldBeOfType<Fault.TooLarge>();
    }

    [Fact]
    public void A_document_has_at_most_1_MiB_of_text()
    {
        var ledger = new TestLedger();
        // {"a":"..."} has eight bytes around the text.
        ProposedChange Sized(int bytes) => new(Address.Parse("config/mail/base"), new JsonObjectBuilder().Add("a", new string('x', bytes - 8)).Build());

        var fault = ledger.Refused(Sized((1024 * 1024) + 1)).ShouldBeOfType<Fault.TooLarge>();
        fault.Message.ShouldContain("config/mail/base");
        fault.Message.ShouldContain("1048576");
        ledger.Commit(Sized(1024 * 1024)).Commit.ShouldNotBeNull();
    }

    [Fact]
    public void A_document_is_at_most_64_levels_deep()
    {
        var ledger = new TestLedger();
        ProposedChange Nested(int levels)
        {
            JsonValue value = JsonNumber.Of(1);
            for (var i = 0; i < levels; i++)
                value = new JsonObjectBuilder().Add("a", value).Build();
            return new(Address.Parse("config/mail/base"), (JsonObject)value);
        }

        ledger.Refused(Nested(65)).ShouldBeOfType<Fault.TooLarge>().Message.ShouldContain("65");
        ledger.Commit(Nested(64)).Commit.ShouldNotBeNull();
    }

    [Fact]
    public void A_document_that_grows_without_end_when_written_out_is_refused_before_it_is_written_out()
    {
        // Thirty-six levels that each hold the one below twice: small in memory, and 2 to the 36 numbers as text.
        JsonValue value = JsonNumber.Of(1);
        for (var i = 0; i < 36; i++)
            value = new JsonObjectBuilder().Add("a", value).Add("b", value).Build();

        new TestLedger().Refused(new ProposedChange(Address.Parse("config/mail/base"), (JsonObject)value)).ShouldBeOfType<Fault.TooLarge>();
    }

    [Fact]
    public void A_first_configuration_creates_its_namespace_in_the_same_commit()
    {
        var ledger = new TestLedger();

        var commit = ledger.Commit(Set("config/mail/base", "{}"), Set("config/mail/user/ann", """{"a":1}"""), Set("config/global/base", """{"b":1}""")).Commit!;

        commit.Changes.Select(change => change.Address.Text).ShouldBe(["config/mail/base", "config/mail/user/ann", "config/global/base", "namespace/mail", "namespace/global"]);
        ledger.Snapshot.Find(Address.Parse("namespace/mail"))!.Body!.ToString().ShouldBe("""{"kind":"service"}""");
        ledger.Snapshot.Find(Address.Parse("namespace/global"))!.Body!.ToString().ShouldBe("""{"kind":"shared"}""");
        ledger.Commit(Set("config/mail/base", """{"a":2}""")).Commit!.Changes.Length.ShouldBe(1, "it exists now");
    }

    [Theory]
    [InlineData("flag/shop/banner", """{"variants":{"on":true}}""")]
    [InlineData("segment/shop/staff", """{"included":["ann"]}""")]
    public void A_first_flag_or_segment_creates_its_namespace_as_a_configuration_does(string address, string document)
    {
        var ledger = new TestLedger();

        ledger.Commit(Set(address, document)).Commit!.Changes.Select(change => change.Address.Text).ShouldBe([address, "namespace/shop"]);

        ledger.Snapshot.Find(Address.Parse("namespace/shop"))!.Body!.ToString().ShouldBe("""{"kind":"service"}""");
        ledger.Commit(Remove(address)).Commit!.Changes.Length.ShouldBe(1);
        ledger.Snapshot.Namespaces().Contains("shop").ShouldBeTrue("what was made stays until somebody removes it");
        ledger.Violations(Set(address.Replace("shop", "Shop", StringComparison.Ordinal), document)).ShouldContain(one => one.Message.Contains("differs only in case"));
    }

    [Fact]
    public void A_schema_may_come_before_its_namespace_and_does_not_create_it()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("schema/shop", """{"schema":true}""")).Commit!.Changes.Length.ShouldBe(1);
        ledger.Snapshot.Namespaces().Contains("shop").ShouldBeFalse();
    }

    [Fact]
    public void A_namespace_that_the_commit_describes_itself_is_not_implied_and_one_that_it_removes_is_refused()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/lib/base", "{}"), Set("namespace/lib", """{"kind":"shared"}""")).Commit!.Changes.Length.ShouldBe(2);
        ledger.Snapshot.Namespaces().TryFind("lib", out var lib).ShouldBeTrue();
        lib!.NamespaceKind.ShouldBe("shared");

        var violation = ledger.Violation(Remove("namespace/lib"), Set("config/lib/base", """{"a":1}"""));
        violation.Address!.Text.ShouldBe("namespace/lib");
        violation.Message.ShouldContain("still has config/lib/base");
    }

    [Fact]
    public void A_refused_first_configuration_leaves_no_namespace_behind()
    {
        var ledger = new TestLedger();
        ledger.Violation(Set("config/mail/env/moon", "{}"));
        ledger.Snapshot.Namespaces().Contains("mail").ShouldBeFalse();
        ledger.Snapshot.Revision.ShouldBe(0);
    }

    [Fact]
    public void The_same_snapshot_proposal_and_time_give_the_same_verdict()
    {
        var ledger = WithEnvironments();
        var proposal = ProposalOf(Set("config/mail/base", """{"a":1}"""), Set("config/mail/env/staging", """{"a":2}""")) with { Message = "why", Tags = ["t"] };
        var before = ledger.Snapshot;

        var first = Gate.Judge(before, proposal, Start).Value;
        var second = Gate.Judge(before, proposal, Start).Value;

        second.Commit!.Hash.ShouldBe(first.Commit!.Hash);
        CommitHash.Of(first.Commit).ShouldBe(first.Commit.Hash);
        first.After.Hash.ShouldBe(first.Commit.Hash);
        before.Revision.ShouldBe(1, "judging changes nothing");
        before.Configs().Find("mail").ShouldBeNull();
    }

    [Fact]
    public void A_plan_that_refuses_is_the_verdict()
    {
        var fault = new Fault.Conflict("The plan says no.");
        Gate.Judge(new TestLedger().Snapshot, new Proposal("tester", "", [], _ => fault), Start).Fault.ShouldBeSameAs(fault);
    }

    [Fact]
    public void Commit_times_are_whole_milliseconds_and_never_go_back()
    {
        var ledger = new TestLedger { Now = Start.AddTicks(12_345) };
        ledger.Commit(Set("config/mail/base", """{"a":1}""")).Commit!.At.ShouldBe(Start.AddMilliseconds(1));

        ledger.Now = Start.AddHours(-1);
        var second = ledger.Commit(Set("config/mail/base", """{"a":2}""")).Commit!;

        second.At.ShouldBe(Start.AddMilliseconds(1));
        second.Changes[0].After.At.ShouldBe(second.At);
        second.At.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_number_written_with_other_digits_is_a_change()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"ratio":0.1}"""));
        ledger.Commit(Set("config/mail/base", """{"ratio":0.10}""")).Commit.ShouldNotBeNull();
        ledger.Snapshot.Find(Address.Parse("config/mail/base"))!.Body!.ShouldBe(JsonSamples.ObjectOf("""{"ratio":0.10}"""));
    }
}
