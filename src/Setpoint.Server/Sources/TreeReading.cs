namespace Setpoint.Server.Sources;

/// <summary>The files of the tree as last read, and reading them again. Used by one loop alone.</summary>
/// <remarks>
/// A reader can meet a writer half way. Half a JSON object is no JSON, so a new content that cannot be parsed is read again a few times
/// before it is called broken. Half a YAML mapping may well be one, so a YAML file is only believed when it has been left alone a while.
/// </remarks>
internal sealed class TreeReading(TreeFolder folder, TimeProvider time)
{
    // 20 + 40 + 60 ms: longer than an editor takes for a file of the largest size, shorter than anybody waits for an error message.
    private const int RetriesMax = 3;
    private static readonly TimeSpan RetryStep = TimeSpan.FromMilliseconds(20);

    // Editors write a file in one go, or in pieces some microseconds apart; and kernels round a file's clock to 4 ms.
    private static readonly TimeSpan YamlSettled = TimeSpan.FromMilliseconds(25);

    private readonly Dictionary<string, TreeFile> _files = new(StringComparer.Ordinal);

    public IReadOnlyCollection<TreeFile> Files => _files.Values;

    /// <summary>Files that lie where no file means anything: told once, otherwise left alone.</summary>
    public IReadOnlyList<(string Path, TreePlace Place)> Bystanders { get; private set; } = [];

    /// <summary>Some file is being written for longer than it was waited for; look again soon.</summary>
    public bool IsUnsettled { get; private set; }

    /// <summary>Reads everything.</summary>
    /// <returns>Why the tree could not be listed; then all is as it was.</returns>
    public async Task<string?> ReadAllAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Path, TreePlace Place)> listed;
        try
        {
            listed = folder.List();
        }
        catch (DirectoryNotFoundException)
        {
            return "The folder is not there; what was imported from it stays in effect.";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"The folder cannot be listed: {failure.Message}. What was imported from it stays in effect.";
        }

        var documents = listed.Where(file => file.Place.Kind is TreePlaceKind.Document or TreePlaceKind.Refused).ToList();
        Bystanders = [.. listed.Except(documents)];
        var present = documents.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var path in _files.Keys.Where(path => !present.Contains(path)).ToList())
            _files.Remove(path);
        await ReadAsync(documents, cancellationToken);
        return null;
    }

    /// <summary>Reads these files and leaves the others as they were.</summary>
    public Task ReadSomeAsync(IEnumerable<string> paths, CancellationToken cancellationToken) =>
        ReadAsync([.. paths.Select(path => (path, TreeLayout.PlaceOf(path)))], cancellationToken);

    private async Task ReadAsync(List<(string Path, TreePlace Place)> wanted, CancellationToken cancellationToken)
    {
        IsUnsettled = false;
        for (var attempt = 0; wanted.Count > 0; attempt++)
        {
            if (attempt > 0)
                await Task.Delay(RetryStep * attempt, time, cancellationToken);
            var last = attempt == RetriesMax;
            // The others of the burst wait for the doubtful ones: what was saved together is committed together.
            wanted = [.. wanted.Where(file => !Read(file.Path, file.Place, last))];
            if (last)
            {
                IsUnsettled = wanted.Count > 0;
                return;
            }
        }
    }

    /// <summary>Reads one file.</summary>
    /// <param name="last">There is no other attempt: a content that cannot be parsed is broken now.</param>
    /// <returns>False if it should be read again before it is believed.</returns>
    private bool Read(string path, in TreePlace place, bool last)
    {
        var known = _files.GetValueOrDefault(path);
        TreeFile file;
        var writtenAt = DateTime.MinValue;
        try
        {
            if (folder.Read(path) is not { } read)
            {
                _files.Remove(path);
                return true;
            }

            if (known?.IsSame(read) == true)
                return true;
            file = TreeFile.Of(path, place, read);
            writtenAt = read.WrittenAt;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            file = TreeFile.Broken(path, place, new(path, null, null, $"the file cannot be read: {Reason(failure)}."));
        }

        if (file.Problem is not null)
        {
            var isNews = file.Problem != known?.Problem;
            if (!last && isNews && place.Kind == TreePlaceKind.Document)
                return false;
        }
        else if (TreeLayout.IsYaml(path) && IsFresh(writtenAt))
        {
            return false;
        }

        _files[path] = file;
        return true;
    }

    private bool IsFresh(DateTime writtenAt)
    {
        var age = time.GetUtcNow().UtcDateTime - writtenAt;
        // A file from the future has a clock of its own that says nothing about now.
        return age >= TimeSpan.Zero && age < YamlSettled;
    }

    private static string Reason(Exception failure) => failure is UnauthorizedAccessException ? "permission denied" : failure.Message.TrimEnd('.');
}
