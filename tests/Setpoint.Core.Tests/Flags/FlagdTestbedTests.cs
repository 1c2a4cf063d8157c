using System.Runtime.CompilerServices;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Formats;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;

namespace Setpoint.Core.Tests.Flags;

/// <summary>
/// The evaluator suite of open-feature/flagd-testbed 3.9.0 (Apache-2.0): its flags as they are there, and its examples as rows. An expectation is the
/// value as JSON; a reason or an error stands behind it where the suite names one.
/// </summary>
public sealed class FlagdTestbedTests
{
    private static readonly Lazy<FlagSet> Flags = new(Import);

    [Theory]
    [InlineData("fractional-flag", """{"user":{"name":"jack"}}""", "\"hearts\"")]
    [InlineData("fractional-flag", """{"user":{"name":"queen"}}""", "\"spades\"")]
    [InlineData("fractional-flag", """{"user":{"name":"ten"}}""", "\"clubs\"")]
    [InlineData("fractional-flag", """{"user":{"name":"nine"}}""", "\"diamonds\"")]
    [InlineData("fractional-flag", """{"user":{"name":3}}""", "\"clubs\"")]
    [InlineData("fractional-flag-shorthand", """{"targetingKey":"jon@company.com"}""", "\"heads\"")]
    [InlineData("fractional-flag-shorthand", """{"targetingKey":"jane@company.com"}""", "\"tails\"")]
    [InlineData("fractional-flag-A-shared-seed", """{"user":{"name":"seven"}}""", "\"hearts\"")]
    [InlineData("fractional-flag-A-shared-seed", """{"user":{"name":"eight"}}""", "\"diamonds\"")]
    [InlineData("fractional-flag-A-shared-seed", """{"user":{"name":"nine"}}""", "\"clubs\"")]
    [InlineData("fractional-flag-A-shared-seed", """{"user":{"name":"two"}}""", "\"spades\"")]
    [InlineData("fractional-flag-B-shared-seed", """{"user":{"name":"seven"}}""", "\"ace-of-hearts\"")]
    [InlineData("fractional-flag-B-shared-seed", """{"user":{"name":"eight"}}""", "\"ace-of-diamonds\"")]
    [InlineData("fractional-flag-B-shared-seed", """{"user":{"name":"nine"}}""", "\"ace-of-clubs\"")]
    [InlineData("fractional-flag-B-shared-seed", """{"user":{"name":"two"}}""", "\"ace-of-spades\"")]
    [InlineData("fractional-single-entry-flag", """{"targetingKey":"some-targeting-key"}""", "\"single\"")]
    [InlineData("fractional-hash-edge-flag", """{"targetingKey":"ejOoVL"}""", "\"lower\"")]
    [InlineData("fractional-hash-edge-flag", """{"targetingKey":"bY9fO-"}""", "\"lower\"")]
    [InlineData("fractional-hash-edge-flag", """{"targetingKey":"SI7p-"}""", "\"lower\"")]
    [InlineData("fractional-hash-edge-flag", """{"targetingKey":"6LvT0"}""", "\"upper\"")]
    [InlineData("fractional-hash-edge-flag", """{"targetingKey":"ceQdGm"}""", "\"upper\"")]
    [InlineData("fractional-nested-if-flag", """{"targetingKey":"jon@company.com","tier":"premium"}""", "\"premium\"")]
    [InlineData("fractional-nested-if-flag", """{"targetingKey":"jon@company.com","tier":"basic"}""", "\"standard\"")]
    [InlineData("fractional-nested-if-flag", """{"targetingKey":"user1","tier":"premium"}""", "\"standard\"")]
    [InlineData("fractional-nested-if-flag", """{"targetingKey":"user1","tier":"basic"}""", "\"standard\"")]
    [InlineData("fractional-nested-var-flag", """{"targetingKey":"jon@company.com","color":"red"}""", "\"red\"")]
    [InlineData("fractional-nested-var-flag", """{"targetingKey":"jon@company.com","color":"green"}""", "\"green\"")]
    [InlineData("fractional-nested-var-flag", """{"targetingKey":"user1","color":"red"}""", "\"blue\"")]
    [InlineData("fractional-nested-var-flag", """{"targetingKey":"jon@company.com","color":"yellow"}""", null)]
    [InlineData("fractional-nested-var-flag", """{"targetingKey":"jon@company.com"}""", "\"fallback\"")]
    [InlineData("fractional-nested-weight-flag", """{"targetingKey":"jon@company.com","tier":"premium"}""", "\"red\"")]
    [InlineData("fractional-nested-weight-flag", """{"targetingKey":"jon@company.com","tier":"basic"}""", "\"blue\"")]
    [InlineData("fractional-nested-weight-flag", """{"targetingKey":"user1","tier":"premium"}""", "\"red\"")]
    [InlineData("fractional-nested-weight-flag", """{"targetingKey":"user1","tier":"basic"}""", "\"blue\"")]
    [InlineData("fractional-as-condition-flag", """{"targetingKey":"some-targeting-key"}""", "\"hundreds\"")]
    [InlineData("fractional-as-condition-false-flag", """{"targetingKey":"some-targeting-key"}""", "\"ones\"")]
    [InlineData("fractional-null-bucket-key-flag", "{}", "\"fallback\"", FlagReason.Default)]
    [InlineData("fractional-zero-weights-flag", """{"targetingKey":"any-user"}""", "\"fallback\"", FlagReason.Default)]
    [InlineData("fractional-negative-weight-flag", """{"targetingKey":"any-user"}""", "\"two\"")]
    public void Fractional(string key, string context, string? value, FlagReason? reason = null) => Check(key, context, value, reason, null);

    [Theory]
    [InlineData("starts-ends-flag", """{"id":"abcdef"}""", "\"prefix\"")]
    [InlineData("starts-ends-flag", """{"id":"uvwxyz"}""", "\"postfix\"")]
    [InlineData("starts-ends-flag", """{"id":"abcxyz"}""", "\"prefix\"")]
    [InlineData("starts-ends-flag", """{"id":"lmnopq"}""", "\"none\"")]
    [InlineData("starts-ends-flag", """{"id":3}""", "\"none\"")]
    [InlineData("starts-with-non-string-flag", """{"num":123}""", "\"fallback\"", FlagReason.Default)]
    [InlineData("ends-with-non-string-flag", """{"num":123}""", "\"fallback\"", FlagReason.Default)]
    [InlineData("equal-greater-lesser-version-flag", """{"version":"2.0.0"}""", "\"equal\"")]
    [InlineData("equal-greater-lesser-version-flag", """{"version":"2.1.0"}""", "\"greater\"")]
    [InlineData("equal-greater-lesser-version-flag", """{"version":"1.9.0"}""", "\"lesser\"")]
    [InlineData("equal-greater-lesser-version-flag", """{"version":"2.0.0-alpha"}""", "\"lesser\"")]
    [InlineData("equal-greater-lesser-version-flag", """{"version":"2.0.0.0"}""", "\"none\"")]
    [InlineData("major-minor-version-flag", """{"version":"3.0.1"}""", "\"minor\"")]
    [InlineData("major-minor-version-flag", """{"version":"3.1.0"}""", "\"major\"")]
    [InlineData("major-minor-version-flag", """{"version":"4.0.0"}""", "\"none\"")]
    [InlineData("semver-invalid-version-flag", """{"version":"not-a-version"}""", "\"fallback\"", FlagReason.Default)]
    [InlineData("semver-invalid-operator-flag", """{"version":"1.0.0"}""", "\"fallback\"", FlagReason.Default)]
    [InlineData("semver-v-prefix-flag", """{"version":"1.0.0"}""", "\"match\"")]
    [InlineData("semver-partial-version-flag", """{"version":"1.5.0"}""", "\"match\"")]
    [InlineData("semver-build-metadata-flag", """{"version":"1.0.0+other"}""", "\"match\"")]
    [InlineData("semver-numeric-context-flag", """{"version":1.2}""", "\"match\"")]
    [InlineData("semver-numeric-context-flag", """{"version":1}""", "\"no-match\"")]
    [InlineData("starts-with-wrong-args-flag", "{}", "\"fallback\"", FlagReason.Default)]
    [InlineData("ends-with-wrong-args-flag", "{}", "\"fallback\"", FlagReason.Default)]
    [InlineData("semver-wrong-args-flag", "{}", "\"fallback\"", FlagReason.Default)]
    public void Operators(string key, string context, string? value, FlagReason? reason = null) => Check(key, context, value, reason, null);

    [Theory]
    [InlineData("null-default-flag", "{}", null, FlagReason.Default)]
    [InlineData("undefined-default-flag", "{}", null, FlagReason.Default)]
    [InlineData("no-default-flag-null-targeting-variant", """{"email":"wozniak@orange.com"}""", null, FlagReason.Default)]
    [InlineData("no-default-flag-null-targeting-variant", """{"email":"jobs@orange.com"}""", "\"CEO\"", FlagReason.TargetingMatch)]
    [InlineData("no-default-flag-undefined-targeting-variant", """{"email":"wozniak@orange.com"}""", null, FlagReason.Default)]
    [InlineData("some-email-targeted-flag", """{"email":"ballmer@macrosoft.com"}""", "\"hi\"")]
    [InlineData("ref-whitespace-space-around-colon-flag", """{"email":"user@example.com"}""", "\"bye\"", FlagReason.TargetingMatch)]
    [InlineData("ref-to-nonexistent-evaluator-flag", "{}", null, FlagReason.Error, FlagError.ParseError)]
    [InlineData("targeting-key-flag", """{"targetingKey":"5c3d8535-f81a-4478-a6d3-afaa4d51199e"}""", "\"hit\"", FlagReason.TargetingMatch)]
    [InlineData("targeting-key-flag", """{"targetingKey":"f20bd32d-703b-48b6-bc8e-79d53c85134a"}""", "\"miss\"", FlagReason.Default)]
    [InlineData("boolean-zero-flag", "{}", "false", FlagReason.Static)]
    [InlineData("string-zero-flag", "{}", "\"\"", FlagReason.Static)]
    [InlineData("float-zero-flag", "{}", "0.0", FlagReason.Static)]
    [InlineData("object-zero-flag", "{}", "{}", FlagReason.Static)]
    [InlineData("boolean-targeted-zero-flag", """{"email":"ballmer@macrosoft.com"}""", "false", FlagReason.TargetingMatch)]
    [InlineData("boolean-targeted-zero-flag", """{"email":"ballmer@none.com"}""", "false", FlagReason.Default)]
    [InlineData("disabled-boolean-flag", "{}", null, FlagReason.Disabled)]
    [InlineData("disabled-object-flag", "{}", null, FlagReason.Disabled)]
    [InlineData("missing-flag", "{}", null, FlagReason.Error, FlagError.FlagNotFound)]
    public void Checks(string key, string context, string? value, FlagReason? reason = null, FlagError? error = null) => Check(key, context, value, reason, error);

    [Fact]
    public void A_value_of_another_type_is_a_mismatch_and_the_fallback_stands()
    {
        var result = Flags.Value.Evaluate("wrong-flag", FlagContext.Empty, TestFlags.Now);
        result.GetNumber(13).ShouldBe(13);
        var mismatch = result.As(FlagType.Number);
        mismatch.ShouldBe(null, FlagReason.Error, FlagError.TypeMismatch);
        mismatch.ErrorMessage!.ShouldContain("a string");
        result.As(FlagType.String).GetString("").ShouldBe("uno");
    }

    [Fact]
    public void Metadata_goes_with_the_answer()
    {
        Flags.Value.Evaluate("metadata-flag", FlagContext.Empty, TestFlags.Now).Metadata
            .ShouldBe(JsonSamples.ObjectOf("""{"string":"1.0.2","integer":2,"boolean":true,"float":0.1}"""));
        Flags.Value.Evaluate("boolean-flag", FlagContext.Empty, TestFlags.Now).Metadata.Count.ShouldBe(0);
    }

    private static void Check(string key, string context, string? value, FlagReason? reason, FlagError? error)
    {
        var result = Flags.Value.Evaluate(key, FlagContext.Of(JsonSamples.ObjectOf(context)), TestFlags.Now);
        result.Value?.ToString().ShouldBe(value, result.ErrorMessage);
        (result.Value is null).ShouldBe(value is null);
        if (reason is not null)
            result.Reason.ShouldBe(reason.Value);
        if (error is not null)
            result.Error.ShouldBe(error.Value);
    }

    private static FlagSet Import() => Import(Path.GetDirectoryName(ThisFile())!);

    private static string ThisFile([CallerFilePath] string here = "") => here;

    private static FlagSet Import(string folder)
    {
        var document = JsonSamples.ObjectOf(File.ReadAllText(Path.Combine(folder, "flagd-testbed.json")));
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(FlagdFormat.Import(document, TestFlags.Namespace, "production", keepInvalid: true).Changes);
        return TestFlags.Compile(ledger.Snapshot);
    }
}
