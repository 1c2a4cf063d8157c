using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Setpoint.Bench.Harness;

/// <summary>
/// The few Linux calls the load generators need. One thread over epoll costs a fifth of what 10,000 pending
/// <c>ReceiveAsync</c> calls cost, and the generator shares its two cores with the server it measures.
/// </summary>
internal static unsafe partial class Native
{
    public const uint EpollIn = 0x001;
    public const int EventBytesX64 = 12;
    private const int ControlAdd = 1;
    private const int SetTimerSlack = 29;
    private const int LimitOpenFiles = 7;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;

    /// <summary>The kernel packs the event on x64 only.</summary>
    public static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? EventBytesX64 : 16;

    private static readonly int EventDataOffset = EventBytes - 8;

    public static int CreateEpoll()
    {
        var descriptor = epoll_create1(0);
        return descriptor >= 0 ? descriptor : throw Failed("epoll_create1");
    }

    public static void Watch(int epoll, int descriptor, int index)
    {
        var entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, EpollIn);
        Unsafe.WriteUnaligned(entry + EventDataOffset, (long)index);
        if (epoll_ctl(epoll, ControlAdd, descriptor, entry) != 0)
            throw Failed("epoll_ctl");
    }

    /// <summary>Waits at most this long; returns how many of <paramref name="events"/> are filled.</summary>
    public static int Wait(int epoll, byte[] events, long nanosecondsMax)
    {
        var limit = new TimeSpec(nanosecondsMax / 1_000_000_000, nanosecondsMax % 1_000_000_000);
        fixed (byte* start = events)
        {
            var count = epoll_pwait2(epoll, start, events.Length / EventBytes, &limit, null);
            if (count >= 0)
                return count;
            const int Interrupted = 4;
            return Marshal.GetLastPInvokeError() == Interrupted ? 0 : throw Failed("epoll_pwait2");
        }
    }

    public static int IndexOf(byte[] events, int position) =>
        (int)Unsafe.ReadUnaligned<long>(ref events[(position * EventBytes) + EventDataOffset]);

    /// <summary>Bytes read; 0 when the peer closed; -1 when nothing is there.</summary>
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        const int Again = 11;
        const int Reset = 104;
        fixed (byte* start = buffer)
        {
            var count = (int)recv(descriptor, start, (nuint)buffer.Length, DontWait);
            if (count >= 0)
                return count;
            return Marshal.GetLastPInvokeError() switch
            {
                Again => -1,
                Reset => 0,
                _ => throw Failed("recv"),
            };
        }
    }

    /// <summary>Sends all of it. Requests are far smaller than a socket buffer, so that a short send means a broken run.</summary>
    public static void Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            if ((int)send(descriptor, start, (nuint)bytes.Length, NoSignal) != bytes.Length)
                throw Failed("send");
        }
    }

    public static void CloseDescriptor(int descriptor) => _ = close(descriptor);

    /// <summary>CPU time of a process with all its threads, ended ones too, in nanoseconds; -1 if it is gone.</summary>
    public static long CpuNanoseconds(int processId)
    {
        TimeSpec time;
        // CPUCLOCK_SCHED of a process, as clock_getcpuclockid(3) builds it: /proc/pid/stat counts in ticks of 10 ms.
        return clock_gettime((~processId << 3) | 2, &time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : -1;
    }

    /// <summary>Timers of this thread fire when due, not up to 50 µs later.</summary>
    public static void SharpenTimers() => _ = prctl(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>Raises the limit of open files here and in the processes started from here; returns what it is then.</summary>
    public static long RaiseOpenFiles(long wanted)
    {
        var limit = new ResourceLimit(wanted, wanted);
        if (setrlimit(LimitOpenFiles, &limit) != 0)
        {
            ResourceLimit current;
            if (getrlimit(LimitOpenFiles, &current) != 0)
                throw Failed("getrlimit");
            limit = new(Math.Min(wanted, current.Hard), current.Hard);
            if (setrlimit(LimitOpenFiles, &limit) != 0)
                throw Failed("setrlimit");
        }

        return limit.Soft;
    }

    public static void SyncData(int descriptor)
    {
        if (fdatasync(descriptor) != 0)
            throw Failed("fdatasync");
    }

    private static InvalidOperationException Failed(string call) =>
        new($"{call} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");

    private readonly record struct TimeSpec(long Seconds, long Nanoseconds);

    private readonly record struct ResourceLimit(long Soft, long Hard);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(int epoll, byte* events, int eventsMax, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, TimeSpec* time);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setrlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(int descriptor);
}
