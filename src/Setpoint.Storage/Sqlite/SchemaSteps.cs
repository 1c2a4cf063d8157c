using System.Globalization;

namespace Setpoint.Storage.Sqlite;

/// <summary>
/// Brings a file to the newest version of its tables. SQLite's application id says whose file it is, its user version how many steps it has
/// taken.
/// </summary>
internal static class SchemaSteps
{
    /// <summary>Takes the steps that are missing, each in a transaction of its own.</summary>
    /// <param name="noun">What the file should be, for messages: <c>a ledger</c>.</param>
    /// <exception cref="StoreException">It is something else, or was written by a newer version.</exception>
    public static void Migrate(SqliteDatabase database, int applicationId, string noun, IReadOnlyList<string> steps)
    {
        var version = CheckVersion(database, applicationId, noun, steps.Count);
        for (var step = version; step < steps.Count; step++)
        {
            try
            {
                database.Execute("BEGIN IMMEDIATE");
                database.Execute(steps[(int)step]);
                database.Execute(string.Create(
                    CultureInfo.InvariantCulture,
                    $"PRAGMA application_id = {applicationId}; PRAGMA user_version = {step + 1}"));
                database.Execute("COMMIT");
            }
            catch
            {
                database.RollbackIfOpen();
                throw;
            }
        }
    }

    /// <summary>The version of the file; 0 for a new one.</summary>
    public static long CheckVersion(SqliteDatabase database, int applicationId, string noun, int newest)
    {
        var version = database.ReadInt64("PRAGMA user_version");
        var application = database.ReadInt64("PRAGMA application_id");
        var isNew = version == 0 && application == 0 && database.ReadInt64("SELECT count(*) FROM sqlite_master") == 0;
        if (isNew)
            return 0;

        if (application != applicationId)
        {
            throw new StoreException(
                StoreFailure.Unavailable,
                $"{database.File} is a SQLite database but not {noun} of Setpoint; move it away, or name another folder in SETPOINT_DATA.");
        }

        if (version > newest)
        {
            throw new StoreException(
                StoreFailure.Unavailable,
                $"{database.File} has schema version {version}, written by a newer Setpoint; this one knows versions up to {newest}. Start the newer Setpoint, or restore a backup made before the upgrade.");
        }

        return version;
    }
}
