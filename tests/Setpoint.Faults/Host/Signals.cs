using System.Runtime.InteropServices;

namespace Setpoint.Faults.Host;

/// <summary>Signals that .NET cannot send.</summary>
internal static partial class Signals
{
    private const int SigTerm = 15;

    public static void Terminate(int processId)
    {
        if (Send(processId, SigTerm) != 0)
            throw new InvalidOperationException($"SIGTERM to {processId} failed: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Send(int processId, int signal);
}
