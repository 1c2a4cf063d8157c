using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Storage;

namespace Setpoint.Server.Sources;

/// <summary>
/// What was last imported, found in the ledger itself after a restart: nothing beside it has to be kept, backed up or trusted.
/// </summary>
internal static class TreeMemory
{
    public const string ActorPrefix = "file:";

    private const int PageSize = 100;

    // A layer that people wrote this often since its file was imported is theirs, whatever the file says.
    private const int VersionsMax = 2_000;

    public static bool IsFile(string actor) => actor.StartsWith(ActorPrefix, StringComparison.Ordinal);

    /// <summary>Layers and schemas that a file wrote last, and with what content.</summary>
    public static Dictionary<Address, Fingerprint> WrittenByFiles(Snapshot snapshot)
    {
        var found = new Dictionary<Address, Fingerprint>();
        foreach (var layers in snapshot.Configs().All)
        {
            foreach (var entry in layers.All)
            {
                if (entry.Content is not null && entry.Slot.Scope is LayerScope.Base or LayerScope.Environment && IsFile(entry.Document.Actor))
                    found.Add(entry.Document.Address, entry.Document.Fingerprint);
            }
        }

        foreach (var schema in snapshot.Schemas().All)
        {
            if (IsFile(schema.Document.Actor))
                found.Add(schema.Document.Address, schema.Document.Fingerprint);
        }

        return found;
    }

    /// <summary>
    /// Whether this content has had its turn: it was in the layer when a file was last imported there, or since. If it was, and the layer
    /// holds something else now, somebody changed the layer after the file; else the file changed after the layer.
    /// </summary>
    public static async Task<bool> WasInEffectAsync(
        ILedgerStore store, Snapshot snapshot, Address address, Fingerprint content, CancellationToken cancellationToken)
    {
        if (snapshot.FindWithTombstone(address) is not { } current)
            return false;
        if (current.Fingerprint == content)
            return true;
        if (IsFile(current.Actor))
            return false;
        for (var offset = 0; offset < VersionsMax; offset += PageSize)
        {
            var page = await store.ReadHistoryAsync([address], offset, PageSize, cancellationToken);
            foreach (var commit in page.Commits)
            {
                var version = commit.Changes.First(change => change.Address == address).After;
                if (version.Fingerprint == content)
                    return true;
                if (IsFile(version.Actor))
                    return false;
            }

            if (offset + PageSize >= page.Total)
                return false;
        }

        return true;
    }
}
