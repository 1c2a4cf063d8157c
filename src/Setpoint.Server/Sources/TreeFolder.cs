using Setpoint.Core.Json;

namespace Setpoint.Server.Sources;

/// <summary>The tree on disk: what is in it and what the files hold. Opens nothing outside it but what its links lead to.</summary>
internal sealed class TreeFolder(string root)
{
    /// <summary>
    /// A file makes three documents at most (layer, environment, namespace), and the whole tree is one commit, which has 10,000 at most.
    /// </summary>
    public const int FilesMax = 3_000;

    private static readonly EnumerationOptions Flat = new() { IgnoreInaccessible = false, AttributesToSkip = FileAttributes.None };

    // Schemas are only counted; nobody nests them deeper.
    private static readonly EnumerationOptions Deep = new()
    {
        IgnoreInaccessible = false,
        AttributesToSkip = FileAttributes.ReparsePoint,
        RecurseSubdirectories = true,
        MaxRecursionDepth = 4,
    };

    public string Root { get; } = root;

    /// <summary>Every path that the layout has a word for, in ordinal order.</summary>
    /// <exception cref="IOException">A folder cannot be listed, or there are too many files; nothing may be concluded from what is absent.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder cannot be listed.</exception>
    public IReadOnlyList<(string Path, TreePlace Place)> List()
    {
        var found = new List<(string Path, TreePlace Place)>();
        var documents = 0;
        foreach (var path in Paths())
        {
            var place = TreeLayout.PlaceOf(path);
            if (place.Kind == TreePlaceKind.Ignored)
                continue;
            if (place.Kind == TreePlaceKind.Document && ++documents > FilesMax)
                throw new IOException($"it holds more than {FilesMax} files, which is the limit");
            found.Add((path, place));
        }

        found.Sort(static (one, other) => string.CompareOrdinal(one.Path, other.Path));
        return found;
    }

    /// <summary>The bytes of a file.</summary>
    /// <returns>Null if there is no such file.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public ReadBytes? Read(string path)
    {
        try
        {
            // A writer must never be hindered by us: it may write, rename and delete meanwhile.
            using var file = File.OpenHandle(FullPath(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            var limit = JsonLimits.Document.SizeMax;
            if (length > limit)
                return new(ReadOnlyMemory<byte>.Empty, length, File.GetLastWriteTimeUtc(file));

            // One byte more than it claims tells whether it has grown meanwhile; then the writer is not done, and we look again.
            var bytes = new byte[length + 1];
            var read = 0;
            while (read < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(read), read) is > 0 and var more)
                read += more;
            return new(bytes.AsMemory(0, read), read, File.GetLastWriteTimeUtc(file));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The path relative to the tree, with slashes; null if it is the tree itself.</summary>
    public string? Relative(string fullPath)
    {
        var relative = Path.GetRelativePath(Root, fullPath).Replace(Path.DirectorySeparatorChar, '/');
        return relative == "." ? null : relative;
    }

    private string FullPath(string path) => Path.Combine(Root, path);

    private IEnumerable<string> Paths()
    {
        foreach (var path in FilesIn(""))
            yield return path;
        foreach (var path in FilesIn(TreeLayout.EnvironmentsFolder))
            yield return path;
        foreach (var path in FilesIn(TreeLayout.ServicesFolder))
            yield return path;
        if (Directory.Exists(FullPath(TreeLayout.ServicesFolder)))
        {
            foreach (var folder in Directory.EnumerateDirectories(FullPath(TreeLayout.ServicesFolder), "*", Flat))
            {
                foreach (var path in FilesIn($"{TreeLayout.ServicesFolder}/{Path.GetFileName(folder)}"))
                    yield return path;
            }
        }

        if (Directory.Exists(FullPath(TreeLayout.SchemasFolder)))
        {
            foreach (var file in Directory.EnumerateFiles(FullPath(TreeLayout.SchemasFolder), "*", Deep))
                yield return Relative(file)!;
        }
    }

    private IEnumerable<string> FilesIn(string folder)
    {
        var full = FullPath(folder);
        // The tree itself must be there; its folders need not.
        if (folder.Length > 0 && !Directory.Exists(full))
            yield break;
        foreach (var file in Directory.EnumerateFiles(full, "*", Flat))
        {
            var name = Path.GetFileName(file);
            yield return folder.Length == 0 ? name : $"{folder}/{name}";
        }
    }
}

/// <param name="Length">As the file has it; the bytes are left out where that is over the limit.</param>
/// <param name="WrittenAt">The file's own clock.</param>
internal readonly record struct ReadBytes(ReadOnlyMemory<byte> Bytes, long Length, DateTime WrittenAt);
