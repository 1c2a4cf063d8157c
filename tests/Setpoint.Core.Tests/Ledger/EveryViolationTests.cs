using Setpoint.Core.Faults;
using Setpoint.Core.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Ledger;

/// <summary>One answer names every mistake of a commit, whatever else is wrong with it, and nothing that only follows from another.</summary>
public sealed class EveryViolationTests
{
    private const string Plain = """{"variants":{"on":true,"off":false}}""";

    private readonly TestLedger _ledger = WithEnvironments();

    [Fact]
    public void Mistakes_of_every_sort_are_told_together()
    {
        _ledger.Commit(Set("schema/user", """{"schema":{"properties":{"port":{"type":"integer"}}}}"""));

        Refused(
            Set("nonsense/a", "{}"),
            Set("config/mail/base", """{"a":1,"A":2}"""),
            Set("config/user/base", """{"port":"x"}"""),
            Set("flag/shop/twice", Plain),
            Set("flag/shop/twice", Plain),
            Set("flag/shop/shape", """{"variants":{"on":true,"off":"no"}}"""),
            Set("flag/shop/logic", """{"variants":{"on":true},"rules":[{"when":{"like":[1]},"serve":"on"}]}"""),
            Set("flag/shop/lonely", """{"variants":{"on":true},"dependencies":[{"flag":"nobody"}]}"""),
            Set("flag/shop/a", """{"variants":{"on":true},"dependencies":[{"flag":"b"}]}"""),
            Set("flag/shop/b", """{"variants":{"on":true},"dependencies":[{"flag":"a"}],"split":{"weights":{"on":-1}}}"""))
            .ShouldBe(
            [
                "nonsense/a",
                "config/mail/base /A",
                "config/user/base /port",
                "flag/shop/a /dependencies",
                "flag/shop/b /split/weights/on",
                "flag/shop/logic /rules/0/when/like",
                "flag/shop/lonely /dependencies/0/flag",
                "flag/shop/shape /variants/off",
                "flag/shop/twice",
            ], ignoreOrder: true);
    }

    [Fact]
    public void One_flag_hears_of_its_shape_its_expressions_and_its_environments_together() =>
        Refused(Set("flag/shop/flag", """
            {"variants":{"on":true,"off":"no"},"environments":{"moon":{"rules":[{"when":{"like":[1]},"serve":"of"},{"when":{"segment":"nobody"},"serve":"on"}]}},
             "dependencies":[{"flag":"nobody"}]}
            """)).ShouldBe(
        [
            "flag/shop/flag /variants/off",
            "flag/shop/flag /environments/moon/rules/0/serve",
            "flag/shop/flag /environments/moon",
            "flag/shop/flag /environments/moon/rules/0/when/like",
            "flag/shop/flag /environments/moon/rules/1/when/segment/0",
            "flag/shop/flag /dependencies/0/flag",
        ], ignoreOrder: true);

    [Fact]
    public void Who_names_an_environment_that_cannot_be_read_has_made_no_mistake() =>
        Refused(
            Set("environment/moon", """{"production":"yes"}"""),
            Set("environment/far-side", """{"parent":"moon"}"""),
            Set("config/mail/env/moon", "{}"),
            Set("service/mail/moon", "{}"),
            Set("flag/shop/flag", """{"variants":{"on":true},"environments":{"moon":{}}}""")).ShouldBe(["environment/moon /production"]);

    [Fact]
    public void Who_names_a_namespace_a_segment_or_a_flag_that_cannot_be_read_has_made_no_mistake() =>
        Refused(
            Set("namespace/lib", """{"kind":"thing"}"""),
            Set("namespace/mail", """{"includes":["lib"]}"""),
            Set("segment/shop/staff", """{"included":"ann"}"""),
            Set("flag/shop/parent", """{"variants":{"on":[]}}"""),
            Set("flag/shop/child", """{"variants":{"on":true},"rules":[{"when":{"segment":"staff"},"serve":"on"}],"dependencies":[{"flag":"parent","variants":["yes"]}]}"""))
            .ShouldBe(["namespace/lib /kind", "segment/shop/staff /included", "flag/shop/parent /variants/on"], ignoreOrder: true);

    [Fact]
    public void A_schema_that_leans_on_one_that_cannot_be_read_is_not_judged() =>
        Refused(Set("schema/lib", """{"schema":7}"""), Set("schema/mail", """{"schema":{"$ref":"setpoint://schema/lib"}}""")).ShouldBe(["schema/lib /schema"]);

    [Fact]
    public void What_is_merged_of_a_refused_layer_is_not_judged_and_what_is_not_is()
    {
        const string strict = """{"schema":{"required":["host"]}}""";
        _ledger.Commit(Set("config/lib/base", """{"host":"h"}"""), Set("namespace/mail", """{"includes":["lib"]}"""), Set("schema/mail", strict), Set("schema/user", strict));
        _ledger.Commit(Set("config/mail/base", """{"a":1}"""));

        Refused(Set("config/lib/base", """{"b":1,"B":2}"""), Set("config/mail/base", """{"a":2}"""), Set("config/user/base", """{"a":1}"""))
            .ShouldBe(["config/lib/base /B", "config/user/base"], ignoreOrder: true);
    }

    [Fact]
    public void A_document_that_loses_its_shape_no_longer_holds_what_is_removed()
    {
        _ledger.Commit(
            Set("segment/shop/staff", """{"included":["ann"]}"""),
            Set("flag/shop/flag", """{"variants":{"on":true},"rules":[{"when":{"segment":"staff"},"serve":"on"}]}"""),
            Set("namespace/lib", "{}"),
            Set("namespace/mail", """{"includes":["lib"]}"""));

        Refused(Remove("segment/shop/staff"), Set("flag/shop/flag", """{"variants":[]}"""), Remove("namespace/lib"), Set("namespace/mail", """{"includes":3}"""))
            .ShouldBe(["flag/shop/flag /variants", "namespace/mail /includes"], ignoreOrder: true);
    }

    [Fact]
    public void A_condition_of_a_segment_is_judged_beside_its_shape() =>
        Refused(Set("segment/shop/staff", """{"included":"ann","when":{"like":[1]}}""")).ShouldBe(
            ["segment/shop/staff /included", "segment/shop/staff /when/like"], ignoreOrder: true);

    [Fact]
    public void An_address_that_occurs_three_times_is_told_once() =>
        Refused(Set("flag/shop/flag", Plain), Set("flag/shop/flag", "{}"), Remove("flag/shop/flag")).ShouldBe(["flag/shop/flag"]);

    [Fact]
    public void Whatever_stands_beside_whatever_is_judged_without_a_word_twice()
    {
        _ledger.Commit(Set("flag/shop/parent", Plain), Set("segment/shop/staff", """{"included":["ann"]}"""), Set("namespace/lib", "{}"), Set("schema/lib", """{"schema":true}"""));
        ProposedChange[] changes =
        [
            .. from address in (string[])["environment/moon", "environment/staging", "namespace/lib", "namespace/mail", "config/mail/base", "config/mail/env/moon", "config/mail/runtime/staging",
                   "schema/lib", "schema/mail", "segment/shop/staff", "flag/shop/parent", "flag/shop/child", "service/mail/moon", "template/t", "flag/shop", "flag/a/b/c", "config/mail", "nonsense/x"]
               from document in (string?[])[null, "{}", """{"v":1}""", """{"parent":"moon"}""", """{"includes":["lib","mail"]}""", """{"schema":{"$ref":"setpoint://schema/lib"}}""", """{"schema":7}""",
                   """{"included":7,"when":{"like":[]}}""", """{"config":{"a":"${config:lib/x}"},"expiresAt":"soon"}""", """{"variants":7,"dependencies":[{"flag":"parent"}]}""",
                   """{"variants":{"on":true,"off":0},"rules":[{"when":{"segment":"staff"},"serve":"of"}],"dependencies":[{"flag":"child","variants":["x"]}],"environments":{"moon":{"split":7}}}""",
                   """{"variants":{"on":true,"off":false},"split":{"weights":{"on":1,"off":1}},"experiment":{"environment":"moon","control":"off","metrics":[{"name":"m"}]}}"""]
               select document is null ? Remove(address) : Set(address, document),
        ];

        var judged = 0;
        foreach (var first in changes)
        {
            foreach (var second in changes)
            {
                judged++;
                if (_ledger.Judge(first, second).Fault is not Fault.Invalid invalid)
                    continue;
                var told = invalid.Violations.Select(one => (one.Address, one.Path, one.Message)).ToList();
                told.Distinct().Count().ShouldBe(told.Count, $"{first} and {second}: {string.Join(" | ", told)}");
            }
        }

        judged.ShouldBe(18 * 12 * 18 * 12);
    }

    private IEnumerable<string> Refused(params ProposedChange[] changes) =>
        _ledger.Violations([.. changes]).Select(violation => $"{violation.Address} {violation.Path}".TrimEnd());
}
