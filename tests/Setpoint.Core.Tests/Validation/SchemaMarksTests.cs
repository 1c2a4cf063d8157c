using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Validation;

public sealed class SchemaMarksTests
{
    private readonly TestLedger _ledger = WithEnvironments();

    [Fact]
    public void A_literal_where_a_secret_belongs_is_refused_and_not_echoed()
    {
        _ledger.Commit(Set("schema/mail", """{"schema":{"properties":{"password":{"type":"string","secret":true}}}}"""));

        var violation = _ledger.Violation(Set("config/mail/base", """{"password":"hunter2-hunter2"}"""));

        violation.Path.ShouldBe("/password");
        violation.Message.ShouldContain("is secret");
        violation.Message.ShouldNotContain("hunter2");
        _ledger.Commit(Set("config/mail/base", """{"password":"${secret:mail-password}"}"""));
    }

    [Theory]
    [InlineData("true", """{"properties":{"auth":{"properties":{"pin":{"type":"integer","secret":true}}}}}""", false)]
    [InlineData("""{"properties":{"other":{"secret":true}}}""", "true", false)]
    [InlineData("""{"$ref":"setpoint://schema/shared"}""", "true", false)]
    [InlineData("""{"properties":{"other":{"secret":false}}}""", """{"properties":{"secret":{"type":"string"}}}""", true)]
    public void A_layer_that_cannot_follow_is_quoted_only_where_neither_schema_marks_a_secret(string older, string newer, bool quoted)
    {
        _ledger.Commit(Set("schema/shared", """{"schema":{"properties":{"other":{"secret":true}}}}"""));
        _ledger.Commit(Set("schema/mail", $$"""{"schema":{{older}}}"""), Set("config/mail/env/production", """{"pin":"hunter2","mode":"hunter3"}"""));

        // In between, the value lies where neither the one schema nor the other says anything.
        string Refusal(string step) => _ledger.Violation(Set("schema/mail",
            $$"""{"schema":{{newer}},"version":2,"migrations":[{"from":1,"to":2,"steps":[{{step}},{"op":"move","from":"/pin","to":"/auth/pin"}]}]}""")).Message;
        var convert = Refusal("""{"op":"convert","path":"/pin","to":"integer"}""");
        var map = Refusal("""{"op":"map","path":"/mode","values":[["a","b"]],"else":"refuse"}""");

        convert.ShouldStartWith("config/mail/env/production cannot follow to version 2: Step 0 (convert)");
        convert.ShouldContain(quoted ? "'/pin' is \"hunter2\", which" : "'/pin' is a string, which cannot be written as an integer");
        map.ShouldContain(quoted ? "'/mode' is \"hunter3\", which" : "'/mode' is a string, which is not in the table");
        (convert + map).Contains("hunter", StringComparison.Ordinal).ShouldBe(quoted);
    }

    [Fact]
    public void An_older_reader_is_not_told_a_value_either_that_may_be_secret()
    {
        _ledger.Commit(Set("config/mail/base", """{"level":"hunter2"}"""), Set("schema/mail", """
            {"schema":{"properties":{"key":{"secret":true}}},"version":2,
             "migrations":[{"from":1,"to":2,"steps":[{"op":"map","path":"/level","values":[["a","b"]],"else":"refuse"}]}]}
            """));

        var fault = LayerMigration.Show(_ledger.Snapshot.Schemas().Find("mail")!, JsonSamples.ObjectOf("""{"level":"hunter2"}"""), 1).Fault;

        fault.ShouldBeOfType<Fault.Invalid>().Violations.ShouldHaveSingleItem().Message.ShouldContain("'/level' is a string, which is not in the table");
    }

    [Fact]
    public void A_deprecated_setting_is_warned_of_when_it_is_written_and_not_by_commits_elsewhere()
    {
        _ledger.Commit(Set("schema/mail", """{"schema":{"properties":{"old":{"deprecated":"use 'new'"}}}}"""));

        var warning = _ledger.Commit(Set("config/mail/base", """{"old":1}""")).Warnings.ShouldHaveSingleItem();

        warning.Path.ShouldBe("/old");
        warning.Message.ShouldContain("use 'new'");
        warning.Effective!.Environments.Length.ShouldBe(3);
        _ledger.Commit(Set("config/global/base", """{"other":1}""")).Warnings.ShouldBeEmpty();
        _ledger.Commit(Set("config/mail/env/staging", """{"other":1}""")).Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Defaults_fill_the_lowest_layer_with_the_schema_as_their_origin()
    {
        _ledger.Commit(Set("config/global/base", """{"level":"info"}"""), Set("config/mail/base", """{"pool":{"size":5}}"""));
        var before = LayerStack.VersionOf(_ledger.Snapshot, "mail", ResolveContext.Of("staging"));
        _ledger.Commit(Set("schema/mail", """
            {"schema":{"properties":{
              "level":{"default":"warn"},
              "port":{"type":"integer","default":25},
              "pool":{"properties":{"size":{"default":1},"wait":{"default":"5s"}}}}}}
            """));

        var effective = EffectiveConfiguration.Resolve(_ledger.Snapshot, "mail", ResolveContext.Of("staging"));

        effective.Config["level"]!.ToString().ShouldBe("\"info\"");
        effective.Config["port"]!.ToString().ShouldBe("25");
        ((JsonObject)effective.Config["pool"]!)["size"]!.ToString().ShouldBe("5");
        ((JsonObject)effective.Config["pool"]!)["wait"]!.ToString().ShouldBe("\"5s\"");
        effective.Version.ShouldBe(_ledger.Snapshot.Revision);
        before.ShouldBeLessThan(effective.Version);
        var leaves = Provenance.Explain(effective).ToDictionary(leaf => leaf.Path);
        leaves["/port"].Winner.Document.Address.Text.ShouldBe("schema/mail");
        leaves["/port"].Winner.Rank.ShouldBe(LayerRank.SchemaDefaults);
        leaves["/pool/wait"].Winner.Document.Address.Text.ShouldBe("schema/mail");
        leaves["/pool/size"].Winner.Document.Address.Text.ShouldBe("config/mail/base");
        leaves["/level"].Winner.Document.Address.Text.ShouldBe("config/global/base");
    }

    [Fact]
    public void A_layer_takes_a_default_away()
    {
        _ledger.Commit(Set("config/mail/base", """{"a":1}"""), Set("config/mail/env/staging", """{"port":{"$unset":true}}"""), Set("schema/mail", """{"schema":{"properties":{"port":{"default":25}}}}"""));

        EffectiveConfiguration.Resolve(_ledger.Snapshot, "mail", ResolveContext.Of("production")).Config["port"]!.ToString().ShouldBe("25");
        EffectiveConfiguration.Resolve(_ledger.Snapshot, "mail", ResolveContext.Of("staging")).Config.Contains("port").ShouldBeFalse();
    }

    [Fact]
    public void A_default_may_refer_to_another_namespace_whose_changes_are_then_checked_for_it()
    {
        _ledger.Commit(
            Set("config/db/base", """{"port":5432}"""),
            Set("config/mail/base", """{"a":1}"""),
            Set("schema/mail", """{"schema":{"properties":{"dbPort":{"type":"integer","default":"${config:db/port}"}}}}"""));
        EffectiveConfiguration.Resolve(_ledger.Snapshot, "mail", ResolveContext.Of("staging")).Config["dbPort"]!.ToString().ShouldBe("5432");
        _ledger.Commit(Set("config/mail/base", """{"a":2}"""));

        var violation = _ledger.Violation(Set("config/db/base", """{"port":"x"}"""));

        violation.Effective!.Namespace.ShouldBe("mail");
        violation.Path.ShouldBe("/dbPort");
        _ledger.Commit(Set("config/db/base", """{"port":5433}"""));
        EffectiveConfiguration.Resolve(_ledger.Snapshot, "mail", ResolveContext.Of("staging")).Config["dbPort"]!.ToString().ShouldBe("5433");
    }

    [Fact]
    public void A_default_is_held_to_the_schema_like_any_value()
    {
        _ledger.Commit(Set("config/mail/base", """{"a":1}"""));

        var violation = _ledger.Violation(Set("schema/mail", """{"schema":{"properties":{"port":{"type":"integer","default":"x"}}}}"""));

        violation.Address!.Text.ShouldBe("schema/mail");
        violation.Code.ShouldBe(ViolationCode.InvalidParameterType);
    }
}
