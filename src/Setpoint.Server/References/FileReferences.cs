using System.Collections.Immutable;
using Setpoint.Core.References;
using Setpoint.Server.Process;

namespace Setpoint.Server.References;

/// <summary>
/// What files hold that configurations refer to. Each is read when it is first asked for, and again only by <see cref="Look"/>: all who
/// resolve in between see the same content. Thread-safe; readers take no lock.
/// </summary>
internal sealed class FileReferences(ServerSettings settings) : IReferenceProvider
{
    private readonly ReferenceFolder? _folder = settings.ReferenceFolder is { } root ? new(root) : null;
    private readonly Lock _writing = new();
    private ImmutableDictionary<string, FileState> _files = ImmutableDictionary.Create<string, FileState>(StringComparer.Ordinal);
    private long _generation;

    public string Name => Reference.File;

    public long Generation => Volatile.Read(ref _generation);

    public bool IsOff => _folder is null;

    public ReferenceValue Find(string key)
    {
        if (_folder is null)
            return ReferenceValue.Unknown("this server reads no files for references: SETPOINT_REFERENCE_FILES is not set");
        if (Volatile.Read(ref _files).TryGetValue(key, out var known))
            return known.Value;
        lock (_writing)
        {
            if (!_files.TryGetValue(key, out known))
                Volatile.Write(ref _files, _files.Add(key, known = Read(key)));
            return known.Value;
        }
    }

    /// <summary>Reads again what looks different, and forgets what nobody refers to any more.</summary>
    /// <param name="inUse">The keys that the ledger refers to.</param>
    /// <param name="force">Read all: a file may have changed and look the same.</param>
    /// <returns>The files whose value is another one now, and what it is.</returns>
    public IReadOnlyList<KeyValuePair<string, ReferenceValue>> Look(IReadOnlySet<string> inUse, bool force)
    {
        if (_folder is null)
            return [];
        lock (_writing)
        {
            var changed = new List<KeyValuePair<string, ReferenceValue>>();
            var files = _files.ToBuilder();
            foreach (var (key, known) in _files)
            {
                if (!inUse.Contains(key))
                {
                    files.Remove(key);
                    continue;
                }

                if (!force && _folder.Stamp(key) == known.Stamp)
                    continue;
                var now = Read(key);
                files[key] = now;
                if (now.Value != known.Value)
                    changed.Add(new(key, now.Value));
            }

            // The values, then the generation: whoever sees the new one and finds an old value would take it for current.
            Volatile.Write(ref _files, files.ToImmutable());
            if (changed.Count > 0)
                Volatile.Write(ref _generation, _generation + 1);
            return changed;
        }
    }

    private FileState Read(string key)
    {
        // The stamp first: a change in between makes it outdated, and the next look reads again.
        var stamp = _folder!.Stamp(key);
        return new(stamp, _folder.Read(key));
    }

    private sealed record FileState(FileStamp Stamp, ReferenceValue Value);
}
