using SQLitePCL;

namespace Setpoint.Storage.Sqlite;

/// <summary>A consistent copy of the ledger in one file, made while commits go on.</summary>
internal static class SqliteBackup
{
    // 1 MiB between two looks at the cancellation token.
    private const int PagesPerStep = 256;

    /// <summary>
    /// Copies the ledger as it is now. The file gets its name only when the copy is complete, verified and durable, so a file of that
    /// name is always a whole backup.
    /// </summary>
    /// <param name="source">A connection of its own; used until it returns.</param>
    /// <exception cref="StoreException">There is no room, the file exists, or the copy does not verify. The file is not there then.</exception>
    public static LedgerHead Write(SqliteDatabase source, string path, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(path);
        var partial = target + ".partial";
        if (File.Exists(target))
            throw new StoreException(StoreFailure.Unavailable, $"{target} exists already; a backup never overwrites a file.");
        try
        {
            DataFolder.CreatePrivate(partial, FileMode.Create).Dispose();
            Copy(source, partial, cancellationToken);
            var head = Verify(partial, cancellationToken);
            SyncFile(partial);
            File.Move(partial, target, overwrite: false);
            UnixFile.SyncFolder(Path.GetDirectoryName(target)!);
            return head;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            Remove(partial);
            throw new StoreException(StoreFailure.Unavailable, $"The backup {target} cannot be written: {problem.Message}", problem);
        }
        catch
        {
            Remove(partial);
            throw;
        }
    }

    /// <summary>See <see cref="SqliteLedger.Verify"/>.</summary>
    public static LedgerHead Verify(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw new StoreException(StoreFailure.Unavailable, $"{file} does not exist.");
        using var database = SqliteDatabase.Open(file);
        if (LedgerSchema.CheckVersion(database, LedgerSchema.Steps.Count) == 0)
            throw new StoreException(StoreFailure.Unavailable, $"{file} holds no ledger.");
        return LedgerVerifier.Whole(database, cancellationToken);
    }

    public static void SyncFile(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    private static void Copy(SqliteDatabase source, string file, CancellationToken cancellationToken)
    {
        using var copy = SqliteDatabase.Open(file);

        // With a read transaction open on this connection every step reads the same state. Without one, each commit between two steps
        // would make SQLite start the copy again, and under load it would never end.
        source.Statement("BEGIN").Run();
        _ = source.ReadInt64("SELECT max(revision) FROM commits");
        try
        {
            using var backup = raw.sqlite3_backup_init(copy.Handle, "main", source.Handle, "main");
            if (backup.IsInvalid)
                throw copy.Failure(raw.sqlite3_extended_errcode(copy.Handle));
            int code;
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                code = raw.sqlite3_backup_step(backup, PagesPerStep);
            }
            while (code == raw.SQLITE_OK);

            // The step's own code is the failure; finishing repeats it.
            _ = raw.sqlite3_backup_finish(backup);
            if (code != raw.SQLITE_DONE)
                throw SqliteError.Of(code, 0, raw.sqlite3_errstr(code).utf8_to_string(), file);
        }
        finally
        {
            source.RollbackIfOpen();
        }

        // The copy says of itself that it has a write-ahead log. A backup is one file, so it must not.
        copy.Execute("PRAGMA journal_mode = DELETE");
    }

    public static void Remove(string file)
    {
        foreach (var name in new[] { file, file + "-journal", file + "-wal", file + "-shm" })
        {
            // Deleting a file that is not there is fine, in a folder that is not there it is an error.
            if (File.Exists(name))
                File.Delete(name);
        }
    }
}
