using System.Globalization;

namespace Setpoint.Storage.Sqlite;

/// <summary>Puts a backup in the place of a stopped server's ledger.</summary>
/// <remarks>
/// 1. Take the folder, so that no server runs on it. 2. Copy the backup beside the ledger and verify the copy. 3. Move the ledger that is
/// there aside, with its log. 4. Give the copy the ledger's name. Until 4 is done the copy's name stands for "not finished", and no
/// server opens the folder: between 3 and 4 it would otherwise start an empty ledger.
/// </remarks>
internal static class SqliteRestore
{
    public static RestoredLedger Run(string backupFile, string dataFolder, bool replace, CancellationToken cancellationToken)
    {
        if (!File.Exists(backupFile))
            throw new StoreException(StoreFailure.Unavailable, $"{backupFile} does not exist.");
        using var folder = DataFolder.Hold(dataFolder);
        if (File.Exists(folder.Database) && !replace)
        {
            throw new StoreException(
                StoreFailure.Unavailable,
                $"'{folder.Path}' holds a ledger already; restoring would replace it. Say so to go on: the old one is kept aside.");
        }

        try
        {
            var head = CopyAndVerify(backupFile, folder.Restoring, cancellationToken);
            var aside = MoveAside(folder);
            File.Move(folder.Restoring, folder.Database, overwrite: false);
            UnixFile.SyncFolder(folder.Path);
            return new(head, aside);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFailure.Unavailable, $"The restore into '{folder.Path}' failed: {problem.Message}", problem);
        }
    }

    private static LedgerHead CopyAndVerify(string backupFile, string copy, CancellationToken cancellationToken)
    {
        try
        {
            // Not File.Copy: that would copy the mode of the backup, too.
            using (var source = new FileStream(backupFile, FileMode.Open, FileAccess.Read, FileShare.Read))
            using (var target = DataFolder.CreatePrivate(copy, FileMode.Create))
                source.CopyTo(target);

            // On the copy, so that the backup itself stays untouched and what was verified is what is put in place.
            var head = SqliteBackup.Verify(copy, cancellationToken);
            SqliteBackup.SyncFile(copy);
            return head;
        }
        catch
        {
            // The ledger has not been touched yet.
            SqliteBackup.Remove(copy);
            throw;
        }
    }

    /// <summary>Moves the ledger that is there out of the way; null if there is none.</summary>
    private static string? MoveAside(DataFolder folder)
    {
        var log = folder.Database + "-wal";
        if (!File.Exists(folder.Database) && !File.Exists(log))
            return null;
        MergeLog(folder.Database);

        var number = 1;
        string aside;
        do
        {
            aside = string.Create(CultureInfo.InvariantCulture, $"{folder.Database}.replaced-{number++}");
        }
        while (File.Exists(aside));

        // A log belongs to its database: left behind it would be replayed into the restored one and destroy it.
        if (File.Exists(log))
            File.Move(log, aside + "-wal", overwrite: true);
        File.Delete(folder.Database + "-shm");
        if (File.Exists(folder.Database))
            File.Move(folder.Database, aside, overwrite: false);
        return aside;
    }

    /// <summary>Makes the old ledger one file, so that moving it is one step. A broken one cannot do that, and keeps its log.</summary>
    private static void MergeLog(string file)
    {
        if (!File.Exists(file))
            return;
        try
        {
            using var database = SqliteDatabase.Open(file);
            database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (StoreException)
        {
            // Being broken may be why it is replaced. It is kept as it is.
        }
    }
}
