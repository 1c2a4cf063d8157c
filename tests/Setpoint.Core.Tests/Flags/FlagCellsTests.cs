using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Evaluation;

namespace Setpoint.Core.Tests.Flags;

public sealed class FlagCellsTests
{
    [Fact]
    public void Answers_that_threads_count_at_once_are_all_there_and_taken_once()
    {
        var cells = new FlagCells(2);
        var threads = Enumerable.Range(0, 12).Select(number => new Thread(() =>
        {
            for (var i = 0; i < 20_000; i++)
                cells.Count(new(number % 3 - 1, FlagReason.Split));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Drain(cells).ShouldBe([(-1, FlagReason.Split, 80_000), (0, FlagReason.Split, 80_000), (1, FlagReason.Split, 80_000)]);
        Drain(cells).ShouldBeEmpty();
    }

    [Theory]
    // In KiB: what .NET asks for, what musl gives, and Linux's usual limit with its guard page.
    [InlineData(1536)]
    [InlineData(1540)]
    [InlineData(2048)]
    [InlineData(8192)]
    [InlineData(8196)]
    [InlineData(10_240)]
    public void Threads_whose_stacks_follow_each_other_count_in_different_stripes(int step)
    {
        var random = new Random(7);
        var used = Enumerable.Range(0, 1_000).Average(_ =>
        {
            var top = 0x7f00_0000_0000UL + (ulong)random.NextInt64(1L << 38);
            return Enumerable.Range(0, 8).Select(thread => FlagCells.StripeOf(top - (ulong)(thread * (long)step * 1024))).Distinct().Count();
        });

        used.ShouldBeGreaterThan(6);
    }

    private static List<(int Variant, FlagReason Reason, long Count)> Drain(FlagCells cells)
    {
        var taken = new List<(int, FlagReason, long)>();
        cells.Drain((variant, reason, count) => taken.Add((variant, reason, count)));
        return taken;
    }
}
