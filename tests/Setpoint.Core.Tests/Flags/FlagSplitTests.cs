using System.Globalization;
using Setpoint.Core.Flags;
using Setpoint.Core.Tests.Json;
using static Setpoint.Core.Tests.Flags.TestFlags;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagSplitTests
{
    private const int Users = 20_000;

    [Fact]
    public void A_greater_percentage_only_adds_users_and_keeps_their_variants() => Seeded.Run(5, random =>
    {
        var key = $"flag-{random.Next()}";
        var before = new string?[Users];
        foreach (var percentage in (double[])[0, 0.5, 5, 25, 33.333, 80, 100])
        {
            var set = SetOf("production", Flag(key, Split(percentage)));
            var some = 0;
            for (var i = 0; i < Users; i++)
            {
                var result = set.Evaluate(key, User($"user-{i}"), Now);
                result.Reason.ShouldBe(FlagReason.Split);
                if (before[i] is { } served)
                    result.Variant.ShouldBe(served);
                before[i] = result.Variant;
                some += result.HasValue ? 1 : 0;
            }

            (some * 100.0 / Users).ShouldBe(percentage, tolerance: 1.5);
        }
    });

    [Fact]
    public void Who_is_in_says_nothing_about_the_variant()
    {
        foreach (var percentage in (double[])[5, 30, 100])
        {
            var set = SetOf(Split(percentage));
            var counts = Enumerable.Range(0, Users).Select(i => set.Evaluate(User($"u{i}")).Variant).Where(variant => variant is not null).CountBy(variant => variant!).ToDictionary();
            var all = counts.Values.Sum();
            // Chi-square with two degrees of freedom: 13.8 is exceeded once in a thousand by chance.
            var chi = new (string Variant, double Share)[] { ("a", 0.5), ("b", 0.3), ("c", 0.2) }
                .Sum(expected => Math.Pow(counts[expected.Variant] - (all * expected.Share), 2) / (all * expected.Share));
            chi.ShouldBeLessThan(13.8, $"{percentage} %: {string.Join(", ", counts)}");
        }
    }

    [Fact]
    public void The_order_in_which_weights_are_written_moves_nobody()
    {
        var one = SetOf("""{"variants":{"a":1,"b":2,"c":3},"split":{"weights":{"a":5,"b":3,"c":2}}}""");
        var other = SetOf("""{"variants":{"c":3,"a":1,"b":2},"split":{"weights":{"c":2,"b":3,"a":5}}}""");
        for (var i = 0; i < 1000; i++)
            other.Evaluate(User($"u{i}")).Variant.ShouldBe(one.Evaluate(User($"u{i}")).Variant);
    }

    [Fact]
    public void A_split_without_percentage_is_flagds_fractional()
    {
        var ours = SetOf("""{"variants":{"a":1,"b":2},"split":{"weights":{"a":30,"b":70}}}""");
        var theirs = SetOf("""{"variants":{"a":1,"b":2},"targeting":{"fractional":[["a",30],["b",70]]}}""");
        foreach (var id in (string[])[.. Enumerable.Range(0, 500).Select(i => i.ToString(CultureInfo.InvariantCulture)), "é", "日本語", "😀😀"])
            ours.Evaluate(User(id)).Variant.ShouldBe(theirs.Evaluate(User(id)).Variant, id);
    }

    [Fact]
    public void Splits_of_one_salt_choose_alike_and_others_do_not()
    {
        const string json = """{"variants":{"a":1,"b":2},"split":{"weights":{"a":1,"b":1},"salt":"SALT"}}""";
        var set = SetOf("production", Flag("x", json), Flag("y", json), Flag("z", json.Replace("SALT", "OTHER", StringComparison.Ordinal)));
        var alike = 0;
        for (var i = 0; i < 1000; i++)
        {
            var variant = set.Evaluate(User($"u{i}"), "x").Variant;
            set.Evaluate(User($"u{i}"), "y").Variant.ShouldBe(variant);
            alike += set.Evaluate(User($"u{i}"), "z").Variant == variant ? 1 : 0;
        }

        alike.ShouldBeInRange(430, 570);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"targetingKey":""}""")]
    [InlineData("""{"targetingKey":null}""")]
    [InlineData("""{"targetingKey":["u"]}""")]
    public void A_missing_targeting_key_is_an_error_only_where_there_is_something_to_split(string context)
    {
        var nobody = FlagContext.Of(JsonSamples.ObjectOf(context));
        var result = SetOf(Split(50)).Evaluate(nobody);
        result.ShouldBe(null, FlagReason.Error, FlagError.TargetingKeyMissing);
        result.ErrorMessage!.ShouldContain("'targetingKey'");
        SetOf(Split(0)).Evaluate(nobody).ShouldBe(null, FlagReason.Split);
        SetOf("""{"variants":{"a":1,"b":2},"split":{"weights":{"a":1,"b":0}}}""").Evaluate(nobody).ShouldBe("a", FlagReason.Split);
    }

    [Fact]
    public void A_split_by_an_attribute_takes_numbers_and_nested_ones_and_names_what_is_missing()
    {
        var set = SetOf("""{"variants":{"a":1,"b":2},"split":{"by":"account.id","weights":{"a":1,"b":1}}}""");
        set.Evaluate(User("u", """{"account":{"id":7}}""")).Variant.ShouldBe(set.Evaluate(User("v", """{"account":{"id":"7"}}""")).Variant);
        set.Evaluate(User("u")).ErrorMessage!.ShouldContain("'account.id'");
    }

    private static string Split(double percentage) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"variants":{"a":1,"b":2,"c":3},"split":{"percentage":{{percentage}},"weights":{"a":50,"b":30,"c":20} } }""");
}
