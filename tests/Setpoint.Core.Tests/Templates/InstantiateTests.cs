using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Templates;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Templates;

public sealed class InstantiateTests
{
    private const string Everything = """
        {
          "kind": "plugin",
          "parameters": {
            "team": {"type": "string", "pattern": "^[a-z]+$"},
            "workers": {"type": "integer", "default": 4, "enum": [2, 4, 8]},
            "ratio": {"type": "number", "default": 0.50},
            "debug": {"type": "boolean", "default": false}
          },
          "config": {"owner": "${param:team}", "pool": {"size": "${param:workers}"}, "about": "${param:team} x ${param:workers} at ${param:ratio}: ${param:debug}"},
          "environments": {"production": {"debug": "${param:debug}"}},
          "includes": ["lib"],
          "tags": ["made"],
          "schema": {"version": 1}
        }
        """;

    [Fact]
    public void A_namespace_its_layers_and_its_schema_are_made_with_the_types_of_the_parameters()
    {
        var changes = Instantiate(Everything, """{"team":"mail"}""").Value;

        changes.Select(change => (change.Address.Text, change.Body!.ToString())).ShouldBe(
        [
            ("namespace/plug", """{"kind":"plugin","includes":["lib"],"tags":["made"]}"""),
            ("config/plug/base", """{"owner":"mail","pool":{"size":4},"about":"mail x 4 at 0.50: false"}"""),
            ("config/plug/env/production", """{"debug":false}"""),
            ("schema/plug", """{"version":1}"""),
        ]);
        changes[0].ExpectedVersion.ShouldBe(0, "an existing namespace is never overwritten");
    }

    [Fact]
    public void What_is_made_passes_the_gate_in_one_commit()
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(Set("namespace/lib", "{}"), Set("template/t", Everything.Replace(",\n  \"schema\": {\"version\": 1}", "", StringComparison.Ordinal)));
        ledger.Snapshot.Templates().TryFind("t", out var template).ShouldBeTrue();

        ledger.Commit(template!.Instantiate("plug", JsonSamples.ObjectOf("""{"team":"mail","debug":true}""")).Value);

        var effective = EffectiveConfiguration.Resolve(ledger.Snapshot, "plug", ResolveContext.Of("production-eu"));
        effective.Config["debug"].ShouldBe(JsonBoolean.True);
        ledger.Snapshot.Namespaces().TryFind("plug", out var made).ShouldBeTrue();
        made!.NamespaceKind.ShouldBe("plugin");
    }

    [Fact]
    public void Every_wrong_parameter_is_reported_at_once()
    {
        var fault = Instantiate(Everything, """{"workers":3,"ratio":"half","debug":null,"teem":"mail"}""").Fault.ShouldBeOfType<Fault.Invalid>();

        fault.Violations.Select(violation => (violation.Path, violation.Code)).ShouldBe(
        [
            ("/parameters/team", ViolationCode.MissingRequiredParameter),
            ("/parameters/workers", ViolationCode.ConstraintViolation),
            ("/parameters/ratio", ViolationCode.InvalidParameterType),
            ("/parameters/debug", ViolationCode.InvalidParameterType),
            ("/parameters/teem", ViolationCode.MalformedDocument),
        ]);
        fault.Violations[1].Message.ShouldContain("one of 2, 4, 8");
        fault.Violations[2].Message.ShouldBe("Parameter 'ratio' must be a number, not a string.");
        fault.Violations[4].Message.ShouldContain("it has team, workers, ratio, debug");
    }

    [Fact]
    public void A_value_that_breaks_the_pattern_is_refused_without_being_repeated()
    {
        var violation = Instantiate(Everything, """{"team":"S3cret!"}""").Fault.ShouldBeOfType<Fault.Invalid>().Violations.ShouldHaveSingleItem();

        violation.Code.ShouldBe(ViolationCode.ConstraintViolation);
        violation.Message.ShouldContain("^[a-z]+$");
        violation.Message.ShouldNotContain("S3cret");
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("1.0", true)]
    [InlineData("2e2", true)]
    [InlineData("12345678901234567890123", true)]
    [InlineData("1.5", false)]
    [InlineData("1e400", true)]
    [InlineData("1.00000000000000000001", false)]
    [InlineData("\"1\"", false)]
    public void An_integer_is_a_whole_number_however_it_is_written(string value, bool taken)
    {
        var result = Instantiate("""{"parameters":{"n":{"type":"integer"}},"config":{"n":"${param:n}"}}""", $$"""{"n":{{value}}}""");

        result.IsFault.ShouldBe(!taken);
        if (taken)
            result.Value[1].Body!.ToString().ShouldBe($$"""{"n":{{value}}}""", "its digits stay");
    }

    [Theory]
    [InlineData("${param:a}", "\"x\"")]
    [InlineData("-${param:a}-${param:a}-", "\"-x-x-\"")]
    [InlineData("$${param:a}", "\"$${param:a}\"")]
    [InlineData("$$${param:a}", "\"$$${param:a}\"")]
    [InlineData("$${ ${param:a}", "\"$${ x\"")]
    [InlineData("$ ${param:a} $", "\"$ x $\"")]
    [InlineData("${config:other.${param:a}}", "\"${config:other.x}\"")]
    [InlineData("${env:HOME} ${secret:db} ${param}", "\"${env:HOME} ${secret:db} ${param}\"")]
    public void Only_placeholders_of_parameters_are_filled(string text, string made) =>
        Instantiate("""{"parameters":{"a":{"type":"string"}},"config":{"v":"TEXT"}}""".Replace("TEXT", text, StringComparison.Ordinal), """{"a":"x"}""")
            .Value[1].Body!["v"]!.ToString().ShouldBe(made);

    [Fact]
    public void A_value_is_not_searched_for_placeholders_again()
    {
        var made = Instantiate(
            """{"parameters":{"a":{"type":"string"},"b":{"type":"string"}},"config":{"v":"${param:a}","w":"-${param:a}"}}""",
            """{"a":"${param:b}","b":"hidden"}""");

        made.Value[1].Body!.ToString().ShouldBe("""{"v":"${param:b}","w":"-${param:b}"}""");
    }

    [Fact]
    public void What_has_no_placeholder_is_shared_with_the_template()
    {
        var template = Parse("""{"parameters":{"a":{"type":"string"}},"config":{"same":{"x":[1]},"other":"${param:a}"}}""");

        var body = template.Instantiate("ns", JsonSamples.ObjectOf("""{"a":"x"}""")).Value[1].Body!;

        body["same"].ShouldBeSameAs(template.Config["same"]);
    }

    [Theory]
    [InlineData("${param:a}")]
    [InlineData("-${param:a}")]
    [InlineData("${param:a}${param:a}${param:a}${param:a}")]
    public void Filling_that_would_exceed_a_document_ends_early_and_names_the_limit(string text)
    {
        // 1,000 placeholders of 100,000 characters: a hundred megabytes if they were written.
        var items = string.Join(',', Enumerable.Repeat($"\"{text}\"", 1_000));
        var template = """{"parameters":{"a":{"type":"string"}},"config":{"v":[ITEMS]}}""".Replace("ITEMS", items, StringComparison.Ordinal);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = Instantiate(template, $$"""{"a":"{{new string('x', 100_000)}}"}""").Fault.ShouldBeOfType<Fault.TooLarge>();

        fault.Message.ShouldContain("config/plug/base");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(20_000_000);
    }

    [Fact]
    public void Filling_random_templates_leaves_no_placeholder_and_everything_else_as_it_was()
    {
        Seeded.Run(300, random =>
        {
            // The same pieces, joined once with a placeholder and once with its value.
            string[] pieces = ["$", "$$", "{", "}", "x", "param", ":", " ", "${env:A}", "$${"];
            var text = "";
            var expected = "";
            for (var i = random.Next(12); i >= 0; i--)
            {
                var piece = pieces[random.Next(pieces.Length)];
                (text, expected) = (text + piece, expected + piece);
                // Behind a dollar the placeholder would be an escape, and that is what the pieces do by themselves.
                if (random.Next(3) == 0 && !text.EndsWith('$'))
                    (text, expected) = (text + "${param:a}", expected + "VALUE");
            }

            var body = new JsonObjectBuilder().Add("config", new JsonObjectBuilder().Add("v", text).Build())
                .Add("parameters", JsonSamples.ObjectOf("""{"a":{"type":"string"}}""")).Build();
            var violations = new ViolationList();
            var template = (Template?)new TemplateKind().Parse(Address.Parse("template/t"), body, violations);
            template.ShouldNotBeNull(text);

            var made = template.Instantiate("ns", JsonSamples.ObjectOf("""{"a":"VALUE"}""")).Value[1].Body!["v"];

            made.ShouldBe(new JsonString(expected), text);
        });
    }

    private static Template Parse(string json)
    {
        var violations = new ViolationList();
        var template = (Template?)new TemplateKind().Parse(Address.Parse("template/t"), JsonSamples.ObjectOf(json), violations);
        return template.ShouldNotBeNull(string.Join('\n', violations.ToImmutable().Select(violation => violation.Message)));
    }

    private static Result<System.Collections.Immutable.ImmutableArray<ProposedChange>> Instantiate(string template, string parameters) =>
        Parse(template).Instantiate("plug", JsonSamples.ObjectOf(parameters));
}
