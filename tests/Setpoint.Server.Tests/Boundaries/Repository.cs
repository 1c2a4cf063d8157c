using System.Diagnostics;

namespace Setpoint.Server.Tests.Boundaries;

/// <summary>The working tree that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds <c>Setpoint.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    public static string File(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Files that git tracks or would track, relative to the root. Without git, all that is not built.</summary>
    public static IReadOnlyList<string> Files { get; } = ListFiles();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Setpoint.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Setpoint.slnx.");
    }

    private static IReadOnlyList<string> ListFiles()
    {
        if (Path.Exists(Path.Combine(Root, ".git")))
        {
            // Whoever checked the tree out may be somebody else than who runs its tests, as in containers; git refuses to read it then.
            var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"])
            {
                WorkingDirectory = Root,
                RedirectStandardOutput = true,
            };
            using var git = System.Diagnostics.Process.Start(start)!;
            var listed = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            git.ExitCode.ShouldBe(0, "git ls-files");
            return [.. listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(path => System.IO.File.Exists(Path.Combine(Root, path)))];
        }

        string[] built = ["bin", "obj", "node_modules", "artifacts", "data", "TestResults"];
        return [.. Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => built.Contains(part)))];
    }
}
