using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Setpoint.TestKit;

/// <summary>Measures work by the time that a processor spends on it.</summary>
public static partial class ProcessorTime
{
    private const int ThreadClock = 3;

    /// <summary>
    /// What the work costs on this thread. A machine that does something else in between does not make it more; where the system cannot
    /// tell, it is the time that passed.
    /// </summary>
    public static TimeSpan Of(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        var before = Now();
        work();
        return Now() - before;
    }

    private static TimeSpan Now()
    {
        if (!OperatingSystem.IsLinux() || Environment.Is64BitProcess is false)
            return Stopwatch.GetElapsedTime(0);
        return Read(ThreadClock, out var time) == 0
            ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : throw new InvalidOperationException($"The thread's clock cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Read(int clock, out Reading time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Reading
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
