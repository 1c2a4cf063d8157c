namespace Setpoint.Server.Access;

/// <summary>A key of this server that is kept in a file of its own in the data folder, for its owner alone to read (0600).</summary>
/// <param name="Key">Without the end of the line.</param>
/// <param name="IsNew">True if it was made now.</param>
internal sealed record KeyFile(string Path, string Key, bool IsNew)
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the key, or makes one where there is none.</summary>
    /// <param name="what">What it is a key for, as in "the admin key".</param>
    /// <param name="flaw">Why the text is no such key; null if it is one.</param>
    /// <exception cref="IOException">The file cannot be read or written, or holds no such key. The message never holds what is in it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read or written.</exception>
    public static KeyFile Open(string folder, string name, string what, Func<string> make, Func<string, string?> flaw, ILogger logger)
    {
        var path = System.IO.Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            var made = make();
            Write(path, made);
            return new(path, made, IsNew: true);
        }

        var kept = File.ReadAllText(path).Trim();
        var problem = kept.Length == 0 ? "is empty" : flaw(kept);
        if (problem is not null)
            throw new IOException($"{path} {problem}; delete it to have a new {what} made.");
        // Who may have read it is not undone by taking the right away, so a person has to know.
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~Owner) is var others and not UnixFileMode.None)
            AccessLog.KeyFileIsOpen(logger, path, others, what);
        return new(path, kept, IsNew: false);
    }

    private static void Write(string path, string key)
    {
        // Beside its place and then moved: a crash in between leaves no file that holds half a key.
        var making = path + ".new";
        File.Delete(making);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Owner;
        using (var file = new FileStream(making, options))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(key + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(making, path);
    }
}
