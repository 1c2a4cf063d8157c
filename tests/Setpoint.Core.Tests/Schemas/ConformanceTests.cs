using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Tests.Schemas;

/// <summary>Both drafts against the public test suite: all that is required, and the optional part but for what is listed.</summary>
public sealed class ConformanceTests
{
    [Theory]
    [InlineData("draft7", SchemaDraft.Draft7, 900)]
    [InlineData("draft2020-12", SchemaDraft.Draft202012, 1_200)]
    public void Every_required_test_passes(string folder, SchemaDraft draft, int atLeast)
    {
        var cases = ConformanceSuite.Cases(folder, optional: false);

        cases.Count.ShouldBeGreaterThan(atLeast);
        Failures(cases, draft, assertFormat: false).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("draft7", SchemaDraft.Draft7)]
    [InlineData("draft2020-12", SchemaDraft.Draft202012)]
    public void Optional_tests_pass_but_for_those_that_are_listed(string folder, SchemaDraft draft)
    {
        var cases = ConformanceSuite.Cases(folder, optional: true);
        var formats = cases.Where(test => test.Name.StartsWith("optional/format", StringComparison.Ordinal)).ToList();
        var others = cases.Except(formats).ToList();

        string[] failures = [.. Failures(others, draft, assertFormat: false), .. Failures(formats, draft, assertFormat: true)];

        failures.Order(StringComparer.Ordinal).ShouldBe(KnownFailures.Of(folder).Order(StringComparer.Ordinal), "a test that begins to pass is taken off the list; one that fails is a mistake");
        ((double)failures.Length / cases.Count).ShouldBeLessThan(0.1);
        cases.Count.ShouldBeGreaterThan(400);
    }

    private static List<string> Failures(IEnumerable<ConformanceSuite.Case> cases, SchemaDraft draft, bool assertFormat)
    {
        var options = new SchemaOptions { Draft = draft, AssertFormat = assertFormat, Registry = ConformanceSuite.Remotes.Value };
        return
        [
            .. cases.GroupBy(test => test.Schema, ReferenceEqualityComparer.Instance)
                .SelectMany(group => FailuresOf(JsonSchema.Compile((JsonValue)group.Key!, options), group)),
        ];
    }

    private static IEnumerable<string> FailuresOf(Result<JsonSchema> compiled, IEnumerable<ConformanceSuite.Case> cases) =>
        compiled.TryGet(out var schema, out var fault)
            ? cases.Where(test => !Passes(test, schema)).Select(test => test.Name)
            : cases.Select(test => $"{test.Name}: not compiled: {fault.Message}");

    private static bool Passes(ConformanceSuite.Case test, JsonSchema schema)
    {
        var verdict = schema.Evaluate(test.Instance);

        // Both ways to ask must say the same, and a refusal must say why.
        schema.IsValid(test.Instance).ShouldBe(verdict.IsValid, test.Name);
        verdict.Errors.IsEmpty.ShouldBe(verdict.IsValid, test.Name);
        verdict.TimedOut.ShouldBeFalse(test.Name);
        return verdict.IsValid == test.Valid;
    }
}
