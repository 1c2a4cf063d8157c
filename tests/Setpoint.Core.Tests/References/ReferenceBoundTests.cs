using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Layers;

namespace Setpoint.Core.Tests.References;

/// <summary>Circles, chains and texts without end.</summary>
public sealed class ReferenceBoundTests
{
    [Fact]
    public void A_circle_over_namespaces_is_named_in_full_and_the_same_from_wherever_it_is_entered()
    {
        var snapshot = ReferenceWorld.Of(
            ("config/a/base", """{"x":"${config:b/y}","z":1,"other":"${config:x}"}"""),
            ("config/b/env/production", """{"y":"<${config:a/x}>"}"""),
            ("config/b/base", """{"y":2}"""));

        var fromA = snapshot.Resolve("a").Problem();
        fromA.Code.ShouldBe(ViolationCode.CircularDependency);
        fromA.Message.ShouldContain("config/a:x -> config/b:y -> config/a:x.");
        fromA.Effective!.Environments.ShouldBe(["production"]);
        snapshot.Resolve("b").Problem().Message.ShouldContain("config/b:y -> config/a:x -> config/b:y.");
        snapshot.Resolve("a", ResolveContext.Of("staging")).Config["x"]!.ToString().ShouldBe("2", "there is no circle in staging");
    }

    [Theory]
    [InlineData("""{"x":"${config:x}"}""", "config/mail:x -> config/mail:x.")]
    [InlineData("""{"x":{"y":"${config:x}"}}""", "config/mail:x.y -> config/mail:x -> config/mail:x.y.")]
    [InlineData("""{"x":"${config:y.a}","y":"${config:x}"}""", "config/mail:x -> config/mail:y.a -> config/mail:y -> config/mail:x.")]
    [InlineData("""{"x":"${config:mail/y}","y":"a ${config:/x}"}""", "config/mail:x -> config/mail:y -> config/mail:x.")]
    public void A_circle_within_one_configuration_is_found_too(string config, string circle)
    {
        var problem = ReferenceWorld.Of(("config/mail/base", config)).Resolve("mail").Problem();

        problem.Code.ShouldBe(ViolationCode.CircularDependency);
        problem.Message.ShouldContain($"circle: {circle}");
        problem.Address!.Text.ShouldBe("config/mail/base");
    }

    [Fact]
    public void Two_namespaces_may_refer_to_each_other_as_long_as_no_value_does()
    {
        var snapshot = ReferenceWorld.Of(
            ("config/a/base", """{"x":"${config:b/y}","z":"end"}"""),
            ("config/b/base", """{"y":"${config:a/z}"}"""));

        snapshot.Resolve("a").Config["x"]!.ToString().ShouldBe("\"end\"");
        snapshot.Resolve("b").Config["y"]!.ToString().ShouldBe("\"end\"");
    }

    [Theory]
    [InlineData(32, false)]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(33, true)]
    public void At_most_32_references_follow_each_other_whichever_is_resolved_first(int references, bool lastFirst)
    {
        var keys = Enumerable.Range(0, references)
            .Select(i => $"\"k{i}\":\"${{config:k{i + 1}}}\"")
            .Append($"\"k{references}\":\"$${{end}}\"");
        var config = $"{{{string.Join(',', lastFirst ? keys.Reverse() : keys)}}}";

        var effective = ReferenceWorld.Of(("config/mail/base", config)).Resolve("mail");

        if (references <= 32)
        {
            effective.Config["k0"]!.ToString().ShouldBe("\"${end}\"");
            return;
        }

        var problem = effective.Problem();
        problem.Code.ShouldBe(ViolationCode.ConstraintViolation);
        problem.Message.ShouldStartWith("config/mail:k0 leads through more than 32 references");
    }

    [Fact]
    public void A_chain_as_long_as_a_document_ends_soon_with_problems()
    {
        var config = $"{{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"k{i}\":\"${{config:k{i + 1}}}\""))},\"k20000\":1}}";

        ReferenceWorld.Of(("config/mail/base", config)).Resolve("mail").Problems.ShouldAllBe(problem => problem.Code == ViolationCode.ConstraintViolation);
    }

    [Fact]
    public void A_few_strings_that_stand_for_an_endless_text_or_tree_are_refused_before_it_is_made()
    {
        string Doubling(string format) => $"{{\"k0\":\"{new string('x', 100)}\",{string.Join(',', Enumerable.Range(1, 31).Select(i => $"\"k{i}\":{string.Format(CultureInfo.InvariantCulture, format, $"${{config:k{i - 1}}}")}"))}}}";

        foreach (var config in (string[])[Doubling("\"{0}{0}\""), Doubling("[\"{0}\",\"{0}\"]"), Doubling("{{\"a\":\"{0}\",\"b\":[\"{0}\"]}}")])
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var effective = ReferenceWorld.Of(("config/mail/base", config)).Resolve("mail");
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024 * 1024);
            effective.Problems.ShouldNotBeEmpty();
            effective.Problems[0].Code.ShouldBe(ViolationCode.ConstraintViolation);
            effective.Problems[0].Message.ShouldContain("1048576 bytes");
        }
    }

    [Fact]
    public void What_references_insert_into_one_configuration_has_1_MiB_in_all()
    {
        var megabyte = 1024 * 1024;
        var block = new string('x', (megabyte / 4) - 2);
        string ConfigOf(int copies) => $"{{\"b\":\"{block}\",{string.Join(',', Enumerable.Range(0, copies).Select(i => $"\"c{i}\":\"${{config:b}}\""))}}}";

        ReferenceWorld.Of(("config/mail/base", ConfigOf(4))).Resolve("mail").Problems.ShouldBeEmpty();
        ReferenceWorld.Of(("config/mail/base", ConfigOf(5))).Resolve("mail").Problem().Path.ShouldBe("/c4");
    }

    [Fact]
    public void References_do_not_nest_a_configuration_deeper_than_a_document_may_be()
    {
        string Nest(int levels, string inner) => string.Concat(Enumerable.Repeat("""{"a":""", levels)) + inner + new string('}', levels);

        ReferenceWorld.Of(("config/mail/base", $$"""{"d":{{Nest(31, "1")}},"e":{{Nest(32, "\"${config:d}\"")}}}""")).Resolve("mail").Config.Depth.ShouldBe(64);
        var problem = ReferenceWorld.Of(("config/mail/base", $$"""{"d":{{Nest(32, "1")}},"e":{{Nest(32, "\"${config:d}\"")}}}""")).Resolve("mail").Problem();
        problem.Message.ShouldContain("64 levels");
    }
}
