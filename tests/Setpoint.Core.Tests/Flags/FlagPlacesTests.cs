using System.Globalization;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagPlacesTests
{
    [Fact]
    public void Every_key_is_found_where_it_was_put_and_no_other_is_found() => Seeded.Run(300, random =>
    {
        // Keys of all lengths that share beginnings, ends and whole middles.
        var all = Enumerable.Range(0, random.Next(1, 200))
            .Select(_ => Text(random, random.Next(3)) + Text(random, random.Next(5)) + Text(random, random.Next(14)))
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        var known = all[..random.Next(all.Length + 1)];
        var places = new FlagPlaces(known);

        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < all.Length; i++)
            {
                var wanted = i < known.Length ? i : -1;
                places.Find(all[i]).ShouldBe(wanted);
                places.Find(new string(all[i])).ShouldBe(wanted);
            }
        }
    });

    [Fact]
    public void A_text_that_is_no_key_is_not_found_though_another_string_was_asked_for_before()
    {
        var places = new FlagPlaces(["new_checkout_flow", "a"]);
        places.Find(new string("new_checkout_flow")).ShouldBe(0);

        places.Find("new_checkout_flop").ShouldBe(-1);
        places.Find("").ShouldBe(-1);
        places.Find(new string("new_checkout_flow")).ShouldBe(0);
        places.Find("a").ShouldBe(1);
        new FlagPlaces([]).Find("a").ShouldBe(-1);
        Should.Throw<ArgumentNullException>(() => places.Find(null!)).ParamName.ShouldBe("key");
    }

    [Fact]
    public void Ten_thousand_keys_that_differ_in_one_place_are_found()
    {
        var keys = Enumerable.Range(0, 10_000).Select(number => string.Create(CultureInfo.InvariantCulture, $"team-a.feature-{number:00000}.is-enabled")).ToArray();
        var places = new FlagPlaces(keys);

        keys.Select(places.Find).ShouldBe(Enumerable.Range(0, keys.Length));
    }

    [Fact]
    public void Threads_that_ask_by_strings_of_their_own_find_the_same()
    {
        var keys = Enumerable.Range(0, 50).Select(number => $"flag-{number}").ToArray();
        var places = new FlagPlaces(keys);

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 5_000; i++)
                places.Find(new string(keys[i % keys.Length])).ShouldBe(i % keys.Length);
        });
    }

    private static string Text(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => "ab-ü"[random.Next(4)]));
}
