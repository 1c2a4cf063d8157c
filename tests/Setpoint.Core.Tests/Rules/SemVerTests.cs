using Setpoint.Core.Json;
using Setpoint.Core.Rules;
using static Setpoint.Core.Tests.Json.JsonSamples;

namespace Setpoint.Core.Tests.Rules;

public sealed class SemVerTests
{
    /// <summary>Each comes before the next (semver.org section 11, and more).</summary>
    private static readonly string[] Ascending =
    [
        "0.0.0-0", "0.0.0", "0.0.1", "0.1.0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0--", "1.0.0-1a", "1.0.0-A", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
        "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1-x", "1.0.1", "1.2.0", "1.10.0", "2.0.0", "9007199254740991.0.0",
    ];

    [Fact]
    public void Versions_come_in_the_order_that_semver_org_gives()
    {
        for (var i = 0; i < Ascending.Length; i++)
        {
            for (var j = 0; j < Ascending.Length; j++)
            {
                SemVer.TryParse(Ascending[i], out var left).ShouldBeTrue(Ascending[i]);
                SemVer.TryParse(Ascending[j], out var right).ShouldBeTrue(Ascending[j]);
                Math.Sign(SemVer.Compare(left, right)).ShouldBe(Math.Sign(i.CompareTo(j)), $"{Ascending[i]} and {Ascending[j]}");
            }
        }
    }

    [Theory]
    [InlineData("v1.0.0", "1.0.0")]
    [InlineData("V1.0.0", "1.0.0")]
    [InlineData("1", "1.0.0")]
    [InlineData("1.1", "1.1.0")]
    [InlineData("v1.2", "1.2.0")]
    [InlineData("1.0.0+build.01", "1.0.0")]
    [InlineData("1.0.0-rc.1+b", "1.0.0-rc.1")]
    [InlineData(" 1.0.0 ", "1.0.0")]
    public void These_are_written_otherwise_and_mean_the_same(string text, string same)
    {
        SemVer.TryParse(text, out var left).ShouldBeTrue();
        SemVer.TryParse(same, out var right).ShouldBeTrue();
        SemVer.Compare(left, right).ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v")]
    [InlineData("vv1.0.0")]
    [InlineData("1.")]
    [InlineData("1.0.")]
    [InlineData(".1")]
    [InlineData("1.0.0.0")]
    [InlineData("01.0.0")]
    [InlineData("1.02.3")]
    [InlineData("-1.0.0")]
    [InlineData("1.0-beta")]
    [InlineData("1+b")]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0-a..b")]
    [InlineData("1.0.0-01")]
    [InlineData("1.0.0+")]
    [InlineData("1.0.0-é")]
    [InlineData("1.x")]
    [InlineData("not-a-version")]
    [InlineData("9007199254740992.0.0")]
    [InlineData("99999999999999999999.0.0")]
    public void These_are_no_versions(string text) => SemVer.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("2.0.0", "=", "2.0.0", "true")]
    [InlineData("2.0.0", "!=", "2.0.0", "false")]
    [InlineData("1.9.9", "<", "2.0.0", "true")]
    [InlineData("2.0.0", "<=", "2.0.0", "true")]
    [InlineData("2.0.0", ">", "2.0.0-rc", "true")]
    [InlineData("2.0.0-alpha", ">=", "2.0.0", "false")]
    [InlineData("3.0.1", "~", "3.0.0", "true")]
    [InlineData("3.0.0", "~", "3.0.9", "true")]
    [InlineData("3.1.0", "~", "3.0.0", "false")]
    [InlineData("3.1.0", "^", "3.9.0", "true")]
    [InlineData("4.0.0", "^", "3.0.0", "false")]
    [InlineData("2.0.0.0", "=", "2.0.0", "null")]
    [InlineData("not-a-version", "!=", "2.0.0", "null")]
    [InlineData("1.0.0", "==", "1.0.0", "null")]
    public void Relations_are_those_of_flagd(string left, string relation, string right, string answer)
    {
        // Once with everything known to the compiler but the left side, once with nothing.
        var data = JsonObject.Empty.With("l", new JsonString(left)).With("o", new JsonString(relation)).With("r", new JsonString(right));
        var known = JsonLogic.Compile(JsonOf($$"""{"sem_ver": [{"var": "l"}, "{{relation}}", "{{right}}"]}"""), LogicOptions.Flagd).Value;
        var unknown = JsonLogic.Compile(JsonOf("""{"sem_ver": [{"var": "l"}, {"var": "o"}, {"var": "r"}]}"""), LogicOptions.Flagd).Value;

        known.Evaluate(data).Value.ToJson().ShouldBe(JsonOf(answer));
        unknown.Evaluate(data).Value.ToJson().ShouldBe(JsonOf(answer));
    }

    [Fact]
    public void A_plain_version_is_looked_for_in_no_more_than_the_characters_that_one_may_have()
    {
        SemVer.TryPlain("999999.999999.999999", out _).ShouldBeTrue();
        SemVer.TryPlain("999999.999999.9999999", out _).ShouldBeFalse();
        SemVer.TryPlain("01.0.0", out _).ShouldBeFalse();
        // A context may bring a text of 64 KiB, and no step is paid for this look. Ten million digits take milliseconds to walk and a few nanoseconds not
        // to: the bound lies a hundred times above the one and far below the other, however busy the machine is, for the best of a hundred rounds counts.
        var text = new string('1', 10_000_000);
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 100; round++)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            SemVer.TryPlain(text, out _).ShouldBeFalse();
            var took = System.Diagnostics.Stopwatch.GetElapsedTime(start);
            best = took < best ? took : best;
        }

        best.ShouldBeLessThan(TimeSpan.FromMicroseconds(100));
    }

    [Fact]
    public void A_number_is_a_version_as_it_is_written()
    {
        var logic = JsonLogicTests.LogicOf("""{"sem_ver": [{"var": "v"}, "=", "1.1.0"]}""");
        logic.Evaluate(JsonOf("""{"v": 1.1}""")).Value.Boolean.ShouldBeTrue();
        logic.Evaluate(JsonOf("""{"v": true}""")).Value.IsNull.ShouldBeTrue();
    }
}
