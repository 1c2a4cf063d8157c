namespace Setpoint.Storage.Sqlite;

/// <summary>The tables, and the numbered steps that lead to them. docs/formats/ledger.md describes them for other readers.</summary>
internal static class LedgerSchema
{
    /// <summary>"SetP": marks the file as ours.</summary>
    public const int ApplicationId = 0x53657450;

    /// <summary>
    /// A document version's id is <c>revision &lt;&lt; 16 | position in the commit</c>: rows lie in ledger order, a commit's changes are
    /// one range of ids, and the index by address orders each document's versions without a column more.
    /// </summary>
    public const int PositionBits = 16;

    public const int ChangesMax = 1 << PositionBits;

    private const string Noun = "a ledger";

    /// <summary>Steps in order; step N brings a store of version N-1 to N. A step that has shipped never changes.</summary>
    public static readonly IReadOnlyList<string> Steps =
    [
        """
        CREATE TABLE meta (
            name  TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) WITHOUT ROWID;

        CREATE TABLE commits (
            revision      INTEGER NOT NULL PRIMARY KEY,
            at            INTEGER NOT NULL,
            actor         TEXT NOT NULL,
            message       TEXT NOT NULL,
            tags          TEXT,
            rollback_to   INTEGER,
            changes       INTEGER NOT NULL,
            previous_hash BLOB NOT NULL,
            hash          BLOB NOT NULL
        );

        CREATE TABLE document_versions (
            id          INTEGER NOT NULL PRIMARY KEY,
            address     TEXT NOT NULL,
            before      INTEGER NOT NULL,
            fingerprint BLOB,
            body        TEXT,
            version     INTEGER GENERATED ALWAYS AS (id >> 16) VIRTUAL
        );
        CREATE INDEX document_versions_by_address ON document_versions (address);

        -- The documents as the head left them: two index seeks for each address, however long its history is.
        CREATE VIEW documents (address, version, body, fingerprint, actor, at) AS
            WITH RECURSIVE known (address) AS (
                SELECT min(address) FROM document_versions
                UNION ALL
                SELECT (SELECT min(v.address) FROM document_versions AS v WHERE v.address > known.address)
                FROM known WHERE known.address IS NOT NULL)
            SELECT v.address, v.version, v.body, v.fingerprint, c.actor, c.at
            FROM known
            JOIN document_versions AS v ON v.id = (SELECT max(n.id) FROM document_versions AS n WHERE n.address = known.address)
            JOIN commits AS c ON c.revision = v.id >> 16;

        CREATE TABLE idempotency (
            actor      TEXT NOT NULL,
            key        TEXT NOT NULL,
            request    BLOB NOT NULL,
            answer     TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (actor, key)
        ) WITHOUT ROWID;
        CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
        """,
    ];

    /// <summary>Brings the store up to date, each step in a transaction of its own.</summary>
    /// <exception cref="StoreException">It is no ledger, or was written by a newer version.</exception>
    public static void Migrate(SqliteDatabase database) => Migrate(database, Steps);

    internal static void Migrate(SqliteDatabase database, IReadOnlyList<string> steps) => SchemaSteps.Migrate(database, ApplicationId, Noun, steps);

    /// <summary>The version of the store; 0 for a new file.</summary>
    public static long CheckVersion(SqliteDatabase database, int newest) => SchemaSteps.CheckVersion(database, ApplicationId, Noun, newest);
}
