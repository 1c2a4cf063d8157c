using System.ComponentModel;
using System.Diagnostics;

namespace Setpoint.TestKit;

/// <summary>npm packages that tests compare with, kept from run to run in the folder for temporary files.</summary>
public static class NpmPackages
{
    // npm tries again what a registry answers with 5xx, or not at all; this is for all of that.
    private static readonly TimeSpan InstallMax = TimeSpan.FromMinutes(4);

    private static readonly string[] Patiently =
        ["--fetch-retries=4", "--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=30000", "--fetch-timeout=60000", "--prefer-offline"];

    /// <summary>The folder that holds these packages, installed if they are not there yet.</summary>
    /// <param name="skip">Skips the test with a reason, and so never returns: npm or the packages cannot be had.</param>
    /// <param name="packages">With versions: they name the folder, with who runs the tests, who alone may read it.</param>
    public static async Task<string> FolderOfAsync(Action<string> skip, params string[] packages)
    {
        ArgumentNullException.ThrowIfNull(skip);
        var name = string.Join('-', packages.Select(package => package.Replace('@', '-').Replace('/', '-')));
        var folder = Path.Combine(Path.GetTempPath(), $"setpoint-{Environment.UserName}-{name}");
        if (!IsWhole(folder, packages))
            await InstallAsync(skip, folder, packages);
        return folder;
    }

    // Whoever tidies up temporary files takes them one by one.
    private static bool IsWhole(string folder, string[] packages) => Array.TrueForAll(
        packages, package => File.Exists(Path.Combine(folder, "node_modules", package[..package.LastIndexOf('@')], "package.json")));

    private static async Task InstallAsync(Action<string> skip, string folder, string[] packages)
    {
        // Beside its place and then moved, so that a run at the same time never sees half a package.
        var making = Directory.CreateTempSubdirectory("setpoint-npm-").FullName;
        try
        {
            await RunAsync(skip, making, packages);
            Replace(folder, making, packages);
        }
        finally
        {
            if (Directory.Exists(making))
                Directory.Delete(making, recursive: true);
        }
    }

    private static async Task RunAsync(Action<string> skip, string making, string[] packages)
    {
        var named = string.Join(' ', packages);
        using var npm = Launch(skip, "npm", making, ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", .. Patiently, .. packages]);
        var complaint = npm.StandardError.ReadToEndAsync();
        var said = npm.StandardOutput.ReadToEndAsync();
        try
        {
            await npm.WaitForExitAsync().WaitAsync(InstallMax);
        }
        catch (TimeoutException)
        {
            npm.Kill(entireProcessTree: true);
            skip($"npm install {named} took longer than {InstallMax}.");
        }

        if (npm.ExitCode != 0)
            skip($"npm install {named} failed: {await complaint} {await said}");
    }

    private static void Replace(string folder, string making, string[] packages)
    {
        try
        {
            if (Directory.Exists(folder) && !IsWhole(folder, packages))
                Directory.Delete(folder, recursive: true);
            Directory.Move(making, folder);
        }
        catch (IOException) when (IsWhole(folder, packages))
        {
            // Another run was first; its packages are the same.
        }
    }

    internal static Process Launch(Action<string> skip, string file, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            skip($"{file} is not installed; the comparison with npm packages needs it.");
            throw;
        }
    }
}
