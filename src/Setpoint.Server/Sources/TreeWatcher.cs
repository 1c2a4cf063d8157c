namespace Setpoint.Server.Sources;

/// <summary>
/// Notices that something in the tree changed, and passes on where. Only a hint: it may miss things and tell of things that did not
/// happen, and the reader of the signals compares content.
/// </summary>
/// <remarks>
/// One watch is on the tree. A second one is on the folder around it, because a watch follows the folder it was put on: when the tree is
/// deleted and made again, or is a link that is turned to another folder, the first one watches something that nobody means any more.
/// </remarks>
internal sealed class TreeWatcher(TreeFolder folder, TreeSignals signals, ILogger logger) : IDisposable
{
    // What is written beside a file before it is renamed over it. The rename is told of by the file's own name.
    private static readonly string[] PassingNames = ["~", ".tmp", ".temp", ".swp", ".swx", ".bak", ".part"];

    private FileSystemWatcher? _tree;
    private FileSystemWatcher? _around;
    private bool _failureTold;

    /// <summary>False: only looking from time to time finds changes.</summary>
    public bool IsArmed { get; private set; }

    /// <summary>Puts the watches on the folders as they are now. Called by the loop alone.</summary>
    public void Arm()
    {
        Disarm();
        try
        {
            // The one around first: between the two, the tree may be exchanged.
            if (Path.GetDirectoryName(folder.Root) is { } parent)
            {
                _around = new(parent, Path.GetFileName(folder.Root)) { NotifyFilter = NotifyFilters.DirectoryName | NotifyFilters.FileName };
                _around.Created += OnExchanged;
                _around.Renamed += OnExchanged;
                _around.Deleted += OnExchanged;
                _around.EnableRaisingEvents = true;
            }

            _tree = new(folder.Root)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.DirectoryName | NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size
                    // A file that may be read again.
                    | NotifyFilters.Attributes,
            };
            _tree.Created += OnTouched;
            _tree.Changed += OnTouched;
            _tree.Deleted += OnTouched;
            _tree.Renamed += OnRenamed;
            _tree.Error += OnLost;
            _tree.EnableRaisingEvents = true;
            IsArmed = true;
            _failureTold = false;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // The folder is away, or the system's limit of watches is reached. The owner looks more often meanwhile and tries again.
            Disarm();
            IsArmed = false;
            if (!_failureTold)
                SourcesLog.NotWatched(logger, folder.Root, failure.Message);
            _failureTold = true;
        }
    }

    public void Dispose() => Disarm();

    private void Disarm()
    {
        _tree?.Dispose();
        _around?.Dispose();
        _tree = _around = null;
    }

    private void OnExchanged(object sender, FileSystemEventArgs change) => signals.TouchAll(rearm: true);

    private void OnLost(object sender, ErrorEventArgs error) =>
        // Too many events at once, or the watch is gone: look at everything, and put it on again.
        signals.TouchAll(rearm: error.GetException() is not InternalBufferOverflowException);

    private void OnRenamed(object sender, RenamedEventArgs change)
    {
        Tell(change.OldFullPath);
        Tell(change.FullPath);
    }

    private void OnTouched(object sender, FileSystemEventArgs change) => Tell(change.FullPath);

    private void Tell(string fullPath)
    {
        if (folder.Relative(fullPath) is not { } path)
        {
            signals.TouchAll();
            return;
        }

        switch (TreeLayout.PlaceOf(path).Kind)
        {
            case TreePlaceKind.Document or TreePlaceKind.Refused:
                signals.Touch(path);
                break;
            case TreePlaceKind.Ignored when IsNobodys(path):
                break;
            default:
                // A folder that came or went, the turning link of a ConfigMap ("..data"), a schema: rare, and any file may be concerned.
                signals.TouchAll();
                break;
        }
    }

    /// <summary>An editor's file or version control's folder; nothing in there leads to a configuration.</summary>
    private static bool IsNobodys(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return (path[0] == '.' && !path.StartsWith("..", StringComparison.Ordinal))
            || (name[0] == '.' && !name.StartsWith("..", StringComparison.Ordinal))
            || Array.Exists(PassingNames, end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));
    }
}
