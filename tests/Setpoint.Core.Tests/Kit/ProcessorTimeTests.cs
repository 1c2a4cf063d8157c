using System.Diagnostics;
using Setpoint.TestKit;

namespace Setpoint.Core.Tests.Kit;

public sealed class ProcessorTimeTests
{
    [Fact]
    public void Work_costs_what_it_takes_and_waiting_costs_next_to_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The clock of a thread is read on Linux alone.");
        using var never = new ManualResetEvent(initialState: false);
        var clock = new Stopwatch();

        ProcessorTime.Of(() => never.WaitOne(200)).ShouldBeLessThan(TimeSpan.FromMilliseconds(100));
        var worked = ProcessorTime.Of(() =>
        {
            clock.Start();
            while (ProcessorTime.Of(() => { }) >= TimeSpan.Zero && clock.ElapsedMilliseconds < 100)
            {
            }
        });

        worked.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(1));
        worked.ShouldBeLessThanOrEqualTo(clock.Elapsed + TimeSpan.FromMilliseconds(50));
    }
}
