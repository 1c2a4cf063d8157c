namespace Setpoint.Storage.Sqlite;

/// <summary>The tables of <c>usage.db</c>. Times are whole numbers since 1970: hours, days, or milliseconds where the name says so.</summary>
internal static class UsageSchema
{
    /// <summary>"SetU": this file is never taken for a ledger, nor a ledger for this.</summary>
    private const int ApplicationId = 0x53657455;

    private static readonly IReadOnlyList<string> Steps =
    [
        """
        CREATE TABLE meta (
            name  TEXT NOT NULL PRIMARY KEY,
            value INTEGER NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE places (
            id          INTEGER NOT NULL PRIMARY KEY,
            namespace   TEXT NOT NULL,
            flag        TEXT NOT NULL,
            environment TEXT NOT NULL,
            UNIQUE (namespace, flag, environment)
        );

        -- The empty variant is the default in the caller's code.
        CREATE TABLE cells (
            id      INTEGER NOT NULL PRIMARY KEY,
            place   INTEGER NOT NULL,
            variant TEXT NOT NULL,
            reason  TEXT NOT NULL,
            UNIQUE (place, variant, reason)
        );

        -- Names are in cells, so that an hour of a cell takes a dozen bytes.
        CREATE TABLE counts (
            cell  INTEGER NOT NULL,
            hour  INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (cell, hour)
        ) WITHOUT ROWID;

        CREATE TABLE keys (
            place  INTEGER NOT NULL,
            day    INTEGER NOT NULL,
            sketch BLOB NOT NULL,
            PRIMARY KEY (place, day)
        );

        CREATE TABLE experiments (
            id          INTEGER NOT NULL PRIMARY KEY,
            namespace   TEXT NOT NULL,
            flag        TEXT NOT NULL,
            environment TEXT NOT NULL,
            iteration   INTEGER NOT NULL,
            units       INTEGER NOT NULL,
            first_ms    INTEGER,
            last_ms     INTEGER NOT NULL,
            UNIQUE (namespace, flag, environment, iteration)
        );

        CREATE TABLE arms (
            id         INTEGER NOT NULL PRIMARY KEY,
            experiment INTEGER NOT NULL,
            name       TEXT NOT NULL,
            units      INTEGER NOT NULL,
            switched   INTEGER NOT NULL,
            UNIQUE (experiment, name)
        );

        CREATE TABLE units (
            experiment INTEGER NOT NULL,
            unit       INTEGER NOT NULL,
            arm        INTEGER NOT NULL,
            at_ms      INTEGER NOT NULL,
            PRIMARY KEY (experiment, unit)
        ) WITHOUT ROWID;

        -- A subject has a row once it did something or a covariate is known of it. The arm is that of its first exposure and never changes.
        CREATE TABLE unit_values (
            experiment INTEGER NOT NULL,
            metric     TEXT NOT NULL,
            unit       INTEGER NOT NULL,
            arm        INTEGER NOT NULL,
            value      REAL NOT NULL,
            covariate  REAL NOT NULL,
            PRIMARY KEY (experiment, metric, unit)
        ) WITHOUT ROWID;

        CREATE TABLE batches (
            experiment INTEGER NOT NULL,
            id         INTEGER NOT NULL,
            at_ms      INTEGER NOT NULL,
            PRIMARY KEY (experiment, id)
        ) WITHOUT ROWID;
        CREATE INDEX batches_by_time ON batches (at_ms);
        """,
        // Null: remembered before what was in it was.
        """
        ALTER TABLE batches ADD COLUMN content INTEGER;
        """,
    ];

    public static void Migrate(SqliteDatabase database) => SchemaSteps.Migrate(database, ApplicationId, "a usage store", Steps);
}
