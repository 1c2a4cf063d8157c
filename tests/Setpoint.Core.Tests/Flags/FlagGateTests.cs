using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Segments;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;
using Setpoint.TestKit;
using static Setpoint.Core.Tests.Flags.TestFlags;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagGateTests
{
    private const string Plain = """{"variants":{"on":true,"off":false}}""";

    private readonly TestLedger _ledger = TestLedger.WithEnvironments();

    [Theory]
    [InlineData("""{"variants":{"on":true,"off":"no"}}""", "/variants/off", ViolationCode.InvalidParameterType, "a boolean")]
    [InlineData("""{"variants":{}}""", "/variants", ViolationCode.ConstraintViolation, "1 to 256")]
    [InlineData("""{}""", "/variants", ViolationCode.MissingRequiredParameter, "required")]
    [InlineData("""{"variants":{"on":[1]}}""", "/variants/on", ViolationCode.InvalidParameterType, "an array")]
    [InlineData("""{"variants":{"on":1e400}}""", "/variants/on", ViolationCode.ConstraintViolation, "double")]
    [InlineData("""{"variants":{"on":true},"type":"string"}""", "/variants/on", ViolationCode.InvalidParameterType, "'type'")]
    [InlineData("""{"variants":{"on":true},"defaultVariant":"of"}""", "/defaultVariant", ViolationCode.UnknownReference, "'of'")]
    [InlineData("""{"variants":{"on":true},"offVariant":"off"}""", "/offVariant", ViolationCode.UnknownReference, "'off'")]
    [InlineData("""{"variants":{"on":true},"state":"ENABLED"}""", "/state", ViolationCode.ConstraintViolation, "enabled or disabled")]
    [InlineData("""{"variants":{"on":true},"split":{"weights":{"on":-1}}}""", "/split/weights/on", ViolationCode.ConstraintViolation, "-1")]
    [InlineData("""{"variants":{"on":true},"split":{"weights":{"on":0}}}""", "/split/weights", ViolationCode.ConstraintViolation, "add up to 0")]
    [InlineData("""{"variants":{"on":true},"split":{"weights":{"on":0.5}}}""", "/split/weights/on", ViolationCode.ConstraintViolation, "integer")]
    [InlineData("""{"variants":{"on":1,"off":2},"split":{"weights":{"on":2147483647,"off":1}}}""", "/split/weights", ViolationCode.ConstraintViolation, "2147483648")]
    [InlineData("""{"variants":{"on":true},"split":{"percentage":101,"weights":{"on":1}}}""", "/split/percentage", ViolationCode.ConstraintViolation, "101")]
    [InlineData("""{"variants":{"on":true},"split":{"percentage":0.0001,"weights":{"on":1}}}""", "/split/percentage", ViolationCode.ConstraintViolation, "three decimals")]
    [InlineData("""{"variants":{"on":true},"schedule":{"start":"tomorrow"}}""", "/schedule/start", ViolationCode.ConstraintViolation, "'tomorrow'")]
    [InlineData("""{"variants":{"on":true},"schedule":{"end":"2026-12-01T10:00:00"}}""", "/schedule/end", ViolationCode.ConstraintViolation, "no date")]
    [InlineData("""{"variants":{"on":true},"schedule":{"start":"2026-12-02","end":"2026-12-01"}}""", "/schedule/end", ViolationCode.ConstraintViolation, "not after")]
    [InlineData("""{"variants":{"on":true},"split":{"weights":{"on":1}},"schedule":{"steps":[{"at":"2026-12-02","percentage":null}]}}""", "/schedule/steps/0", ViolationCode.ConstraintViolation, "either")]
    [InlineData("""{"variants":{"on":true},"split":{"weights":{"on":1}},"schedule":{"steps":[{"at":"2026-12-02","split":null}]}}""", "/schedule/steps/0", ViolationCode.ConstraintViolation, "either")]
    [InlineData("""{"variants":{"on":true},"schedule":{"steps":[{"at":"2026-12-02","percentage":5}]}}""", "/schedule/steps/0", ViolationCode.ConstraintViolation, "'split'")]
    [InlineData("""{"variants":{"on":true},"expectedRemoval":"soon"}""", "/expectedRemoval", ViolationCode.ConstraintViolation, "'soon'")]
    [InlineData("""{"variants":{"on":true},"targeting":{"like":[1,2]}}""", "/targeting/like", ViolationCode.UnknownReference, "operator 'like'")]
    [InlineData("""{"variants":{"on":true},"targeting":{"==":[1]}}""", "/targeting/==", ViolationCode.ConstraintViolation, "2 arguments")]
    [InlineData("""{"variants":{"on":true},"targeting":{"if":[{"var":"x"},"on","of"]}}""", "/targeting/if/2", ViolationCode.UnknownReference, "'of'")]
    [InlineData("""{"variants":{"on":true},"targeting":{"fractional":[["on",1],["of",1]]}}""", "/targeting/fractional/1/0", ViolationCode.UnknownReference, "'of'")]
    [InlineData("""{"variants":{"on":true},"targeting":{"==":[{"var":"x"},1]}}""", "/targeting/==", ViolationCode.UnknownReference, "true or false")]
    [InlineData("""{"variants":{"on":true},"targeting":{"var":"x"},"split":{"weights":{"on":1}}}""", "/targeting", ViolationCode.ConstraintViolation, "beside 'split'")]
    [InlineData("""{"variants":{"on":true},"rules":[{"when":{"sem_ver":[{"var":"v"},">","x"]},"serve":"on"}]}""", "/rules/0/when/sem_ver/2", ViolationCode.ConstraintViolation, "no version")]
    [InlineData("""{"variants":{"on":true},"rules":[{"when":{"segment":"nobody"},"serve":"on"}]}""", "/rules/0/when/segment/0", ViolationCode.ConstraintViolation, "no segment 'nobody'")]
    [InlineData("""{"variants":{"on":true},"rules":[{"when":true,"serve":"of"}]}""", "/rules/0/serve", ViolationCode.UnknownReference, "'of'")]
    [InlineData("""{"variants":{"on":true},"environments":{"prod":{}}}""", "/environments/prod", ViolationCode.UnknownReference, "'prod'")]
    [InlineData("""{"variants":{"on":true},"dependencies":[{"flag":"nothing"}]}""", "/dependencies/0/flag", ViolationCode.UnknownReference, "'nothing'")]
    [InlineData("""{"variants":{"on":true},"metadata":{"a":[]}}""", "/metadata/a", ViolationCode.InvalidParameterType, "an array")]
    [InlineData("""{"variants":{"on":true},"enabled":true}""", "/enabled", ViolationCode.MalformedDocument, "not known")]
    public void A_mistake_is_refused_and_named_with_its_place(string json, string path, string code, string says)
    {
        var violation = _ledger.Violation(Flag("flag", json));
        (violation.Path, violation.Code).ShouldBe((path, code), violation.Message);
        violation.Message.ShouldContain(says);
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var found = _ledger.Violations(Flag("flag", """
            {"variants":{"on":true},"rules":[{"when":{"like":[1]},"serve":"on"},{"when":{"<":[1]},"serve":"on"}],
             "environments":{"nowhere":{"rules":[{"when":{"nope":1},"serve":"on"}]}},"dependencies":[{"flag":"gone"}]}
            """));
        found.Select(violation => violation.Path).ShouldBe(
            ["/rules/0/when/like", "/rules/1/when/<", "/environments/nowhere", "/environments/nowhere/rules/0/when/nope", "/dependencies/0/flag"]);
    }

    [Fact]
    public void A_key_may_be_any_text_but_not_over_128_characters()
    {
        _ledger.Commit(Flag("Neuer Kassenablauf/ünï 1.0", Plain));
        FlagKeys.IsValid(new string('k', 128)).ShouldBeTrue();
        foreach (var key in (string[])[new('k', 129), "", "  ", "a\nb", "..", "\ud83d"])
            FlagKeys.IsValid(key).ShouldBeFalse();
        Should.Throw<FormatException>(() => Flag(new string('k', 129), Plain)).Message.ShouldContain("128");
    }

    [Fact]
    public void A_circle_of_dependencies_is_refused_and_named_in_full()
    {
        _ledger.Commit(Flag("a", Plain), Flag("b", Depending("a")), Flag("c", Depending("b")));
        var violation = _ledger.Violation(Flag("a", Depending("c")));
        (violation.Path, violation.Code).ShouldBe(("/dependencies", ViolationCode.CircularDependency));
        violation.Message.ShouldContain("a -> c -> b -> a");
        _ledger.Violation(Flag("self", Depending("self"))).Message.ShouldContain("self -> self");
    }

    [Fact]
    public void A_chain_of_dependencies_that_would_take_too_long_is_refused_whoever_makes_it_long()
    {
        // Each flag depends on the two before it: evaluations grow like Fibonacci's numbers.
        _ledger.Commit(Flag("e", Plain), Flag("f0", Plain), Flag("f1", Plain));
        for (var i = 2; i < 9; i++)
            _ledger.Commit(Flag($"f{i}", Depending($"f{i - 1}", $"f{i - 2}")));
        _ledger.Violation(Flag("f9", Depending("f8", "f7"))).Message.ShouldContain("'f9' takes more than 100");
        // And from below: f1 becomes longer, and so does f8.
        _ledger.Violation(Flag("f1", Depending("f0", "e"))).Message.ShouldContain("'f8'");
    }

    [Fact]
    public void A_flag_that_others_depend_on_stays_with_the_variants_that_they_wait_for()
    {
        _ledger.Commit(Flag("a", Plain), Flag("b", """{"variants":{"on":true},"dependencies":[{"flag":"a","variants":["off"]}]}"""), Flag("c", Depending("a")));
        var removed = _ledger.Violation(new ProposedChange(FlagKind.AddressOf(Namespace, "a"), null));
        removed.Message.ShouldContain("depended on by b, c");
        _ledger.Violation(Flag("a", """{"variants":{"on":true}}""")).Message.ShouldContain("'off' is gone, and flag 'b'");
        _ledger.Commit(
            new ProposedChange(FlagKind.AddressOf(Namespace, "a"), null), new ProposedChange(FlagKind.AddressOf(Namespace, "b"), null), new ProposedChange(FlagKind.AddressOf(Namespace, "c"), null));
        _ledger.Snapshot.Flags().In(Namespace).Flags.ShouldBeEmpty();
    }

    [Fact]
    public void A_segment_in_use_stays_unless_the_global_one_takes_its_place()
    {
        _ledger.Commit(Segment("beta", """{"included":["u"]}"""), Flag("a", """{"variants":{"on":true},"rules":[{"when":{"segment":"beta"},"serve":"on"}]}"""));
        var remove = new ProposedChange(SegmentKind.AddressOf(Namespace, "beta"), null);
        _ledger.Violation(remove).Message.ShouldContain("flag/shop/a");
        _ledger.Commit(new ProposedChange(SegmentKind.AddressOf(Names.Global, "beta"), JsonSamples.ObjectOf("""{"included":["v"]}""")), remove);
        Compile(_ledger.Snapshot).Evaluate(User("v"), "a").Variant.ShouldBe("on");
    }

    [Fact]
    public void An_environment_that_flags_speak_of_stays()
    {
        _ledger.Commit(Flag("a", """{"variants":{"on":true},"environments":{"staging":{"state":"disabled"}}}"""));
        _ledger.Violation(TestLedger.Remove("environment/staging")).Message.ShouldContain("flag/shop/a");
        _ledger.Commit(Flag("a", Plain));
        _ledger.Commit(TestLedger.Remove("environment/staging"));
    }

    [Fact]
    public void A_segment_with_a_bad_condition_or_nobody_in_it_is_refused()
    {
        _ledger.Violation(Segment("s", """{"when":{"segment":"other"}}""")).Path.ShouldBe("/when/segment");
        _ledger.Violation(Segment("s", "{}")).Code.ShouldBe(ViolationCode.MissingRequiredParameter);
    }

    [Fact]
    public void Deep_and_huge_expressions_are_refused()
    {
        JsonValue deep = JsonBoolean.True;
        for (var i = 0; i < 70; i++)
            deep = JsonObject.Empty.With("!", deep);
        var flag = JsonSamples.ObjectOf(Plain).With("rules", new JsonArray([JsonObject.Empty.With("when", deep).With("serve", new JsonString("on"))]));
        _ledger.Judge(new ProposedChange(FlagKind.AddressOf(Namespace, "deep"), flag)).Fault.ShouldBeOfType<Fault.TooLarge>();
        var huge = string.Join(',', Enumerable.Repeat("1", 110_000));
        _ledger.Violation(Flag("huge", $$"""{"variants":{"on":true},"rules":[{"when":{"in":[1,[{{huge}}]]},"serve":"on"}]}""")).Message.ShouldContain("100000");
    }

    [Fact]
    public void Ten_thousand_flags_cost_what_a_commit_touches()
    {
        for (var part = 0; part < 10; part++)
            _ledger.Commit([.. Enumerable.Range(part * 1000, 1000).Select(i => Flag(string.Create(CultureInfo.InvariantCulture, $"flag-{i}"), i % 10 == 1 ? Depending($"flag-{i - 1}") : Plain))]);
        var set = Compile(_ledger.Snapshot);
        set.Count.ShouldBe(10_000);

        // Far from 10,000 compilations fifty times, on the slowest machine.
        ProcessorTime.Of(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                _ledger.Commit(Flag("flag-5", $$"""{"variants":{"on":true},"description":"{{i}}"}"""));
                set = Compile(_ledger.Snapshot, previous: set);
            }
        }).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        set.Evaluate(key: "flag-9991").Reason.ShouldNotBe(FlagReason.Error);
    }

    private static string Depending(params string[] keys) =>
        $$"""{"variants":{"on":true,"off":false},"dependencies":[{{string.Join(',', keys.Select(key => $$"""{"flag":"{{key}}"}"""))}}]}""";
}
