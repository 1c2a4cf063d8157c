using System.Reflection;

namespace Setpoint.Faults.Host;

/// <summary>The built server, found from where these tests were built.</summary>
internal static class ServerProgram
{
    /// <summary>The folder that holds the solution.</summary>
    public static string RepoRoot { get; } = FindRoot();

    /// <summary>The server's own build output, not the copy beside these tests: it is what users run.</summary>
    public static string Dll { get; } = FindDll();

    /// <summary>The folder of the public conformance suites; null if it is not on this machine.</summary>
    public static string? Conformance
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("SETPOINT_CONFORMANCE") is { Length: > 0 } named
                ? named
                : Path.GetFullPath(Path.Combine(RepoRoot, "..", "shared", "conformance"));
            return Directory.Exists(folder) ? folder : null;
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Setpoint.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Setpoint.slnx.");
    }

    private static string FindDll()
    {
        var configuration = typeof(ServerProgram).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Release";
        var dll = Path.Combine(RepoRoot, "src", "Setpoint.Server", "bin", configuration, "net10.0", "Setpoint.Server.dll");
        return File.Exists(dll) ? dll : throw new FileNotFoundException($"The server is not built: {dll} is not there. Build src/Setpoint.Server first.", dll);
    }
}
