using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;

namespace Setpoint.Core.Tests.References;

public sealed class ResolveReferenceTests
{
    [Theory]
    [InlineData("""{"n":1.50,"x":"${config:n}"}""", "1.50")]
    [InlineData("""{"n":{"a":[1,{"b":null}]},"x":"${config:n}"}""", """{"a":[1,{"b":null}]}""")]
    [InlineData("""{"n":{"a":[1,{"b":null}]},"x":"${config:n.a.1}"}""", """{"b":null}""")]
    [InlineData("""{"n":{"a.b":{"":true}},"x":"${config:/n/a.b/}"}""", "true")]
    [InlineData("""{"n":null,"x":"${config:n}"}""", "null")]
    [InlineData("""{"h":"db","p":5432,"t":true,"x":"$ ${config:h}:${config:p}/${config:t} }"}""", "\"$ db:5432/true }\"")]
    [InlineData("""{"x":"$${config:none} $$${HOME}"}""", "\"${config:none} $${HOME}\"")]
    [InlineData("""{"a":"$${x}","b":"<${config:a}>","x":"${config:b}"}""", "\"<${x}>\"")]
    [InlineData("""{"x":{"in":["${config:y}"]},"y":"${config:z}","z":"end"}""", """{"in":["end"]}""")]
    [InlineData("""{"o":{"k":"${config:v}"},"v":7,"p":"${config:o}","x":"${config:p.k}"}""", "7")]
    [InlineData("""{"o":{"a":"${config:o.b}","b":1},"x":"${config:o}"}""", """{"a":1,"b":1}""")]
    [InlineData("""{"l":["a","${config:m}"],"m":{"n":"deep"},"x":"${config:l.1.n}"}""", "\"deep\"")]
    public void A_reference_takes_the_value_that_its_key_has(string config, string expected)
    {
        var effective = ReferenceWorld.Of(("config/mail/base", config)).Resolve("mail");

        effective.Problems.ShouldBeEmpty();
        effective.Config["x"]!.ToString().ShouldBe(expected);
        effective.Merged.ShouldBe(JsonSamples.ObjectOf(config));
        effective.Fingerprint.ShouldBe(CanonicalJson.FingerprintOf(effective.Config));
        effective.Dependencies.ShouldBeEmpty();
        Provenance.Explain(effective).ShouldAllBe(leaf => leaf.Winner.Document.Address.Text == "config/mail/base");
    }

    [Fact]
    public void A_template_below_sees_the_values_of_who_reads_it_in_the_environment_and_for_the_user()
    {
        var snapshot = ReferenceWorld.Of(
            ("config/global/base", """{"url":"https://${config:host}/${config:users/home}"}"""),
            ("config/mail/base", """{"host":"mail"}"""),
            ("config/mail/env/production", """{"host":"mail.prod"}"""),
            ("config/users/base", """{"host":"users","home":"everybody"}"""),
            ("config/users/user/ann", """{"home":"ann"}"""));

        Url("mail", null, null).ShouldBe("https://mail/everybody");
        Url("mail", "production-eu", null).ShouldBe("https://mail.prod/everybody");
        Url("mail", "production", "ann").ShouldBe("https://mail.prod/ann");
        Url("users", "staging", "ann").ShouldBe("https://users/ann");

        string Url(string ns, string? environment, string? user) =>
            ((JsonString)snapshot.Resolve(ns, new(environment, user)).Config["url"]!).Value;
    }

    [Fact]
    public void Without_references_nothing_is_made_and_nothing_else_is_read()
    {
        var snapshot = ReferenceWorld.Of(("config/mail/base", """{"a":"$ {HOME}"}"""));

        var effective = snapshot.Resolve("mail");

        effective.References.ShouldBeNull();
        effective.Config.ShouldBeSameAs(effective.Merged);
        effective.Config.ShouldBeSameAs(snapshot.Find(Address.Parse("config/mail/base"))!.Body);
    }

    [Fact]
    public void What_no_reference_touches_is_shared_with_the_merge()
    {
        var effective = ReferenceWorld.Of(("config/mail/base", """{"big":{"a":[1,2]},"x":"${config:big}"}""")).Resolve("mail");

        effective.Config["big"].ShouldBeSameAs(effective.Merged["big"]);
        effective.Config["x"].ShouldBeSameAs(effective.Merged["big"]);
    }

    [Fact]
    public void The_version_is_the_newest_of_all_that_was_read_also_of_what_does_not_exist()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(TestLedger.Set("config/pay/base", """{"limit":1}"""));
        ledger.Commit(TestLedger.Set("config/mail/base", """{"max":"${config:pay/limit}"}"""));
        var first = ledger.Snapshot.Resolve("mail");
        ledger.Commit(TestLedger.Set("config/other/base", "{}"));
        first.HoldsAt(ledger.Snapshot).ShouldBeTrue();
        first.Dependencies.ShouldBe(["pay"]);

        ledger.Commit(TestLedger.Set("config/pay/env/production", """{"limit":2}"""));
        first.HoldsAt(ledger.Snapshot).ShouldBeFalse();
        ledger.Snapshot.Resolve("mail").Version.ShouldBe(ledger.Snapshot.Revision);
        ledger.Snapshot.Resolve("mail").Config["max"]!.ToString().ShouldBe("2");
        ledger.Snapshot.Resolve("mail", ResolveContext.Of("staging")).Version.ShouldBe(first.Version);
    }

    [Fact]
    public void A_value_from_outside_is_asked_for_once_and_a_new_one_outdates_the_configuration()
    {
        var provider = new TestProvider { ["HOST"] = new JsonString("one") };
        var snapshot = ReferenceWorld.Of(provider, ("config/mail/base", """{"a":"${env:HOST}","b":"http://${env:HOST}","c":"${config:a}"}"""));

        var effective = snapshot.Resolve("mail");
        effective.Config.ToString().ShouldBe("""{"a":"one","b":"http://one","c":"one"}""");
        provider.Asked.ShouldBe(1);
        effective.IsExternal.ShouldBeTrue();
        effective.HoldsAt(snapshot).ShouldBeTrue();

        provider["HOST"] = new JsonString("two");
        effective.HoldsAt(snapshot).ShouldBeFalse();
        effective.Config["a"]!.ToString().ShouldBe("\"one\"", "what was resolved stays as it was");
        snapshot.Resolve("mail").Fingerprint.ShouldNotBe(effective.Fingerprint);
    }

    [Fact]
    public void A_string_with_a_secret_in_it_stays_as_it_is_written_and_is_marked()
    {
        var effective = ReferenceWorld.Of(
            ("config/mail/base", """{"pw":"${secret:db}","dsn":"${config:h}:${vault:kv}","h":"db","copy":"${config:pw}","text":"<${config:pw}>","esc":"$${secret:db}"}""")).Resolve("mail");

        effective.Problems.ShouldBeEmpty();
        effective.Config.ToString().ShouldBe("""{"pw":"${secret:db}","dsn":"${config:h}:${vault:kv}","h":"db","copy":"${secret:db}","text":"<${config:pw}>","esc":"${secret:db}"}""");
        string[] opaque = ["pw", "dsn", "copy", "text"];
        for (var i = 0; i < effective.Config.Count; i++)
            effective.References!.IsOpaque(effective.Config.ValueAt(i)).ShouldBe(opaque.Contains(effective.Config.NameAt(i)), effective.Config.NameAt(i));
    }

    [Theory]
    [InlineData("""{"x":"${config:thresholds.alrt}","thresholds":{"alert":1}}""", ViolationCode.UnknownReference, "did you mean 'thresholds.alert'?")]
    [InlineData("""{"x":"${config:a.b}","a":"text"}""", ViolationCode.UnknownReference, "has no key 'a.b'")]
    [InlineData("""{"x":"${config:a.2}","a":[1,2]}""", ViolationCode.UnknownReference, "has no key 'a.2'")]
    [InlineData("""{"x":"${config:pay/limit}"}""", ViolationCode.UnknownReference, "namespace 'pay' does not exist")]
    [InlineData("""{"x":"${env:HOST}"}""", ViolationCode.UnknownReference, "it is not set")]
    [InlineData("""{"x":"${file:a}"}""", ViolationCode.UnknownReference, "nothing here gives values of 'file'")]
    [InlineData("""{"x":"a ${config:o}","o":{}}""", ViolationCode.InvalidParameterType, "an object")]
    [InlineData("""{"x":"${config:s.t}","s":"${secret:db}"}""", ViolationCode.UnknownReference, "inside the secret at 's'")]
    [InlineData("""{"x":"${HOME}"}""", ViolationCode.MalformedDocument, "$${")]
    [InlineData("""{"x":"${config:a..b}"}""", ViolationCode.MalformedDocument, "empty part")]
    public void A_reference_that_leads_nowhere_is_a_problem_that_names_place_target_and_layer(string config, string code, string message)
    {
        var problem = ReferenceWorld.Of(("config/mail/env/production", config), ("config/mail/base", """{"x":1}""")).Resolve("mail").Problem();

        problem.Code.ShouldBe(code);
        problem.Path.ShouldBe("/x");
        problem.Address!.Text.ShouldBe("config/mail/env/production");
        problem.Message.ShouldStartWith("config/mail:x");
        problem.Message.ShouldContain(message);
        problem.Effective!.Environments.ShouldBe(["production"]);
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once_and_once()
    {
        var effective = ReferenceWorld.Of(
            ("config/mail/base", """{"a":"${config:none}","b":"${config:pay/bad} ${config:gone}","c":"${config:pay/bad}","d":1}"""),
            ("config/pay/base", """{"bad":"${config:nowhere}"}""")).Resolve("mail");

        effective.Problems.Select(problem => $"{problem.Address}{problem.Path} {problem.Effective!.Rule}").ShouldBe(
            ["config/mail/base/a reference ${config:none}", "config/pay/base/bad reference ${config:nowhere}", "config/mail/base/b reference ${config:gone}"]);
    }

    [Fact]
    public void A_ledger_from_before_references_were_read_still_opens_and_its_reader_is_told()
    {
        var snapshot = ReferenceWorld.Of(("config/mail/base", """{"home":"${HOME}"}"""), ("config/pay/base", """{"a":1}"""));

        snapshot.Resolve("mail").Problem().Path.ShouldBe("/home");
        snapshot.Resolve("pay").Problems.ShouldBeEmpty();
    }

    [Fact]
    public void The_gate_refuses_what_begins_like_a_reference_and_is_none()
    {
        var ledger = TestLedger.WithEnvironments();

        var violation = ledger.Violation(TestLedger.Set("config/mail/runtime/production", """{"expiresAt":"2026-11-20T13:00:00Z","config":{"a":["${HOME}"]}}"""));

        (violation.Path, violation.Code).ShouldBe(("/config/a/0", ViolationCode.MalformedDocument));
        violation.Message.ShouldContain("'$${'");
        ledger.Commit(TestLedger.Set("config/mail/base", """{"a":["$${HOME}"]}"""));
        ledger.Snapshot.Resolve("mail").Config.ToString().ShouldBe("""{"a":["${HOME}"]}""");
    }
}
