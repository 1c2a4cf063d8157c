using Setpoint.Core.Json;
using Setpoint.Core.References;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.References;

public sealed class ReferenceTextTests
{
    [Theory]
    [InlineData("plain $ text } {", "'plain $ text } {'")]
    [InlineData("${config:a.b}", "<config|a.b>")]
    [InlineData("${file:x y/z:1}", "<file|x y/z:1>")]
    [InlineData("a${env:HOST}b${env:PORT}", "'a'<env|HOST>'b'<env|PORT>")]
    [InlineData("${env:A}${env:B}", "<env|A><env|B>")]
    [InlineData("$${config:a}", "'${config:a}'")]
    [InlineData("$${", "'${'")]
    [InlineData("$$${config:a}", "'$${config:a}'")]
    [InlineData("${env:A}$${env:B}", "<env|A>'${env:B}'")]
    [InlineData("$${$${${env:A}", "'${${'<env|A>")]
    [InlineData("$ ${secret:db}$", "'$ '<secret|db>'$'")]
    [InlineData("", "")]
    public void A_string_falls_apart_into_text_and_references(string text, string expected)
    {
        ReferenceText.TryParse(text, out var parsed, out var problem).ShouldBeTrue(problem);

        string.Concat(parsed.Parts.Select(part => part.Reference is { } one ? $"<{one.Provider}|{one.Key}>" : $"'{part.Literal}'")).ShouldBe(expected);
        parsed.Whole.ShouldBe(parsed.Parts is [{ Reference: { } only }] ? only : null);
    }

    [Theory]
    [InlineData("ab${config:a", "character 3 is never closed")]
    [InlineData("${", "character 1 is never closed")]
    [InlineData("${HOME}", "is no reference")]
    [InlineData("${}", "is no reference")]
    [InlineData("${:a}", "is no reference")]
    [InlineData("${Config:a}", "is no reference")]
    [InlineData("${s3:a}", "config, env, file, secret or vault")]
    [InlineData("${config:}", "names no key")]
    [InlineData("${config:${env:A}}", "another inside it")]
    [InlineData("${env:A} ${env:B", "character 10 is never closed")]
    public void What_begins_like_a_reference_and_is_none_is_refused_with_the_way_out(string text, string problem)
    {
        ReferenceText.TryParse(text, out var parsed, out var found).ShouldBeFalse();

        parsed.ShouldBeNull();
        found.ShouldContain(problem);
        found.ShouldContain("'$${'");
    }

    [Fact]
    public void A_problem_does_not_repeat_the_string_which_may_be_a_password()
    {
        foreach (var text in (string[])["s3cret${", "s3cret${p4ss}word", "s3cret${p4ss:word}", "${config:}s3cret"])
        {
            ReferenceText.TryParse(text, out _, out var problem).ShouldBeFalse();
            problem.ShouldNotContain("s3cret");
            problem.ShouldNotContain("p4ss");
        }
    }

    [Fact]
    public void Random_text_is_read_or_refused_and_what_is_read_means_the_same_once_written_again() => Seeded.Run(5_000, random =>
    {
        string[] pieces = ["$", "{", "}", "${", "$${", "config:", "env:", "a", "/", ".", ":", "${config:a}", "${secret:x}"];
        var text = string.Concat(Enumerable.Range(0, random.Next(9)).Select(_ => pieces[random.Next(pieces.Length)]));
        if (!ReferenceText.TryParse(text, out var parsed, out var problem))
        {
            problem.ShouldNotBeEmpty();
            return;
        }

        var again = string.Concat(parsed.Parts.Select(part => part.Reference?.ToString() ?? part.Literal.Replace("${", "$${", StringComparison.Ordinal)));
        again.ShouldBe(text);
        if (!ReferenceText.MayRefer(text))
            parsed.Parts.ShouldAllBe(part => part.Reference == null && part.Literal == text);
    });

    [Theory]
    [InlineData("${secret:db}", true)]
    [InlineData("a ${config:b}", true)]
    [InlineData("$${a} ${config:b}", true)]
    [InlineData("${HOME}", true)]
    [InlineData("${", true)]
    [InlineData("$${secret:db}", false)]
    [InlineData("$$${secret:db}", false)]
    [InlineData("$secret {x}", false)]
    public void A_string_refers_if_a_reference_or_what_begins_like_one_is_in_it(string text, bool expected)
    {
        ReferenceText.Refers(new JsonString(text)).ShouldBe(expected);
        ReferenceText.Refers(JsonNumber.Of(1)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a.b", null, "/a/b")]
    [InlineData("/a/b", null, "/a/b")]
    [InlineData("mail/a.b", "mail", "/a/b")]
    [InlineData("mail//a.b/c", "mail", "/a.b/c")]
    [InlineData("mail//", "mail", "/")]
    public void A_config_key_names_a_place_here_or_in_another_namespace(string text, string? ns, string pointer)
    {
        ConfigKey.TryParse(text, out var key, out var problem).ShouldBeTrue(problem);

        key.Namespace.ShouldBe(ns);
        key.Path.Pointer.ToString().ShouldBe(pointer);
    }

    [Theory]
    [InlineData("mail/")]
    [InlineData("a..b")]
    [InlineData("mail//a~2")]
    public void A_config_key_that_names_no_value_is_refused(string text)
    {
        ConfigKey.TryParse(text, out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_layer_knows_what_its_strings_refer_to()
    {
        var set = ReferenceSet.Of(JsonSamples.ObjectOf("""{"a":"${config:b}","b":["x ${config:mail/x} ${env:H}",{"c":"${config:mail/x}"}],"d":"${config:user//y}"}"""));

        set.References.Select(reference => reference.ToString()).ShouldBe(["${config:b}", "${config:mail/x}", "${env:H}", "${config:user//y}"]);
        set.Namespaces.ShouldBe(["mail", "user"]);
        ReferenceSet.Of(JsonSamples.ObjectOf("""{"a":"$ {","${config:b}":1}""")).IsEmpty.ShouldBeTrue("names of properties are names");
        ReferenceSet.Of(JsonSamples.ObjectOf("""{"a":"$${HOME}"}""")).IsEmpty.ShouldBeFalse("an escape must be rewritten");
    }
}
