using Setpoint.Core.Faults;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Faults;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("timout", "timeout")]      // left out
    [InlineData("timeeout", "timeout")]    // put in
    [InlineData("timeoot", "timeout")]     // exchanged
    [InlineData("itmeout", "timeout")]     // swapped
    [InlineData("TimeOut", "timeout")]     // another case
    [InlineData("tiemotu", "timeout")]     // two slips
    [InlineData("timeouts_ms", null)]      // four, and a third of the letters are three
    [InlineData("timout", null, "host", "port")]
    [InlineData("prt", "port", "host", "port")]
    [InlineData("po", null, "port")]       // two of two letters say nothing
    [InlineData("", null, "a")]
    [InlineData("connectionLifetmeSec", "connectionLifetimeSeconds", "connectionLifetimeSeconds")]
    public void The_name_that_is_a_slip_or_two_away_was_meant(string written, string? meant, params string[] known) =>
        NearestName.Of(written, known is [] ? ["retries", "timeout"] : known).ShouldBe(meant);

    [Fact]
    public void Of_names_that_are_equally_near_the_first_is_meant()
    {
        NearestName.Of("hosd", ["hose", "host"]).ShouldBe("hose");
        NearestName.Of("hosd", ["host", "hose"]).ShouldBe("host");
        NearestName.Of("hosd", ["hot", "hose", "host"]).ShouldBe("hose", "one slip is nearer than two, wherever it stands");
    }

    [Fact]
    public void Slips_are_counted_as_their_definition_says() => Seeded.Run(3000, random =>
    {
        var written = Text(random);
        var known = Enumerable.Range(0, random.Next(6)).Select(_ => Text(random)).ToList();
        var most = written.Length < 4 ? 1 : Math.Max(2, written.Length / 3);
        var expected = known.Where(_ => written.Length > 0).Select(name => (Name: name, Slips: Slips(written, name)))
            .Where(one => one.Slips <= most)
            .OrderBy(one => one.Slips)
            .Select(one => one.Name)
            .FirstOrDefault();

        NearestName.Of(written, known).ShouldBe(expected, $"'{written}' among '{string.Join("', '", known)}'");
    });

    [Fact]
    public void Names_longer_than_anyone_writes_are_not_compared()
    {
        var longest = new string('x', 64);
        NearestName.Of(longest, [longest[1..]]).ShouldBe(longest[1..]);
        NearestName.Of(longest, [longest + "x"]).ShouldBeNull();
        NearestName.Of(longest + "x", [longest]).ShouldBeNull();
    }

    [Fact]
    public void Of_very_many_names_only_the_first_thousand_are_looked_at()
    {
        var asked = 0;
        IEnumerable<string> Known()
        {
            while (true)
            {
                asked++;
                yield return asked == 1_001 ? "timeout" : "retries";
            }
        }

        NearestName.Of("timout", Known()).ShouldBeNull();
        asked.ShouldBe(1_000);
    }

    private static string Text(Random random) => new([.. Enumerable.Range(0, random.Next(10)).Select(_ => "abAB_"[random.Next(5)])]);

    /// <summary>Optimal string alignment, by its recursive definition.</summary>
    private static int Slips(string from, string to)
    {
        var memo = new int?[from.Length + 1, to.Length + 1];
        return Of(from.ToLowerInvariant(), to.ToLowerInvariant(), memo);

        static int Of(string from, string to, int?[,] memo)
        {
            if (from.Length == 0 || to.Length == 0)
                return from.Length + to.Length;
            if (memo[from.Length, to.Length] is { } known)
                return known;
            var slips = Math.Min(Math.Min(Of(from[..^1], to, memo), Of(from, to[..^1], memo)) + 1, Of(from[..^1], to[..^1], memo) + (from[^1] == to[^1] ? 0 : 1));
            if (from.Length > 1 && to.Length > 1 && from[^1] == to[^2] && from[^2] == to[^1])
                slips = Math.Min(slips, Of(from[..^2], to[..^2], memo) + 1);
            memo[from.Length, to.Length] = slips;
            return slips;
        }
    }
}
