using System.Globalization;
using System.Runtime.InteropServices;

namespace Setpoint.Server.Process.Telemetry;

/// <summary>What every process has: its build, age, processor time, memory and threads, under the names that dashboards know.</summary>
internal static class ProcessFigures
{
    public static void Write(PrometheusText output)
    {
        output.Head("setpoint_build_info", MetricType.Gauge, "Always 1; the labels say what runs.");
        output.Sample("setpoint_build_info", [new("version", ServerVersion.Number), new("revision", ServerVersion.Revision), new("runtime", RuntimeInformation.FrameworkDescription)], 1);

        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
        output.Write("process_start_time_seconds", MetricType.Gauge, "When this process started, in seconds since 1970.", started);
        output.Write("process_cpu_seconds_total", MetricType.Counter, "Processor time used, user and system.", process.TotalProcessorTime.TotalSeconds);
        output.Write("process_resident_memory_bytes", MetricType.Gauge, "Memory that is in RAM.", process.WorkingSet64);
        output.Write("process_threads", MetricType.Gauge, "Threads of the operating system.", process.Threads.Count);
        if (OperatingSystem.IsLinux())
            output.Write("process_open_fds", MetricType.Gauge, "Open files and sockets.", Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());

        output.Write("dotnet_gc_heap_bytes", MetricType.Gauge, "Managed memory in use, garbage not yet collected included.", GC.GetTotalMemory(forceFullCollection: false));
        output.Write("dotnet_gc_allocated_bytes_total", MetricType.Counter, "Managed memory allocated so far.", GC.GetTotalAllocatedBytes());
        output.Write("dotnet_gc_pause_seconds_total", MetricType.Counter, "Time in which the garbage collector stopped everything.", GC.GetTotalPauseDuration().TotalSeconds);
        output.Head("dotnet_gc_collections_total", MetricType.Counter, "Garbage collections by generation.");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            output.Sample("dotnet_gc_collections_total", [new("generation", generation.ToString(CultureInfo.InvariantCulture))], GC.CollectionCount(generation));
        output.Write("dotnet_threadpool_threads", MetricType.Gauge, "Threads of the pool.", ThreadPool.ThreadCount);
        output.Write("dotnet_threadpool_queue_length", MetricType.Gauge, "Work that waits for a thread of the pool.", ThreadPool.PendingWorkItemCount);
    }
}
