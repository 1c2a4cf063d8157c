using System.Globalization;
using System.Runtime.InteropServices;

namespace Setpoint.Bench.Harness;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = ReadValue("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC; {Environment.ProcessorCount} cores ({model}), {memory:0} GiB; Linux {Environment.OSVersion.Version}; .NET {Environment.Version}; load average at the start {LoadAverage()}");
    }

    public static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>The repository, found from where the executable stands.</summary>
    public static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Setpoint.slnx")))
                return folder.FullName;
        }

        throw new BenchException($"No folder above {AppContext.BaseDirectory} holds Setpoint.slnx; run the bench from its checkout.");
    }

    private static string? ReadValue(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
