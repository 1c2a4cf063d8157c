using Microsoft.Extensions.Logging;
using Setpoint.Client.Hosting;

namespace Setpoint.Client.Cache;

/// <summary>
/// The last good states on disk, in two slots. A write goes into the older slot, as a new file that replaces it in one step, so
/// that at any moment, power loss included, at least one slot is whole. Several processes may share the slots: the last one wins.
/// Only what was accepted is written, of configurations by the app's validation.
/// </summary>
internal sealed class DiskCache<T>(SetpointSettings settings, CacheIdentity identity, ILogger log)
    where T : class, ICacheable<T>
{
    // Twice the answer: the header is small, and a limit that was lowered must not make the cache unreadable at once.
    private readonly long _sizeMax = settings.ResponseSizeMax * 2L;

    private readonly string _folder = settings.CacheFolder ?? string.Empty;

    public bool IsOff => settings.CacheFolder is null;

    /// <summary>What is cached, newest first; nothing where there is no usable slot. Unusable slots are logged and left alone.</summary>
    public IReadOnlyList<Cached<T>> ReadAll()
    {
        if (IsOff)
            return [];
        var found = new List<Cached<T>>(2);
        foreach (var path in Slots())
        {
            if (Read(path) is { } cached)
                found.Add(cached);
        }

        found.Sort((a, b) => b.Sequence.CompareTo(a.Sequence));
        return found;
    }

    /// <summary>Writes the snapshot over the older slot; it is on the disk when this returns.</summary>
    /// <exception cref="IOException">The folder or the disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Write(T snapshot)
    {
        if (IsOff)
            return;
        DurableFile.CreateFolder(_folder);
        RemoveLeftovers();
        var (older, newest) = Choose(Slots());
        var slot = CacheSlot.Encode(new Cached<T>(newest + 1, settings.Time.GetUtcNow(), snapshot), identity.Text);
        DurableFile.Replace(older, slot);
    }

    /// <summary>A crash between writing and renaming leaves a temporary file; one that is this old is nobody's any more.</summary>
    private void RemoveLeftovers()
    {
        var old = settings.Time.GetUtcNow().UtcDateTime - TimeSpan.FromHours(1);
        foreach (var path in Directory.EnumerateFiles(_folder, identity.FileName + ".*.tmp"))
        {
            if (File.GetLastWriteTimeUtc(path) < old)
                File.Delete(path);
        }
    }

    private string[] Slots() =>
        [Path.Combine(_folder, identity.FileName + ".a"), Path.Combine(_folder, identity.FileName + ".b")];

    private (string Older, long Newest) Choose(string[] slots)
    {
        // An unusable slot counts as the oldest: it is the one to overwrite.
        var a = Read(slots[0])?.Sequence ?? 0;
        var b = Read(slots[1])?.Sequence ?? 0;
        return (a <= b ? slots[0] : slots[1], Math.Max(a, b));
    }

    private Cached<T>? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                return null;
            if (file.Length > _sizeMax)
            {
                log.CacheSlotUnusable(path, "it is larger than any answer that would be accepted");
                return null;
            }

            var cached = CacheSlot.Decode<T>(File.ReadAllBytes(path), identity.Text, out var problem);
            if (problem is not null)
                log.CacheSlotUnusable(path, problem);
            return cached;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            log.CacheSlotUnusable(path, trouble.Message);
            return null;
        }
    }
}
