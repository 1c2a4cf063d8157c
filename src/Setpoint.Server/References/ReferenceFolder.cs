using System.Text;
using Setpoint.Core.Json;
using Setpoint.Core.References;

namespace Setpoint.Server.References;

/// <summary>
/// The folder whose files may be referred to. A key is a path relative to it, with slashes. Links are followed as long as they lead to
/// somewhere inside: Kubernetes mounts files as links beside each other. Whoever may write to the folder is trusted not to exchange a file
/// for a link between the look and the opening.
/// </summary>
internal sealed class ReferenceFolder(string root)
{
    public const int SizeMax = 1024 * 1024;

    // What Linux follows, too.
    private const int LinksMax = 40;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Looks at a file without reading it: an equal stamp is taken for equal content.</summary>
    public FileStamp Stamp(string key)
    {
        try
        {
            return TryFind(key, out var path, out _) && new FileInfo(path) is { Exists: true } file
                ? new(path, file.Length, file.LastWriteTimeUtc)
                : default;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>The content, one newline at its end left out; or why there is none.</summary>
    public ReferenceValue Read(string key)
    {
        try
        {
            return TryFind(key, out var path, out var problem) ? ReadFile(key, path) : ReferenceValue.Unknown(problem);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return ReferenceValue.Unknown($"there is no file '{key}' below SETPOINT_REFERENCE_FILES");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return ReferenceValue.Unknown($"file '{key}' below SETPOINT_REFERENCE_FILES cannot be read ({failure.GetType().Name})");
        }
    }

    private static ReferenceValue ReadFile(string key, string path)
    {
        using var file = UnblockedFile.Open(path);
        if (file is null)
            return ReferenceValue.Unknown($"'{key}' below SETPOINT_REFERENCE_FILES is no regular file");
        var length = file.Length;
        if (length > SizeMax)
            return ReferenceValue.Unknown($"file '{key}' has {length} bytes; the limit is {SizeMax}");

        // One byte more than it claims tells whether it has grown meanwhile; then its writer is not done, and the next look will tell.
        var bytes = new byte[length + 1];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read != length)
            return ReferenceValue.Unknown($"file '{key}' is being written, or is no regular file");
        try
        {
            var text = Strict.GetString(bytes, 0, read);
            return ReferenceValue.Of(new JsonString(WithoutLastNewline(text)));
        }
        catch (DecoderFallbackException)
        {
            return ReferenceValue.Unknown($"file '{key}' is not UTF-8 text");
        }
    }

    private static string WithoutLastNewline(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;

    /// <summary>Where the file really lies, all links followed.</summary>
    private bool TryFind(string key, out string path, out string problem)
    {
        path = "";
        problem = "";
        if (key.Contains('\\', StringComparison.Ordinal) || key.Contains('\0', StringComparison.Ordinal) || key.Split('/').Any(part => part is "" or "." or ".."))
        {
            problem = $"'{key}' is no path of a file: it is relative to SETPOINT_REFERENCE_FILES, with single slashes and without '.' and '..'";
            return false;
        }

        var folder = RealPath(root);
        var real = folder is null ? null : RealPath(Path.Combine(folder, key));
        if (real is null || !real.StartsWith(Path.EndsInDirectorySeparator(folder!) ? folder! : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            problem = $"'{key}' leads by links to somewhere outside SETPOINT_REFERENCE_FILES, or in a circle";
            return false;
        }

        path = real;
        return true;
    }

    /// <summary>The path with every link on it followed; null if there are too many.</summary>
    private static string? RealPath(string path)
    {
        var at = Path.GetPathRoot(path)!;
        var open = new Stack<string>(Parts(path).Reverse());
        var links = 0;
        while (open.TryPop(out var part))
        {
            if (part == "..")
            {
                at = Path.GetDirectoryName(at) ?? at;
                continue;
            }

            var next = Path.Combine(at, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > LinksMax)
                return null;
            if (Path.IsPathRooted(target))
                at = Path.GetPathRoot(target)!;
            foreach (var step in Parts(target).Reverse())
                open.Push(step);
        }

        return at;
    }

    private static IEnumerable<string> Parts(string path) =>
        path[Path.GetPathRoot(path)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");
}

/// <summary>What a file looks like from outside; nothing of it is set where there is none.</summary>
internal readonly record struct FileStamp(string? Path, long Length, DateTime WrittenAt);
