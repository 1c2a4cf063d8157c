using Setpoint.Client.Following;

namespace Setpoint.Client.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void Ceilings_double_from_1_to_30_seconds_and_start_again_after_a_reset()
    {
        var backoff = new Backoff(new Random(1));
        List<double> Ceilings(int count) => [.. Enumerable.Range(0, count).Select(_ =>
        {
            var ceiling = backoff.Ceiling.TotalSeconds;
            backoff.Next();
            return ceiling;
        })];

        Ceilings(8).ShouldBe([1, 2, 4, 8, 16, 30, 30, 30]);
        backoff.Reset();
        Ceilings(2).ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20261120)]
    public void Waits_are_spread_over_the_whole_ceiling_and_follow_the_seed(int seed)
    {
        var (one, same) = (new Backoff(new Random(seed)), new Backoff(new Random(seed)));
        var last = new List<double>();
        for (var i = 0; i < 2000; i++)
        {
            var ceiling = one.Ceiling;
            var wait = one.Next();
            same.Next().ShouldBe(wait);
            wait.ShouldBeInRange(TimeSpan.Zero, ceiling);
            if (i >= 5)
                last.Add(wait.TotalSeconds);
        }

        last.Average().ShouldBeInRange(14, 16, $"seed {seed}");
        last.Min().ShouldBeLessThan(1, $"seed {seed}");
        last.Max().ShouldBeGreaterThan(29, $"seed {seed}");
    }
}
