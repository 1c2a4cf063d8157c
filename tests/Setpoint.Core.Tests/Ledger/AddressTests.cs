using System.Text;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Ledger;

public sealed class AddressTests
{
    [Theory]
    [InlineData("config/user-service/base", "config", "user-service", "base")]
    [InlineData("config/a/user/ann@example.com", "config", "a", "user", "ann@example.com")]
    [InlineData("flag/global/new_checkout_flow", "flag", "global", "new_checkout_flow")]
    [InlineData("a/~+:.-_9Z", "a", "~+:.-_9Z")]
    [InlineData("x1-y/...", "x1-y", "...")]
    [InlineData("config/a/user/caf%C3%A9%20%2F%25", "config", "a", "user", "café /%")]
    [InlineData("config/a/user/%F0%9F%98%80", "config", "a", "user", "😀")]
    [InlineData("k/%00", "k", "\0")]
    [InlineData("k/1/2/3/4/5/6/7", "k", "1", "2", "3", "4", "5", "6", "7")]
    public void A_valid_address_is_its_segments_and_one_text(string text, string kind, params string[] segments)
    {
        var address = Address.Parse(text);

        address.Text.ShouldBe(text);
        address.ToString().ShouldBe(text);
        address.Kind.ShouldBe(kind);
        address.Segments.ShouldBe([kind, .. segments]);
        Address.Of(kind, segments).ShouldBe(address);
        Address.Of(kind, segments).GetHashCode().ShouldBe(address.GetHashCode());
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("config", "no segment after its kind")]
    [InlineData("/config/a", "does not begin with a kind")]
    [InlineData("Config/a", "does not begin with a kind")]
    [InlineData("1config/a", "does not begin with a kind")]
    [InlineData("con_fig/a", "does not begin with a kind")]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456/a", "does not begin with a kind")]
    [InlineData("config/", "segment 1 is empty")]
    [InlineData("config/a/", "segment 2 is empty")]
    [InlineData("config//a", "segment 1 is empty")]
    [InlineData("config/.", "names no document")]
    [InlineData("config/a/..", "names no document")]
    [InlineData("config/a b", "U+0020 at 1")]
    [InlineData("config/a\\b", "U+005C at 1")]
    [InlineData("config/é", "U+00E9 at 0")]
    [InlineData("config/a?b", "U+003F at 1")]
    [InlineData("config/%", "without two upper-case")]
    [InlineData("config/%4", "without two upper-case")]
    [InlineData("config/%c3%a9", "without two upper-case")]
    [InlineData("config/%G0", "without two upper-case")]
    [InlineData("config/%41", "writes 'A' as %41")]
    [InlineData("config/%2E%2E", "writes '.' as %2E")]
    [InlineData("config/%FF", "not valid UTF-8")]
    [InlineData("config/%C0%AF", "not valid UTF-8")]
    [InlineData("config/%ED%A0%80", "not valid UTF-8")]
    [InlineData("k/1/2/3/4/5/6/7/8", "9 parts; the limit is 8")]
    public void An_invalid_address_is_refused_by_the_rule_it_breaks(string text, string rule)
    {
        Address.TryParse(text, out var address, out var problem).ShouldBeFalse();
        address.ShouldBeNull();
        problem!.ShouldContain(rule);
        Should.Throw<FormatException>(() => Address.Parse(text));
    }

    [Fact]
    public void Limits_are_exact()
    {
        Address.TryParse("config/" + new string('a', 128), out _, out _).ShouldBeTrue();
        Address.TryParse("config/" + new string('a', 129), out _, out var tooLong).ShouldBeFalse();
        tooLong!.ShouldContain("129 characters; the limit is 128");
        Address.TryParse(string.Join('/', ["k", .. Enumerable.Repeat(new string('a', 101), 5)]), out _, out _).ShouldBeTrue("511 characters");
        Address.TryParse(string.Join('/', ["k", .. Enumerable.Repeat(new string('a', 102), 5)]), out _, out var text).ShouldBeFalse();
        text!.ShouldContain("516 characters; the limit is 512");
        new string('k', 32).ShouldSatisfyAllConditions(kind => Address.TryParse(kind + "/a", out _, out _).ShouldBeTrue());
        Address.TryParse(null, out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public void A_part_that_no_address_can_hold_is_refused_where_one_is_made(string segment)
    {
        Address.TryOf("config", ["a", segment], out _, out var problem).ShouldBeFalse();
        problem.ShouldNotBeNull();
        Should.Throw<FormatException>(() => Address.Of("config", "a", segment));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_part_because_two_names_would_have_one_address()
    {
        foreach (var half in (string[])["\uD800", "a\uDFFFb", "\uDE00\uD83D"])
        {
            Address.TryOf("config", [half], out _, out var problem).ShouldBeFalse();
            problem!.ShouldContain("surrogate");
        }
    }

    [Fact]
    public void Addresses_are_ordered_and_compared_by_their_text()
    {
        var address = Address.Parse("config/a/base");
        (address == Address.Parse("config/a/base")).ShouldBeTrue();
        (address != Address.Parse("config/A/base")).ShouldBeTrue();
        address.CompareTo(Address.Parse("config/b/base")).ShouldBeLessThan(0);
    }

    [Fact]
    public void What_is_made_of_parts_reads_back_as_those_parts() => Seeded.Run(2000, random =>
    {
        var segments = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Segment(random)).ToArray();
        if (!Address.TryOf("kind", segments, out var address, out _))
        {
            // Only what the grammar names may stop it.
            (segments.Any(segment => segment is "" or "." or "..") || segments.Sum(segment => Address.Encode(segment).Length + 1) + 4 > Address.LengthMax)
                .ShouldBeTrue(string.Join("|", segments));
            return;
        }

        address.Segments.ShouldBe(["kind", .. segments]);
        Address.Parse(address.Text).ShouldBe(address);
        address.Text.ShouldAllBe(c => char.IsAscii(c));
    });

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_has_one_spelling() => Seeded.Run(20_000, random =>
    {
        var text = Noise(random);
        if (!Address.TryParse(text, out var address, out var problem))
        {
            problem.ShouldNotBeNullOrEmpty();
            return;
        }

        address.Text.ShouldBe(text);
        Address.Of(address.Kind, address.Segments.AsSpan()[1..]).Text.ShouldBe(text, "the same parts have another spelling");
    });

    private static string Segment(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(12); i >= 0; i--)
        {
            text.Append(random.Next(6) switch
            {
                0 => new Rune(random.Next(0x20)).ToString(),
                1 => ".",
                2 => new Rune(random.Next(0x10000, 0x10FFFF)).ToString(),
                3 => "/%?# é€"[random.Next(7)].ToString(),
                _ => ((char)random.Next('!', '~')).ToString(),
            });
        }

        return random.Next(20) == 0 ? "" : text.ToString();
    }

    /// <summary>Mostly nearly an address, sometimes anything.</summary>
    private static string Noise(Random random)
    {
        string[] pieces = ["config", "k", "/", "/", "/", "a", "B", "9", ".", "..", "%", "%2F", "%2f", "%41", "%C3%A9", "%FF", "%F0%9F%98%80", "%00", " ", "é", "\uD800", "~", "base", "-", "env"];
        var text = new StringBuilder(random.Next(4) == 0 ? "" : "config/");
        for (var i = random.Next(14); i >= 0; i--)
            text.Append(random.Next(30) == 0 ? ((char)random.Next(0x10000)).ToString() : pieces[random.Next(pieces.Length)]);
        return text.ToString();
    }
}
