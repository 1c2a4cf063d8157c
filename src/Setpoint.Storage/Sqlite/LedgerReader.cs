using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Sqlite;

/// <summary>The queries, on one connection. Where there are several in one answer they see one state of the database.</summary>
internal sealed class LedgerReader(SqliteDatabase database)
{
    private const string HeadSql = "SELECT revision, hash, at FROM commits ORDER BY revision DESC LIMIT 1";

    private const string CommitColumns = "revision, at, actor, message, tags, rollback_to, changes, previous_hash, hash";

    private const string CommitSql = $"SELECT {CommitColumns} FROM commits WHERE revision = ?1";

    private const string CommitsAfterSql = $"SELECT {CommitColumns} FROM commits WHERE revision > ?1 ORDER BY revision LIMIT ?2";

    private const string ChangesSql =
        "SELECT id, address, before, fingerprint, body FROM document_versions WHERE id BETWEEN ?1 AND ?2 ORDER BY id";

    private const string DocumentColumns = "v.address, v.id, v.fingerprint, v.body, c.actor, c.at";

    private const string FromVersions = "FROM document_versions AS v JOIN commits AS c ON c.revision = v.id >> 16";

    private const string VersionSql = $"SELECT {DocumentColumns} {FromVersions} WHERE v.address = ?1 AND v.id BETWEEN ?2 AND ?3 ORDER BY v.id DESC LIMIT 1";

    private const string NextAddressSql = "SELECT address FROM document_versions WHERE address > ?1 AND address < ?2 ORDER BY address LIMIT 1";

    private const string CurrentSql = "SELECT address, version, fingerprint, body, actor, at FROM documents";

    private const string RevisionsOfAddressSql =
        "SELECT id >> 16 FROM document_versions WHERE address = ?1 AND id >= ?2 ORDER BY id LIMIT ?3";

    private const string HistoryTotalSql =
        "SELECT count(DISTINCT id >> 16) FROM document_versions WHERE address IN (SELECT value FROM json_each(?1))";

    private const string HistorySql =
        "SELECT DISTINCT id >> 16 AS revision FROM document_versions WHERE address IN (SELECT value FROM json_each(?1)) ORDER BY revision DESC LIMIT ?2 OFFSET ?3";

    private const string AnswerSql = "SELECT request, answer, expires_at FROM idempotency WHERE actor = ?1 AND key = ?2 AND expires_at > ?3";

    public static long FirstId(long revision) => revision << LedgerSchema.PositionBits;

    public static long LastId(long revision) => FirstId(revision + 1) - 1;

    public LedgerHead Head()
    {
        var row = database.Statement(HeadSql);
        try
        {
            if (!row.Step())
                return LedgerHead.Empty;
            var revision = row.Int64(0);
            return new(revision, LedgerRows.Fingerprint(row, 1, revision), LedgerRows.At(row.Int64(2)));
        }
        finally
        {
            row.Reset();
        }
    }

    public IEnumerable<Document> Current()
    {
        var row = database.Statement(CurrentSql);
        try
        {
            var actors = new Dictionary<string, string>(StringComparer.Ordinal);
            while (row.Step())
            {
                var address = LedgerRows.Address(row, 0);
                var version = row.Int64(1);
                var document = new Document(
                    address,
                    version,
                    LedgerRows.Body(row, 3, address, version),
                    LedgerRows.Fingerprint(row, 2, version),
                    row.Text(4),
                    LedgerRows.At(row.Int64(5)));

                // A million documents have some hundred authors: keep one string for each.
                if (actors.TryGetValue(document.Actor, out var known))
                    document = document with { Actor = known };
                else
                    actors.Add(document.Actor, document.Actor);
                yield return document;
            }
        }
        finally
        {
            row.Reset();
        }
    }

    public ImmutableArray<Commit> Commits(long after, int limit, Address? address, CancellationToken cancellationToken)
    {
        if (address is null)
        {
            var sql = database.Statement(CommitsAfterSql);
            sql.Bind(1, after);
            sql.Bind(2, limit);
            return [.. Headers(sql).Select(header => WithChanges(header, null, cancellationToken))];
        }

        var revisions = database.Statement(RevisionsOfAddressSql);
        revisions.Bind(1, address.Text);
        revisions.Bind(2, FirstId(after + 1));
        revisions.Bind(3, limit);
        return [.. Numbers(revisions).Select(revision => Existing(revision, null, cancellationToken))];
    }

    public Commit? Commit(long revision, CancellationToken cancellationToken) =>
        FindHeader(revision) is { } header ? WithChanges(header, null, cancellationToken) : null;

    /// <summary>
    /// Times never go down along the ledger, so the revision is found by halving: twenty seeks for a million commits, and no index that
    /// every commit would have to maintain.
    /// </summary>
    public long RevisionAt(DateTimeOffset at)
    {
        var wanted = at.ToUniversalTime();
        var low = 0L;
        var high = Head().Revision;
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (Required(middle).At <= wanted)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    public Document? AsOf(Address address, long revision) => Newest(address, 0, LastId(revision));

    /// <summary>Addresses between two texts, each once, by jumping from one to the next in the index.</summary>
    public IEnumerable<Address> AddressesBetween(string above, string below)
    {
        while (NextAddress(above, below) is { } address)
        {
            yield return address;
            above = address.Text;
        }
    }

    public CommitPage History(IReadOnlyCollection<Address> addresses, int offset, int limit, CancellationToken cancellationToken)
    {
        var list = new JsonArray([.. addresses.Select(address => (JsonValue)new JsonString(address.Text))]).ToString();
        var total = database.Statement(HistoryTotalSql);
        total.Bind(1, list);
        var count = Numbers(total)[0];

        var page = database.Statement(HistorySql);
        page.Bind(1, list);
        page.Bind(2, limit);
        page.Bind(3, offset);
        var wanted = addresses as IReadOnlySet<Address> ?? addresses.ToHashSet();
        return new([.. Numbers(page).Select(revision => Existing(revision, wanted, cancellationToken))], checked((int)count));
    }

    public IdempotentAnswer? Answer(string actor, string key, DateTimeOffset now)
    {
        var row = database.Statement(AnswerSql);
        row.Bind(1, actor);
        row.Bind(2, key);
        row.Bind(3, LedgerRows.ToMilliseconds(now));
        try
        {
            return row.Step()
                ? new(actor, key, new(row.Bytes(0)), row.Text(1), LedgerRows.At(row.Int64(2)))
                : null;
        }
        finally
        {
            row.Reset();
        }
    }

    private Address? NextAddress(string above, string below)
    {
        var row = database.Statement(NextAddressSql);
        row.Bind(1, above);
        row.Bind(2, below);
        try
        {
            return row.Step() ? LedgerRows.Address(row, 0) : null;
        }
        finally
        {
            row.Reset();
        }
    }

    private Document? Newest(Address address, long firstId, long lastId)
    {
        var row = database.Statement(VersionSql);
        row.Bind(1, address.Text);
        row.Bind(2, firstId);
        row.Bind(3, lastId);
        try
        {
            if (!row.Step())
                return null;
            var version = row.Int64(1) >> LedgerSchema.PositionBits;
            return new(
                address,
                version,
                LedgerRows.Body(row, 3, address, version),
                LedgerRows.Fingerprint(row, 2, version),
                row.Text(4),
                LedgerRows.At(row.Int64(5)));
        }
        finally
        {
            row.Reset();
        }
    }

    private Commit Existing(long revision, IReadOnlySet<Address>? only, CancellationToken cancellationToken) =>
        WithChanges(Required(revision), only, cancellationToken);

    private CommitHeader Required(long revision) =>
        FindHeader(revision) ?? throw LedgerRows.Corrupt($"Revision {revision} is missing.");

    private CommitHeader? FindHeader(long revision)
    {
        var row = database.Statement(CommitSql);
        row.Bind(1, revision);
        var found = Headers(row);
        return found.Count == 0 ? null : found[0];
    }

    private Commit WithChanges(CommitHeader header, IReadOnlySet<Address>? only, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var changes = ImmutableArray.CreateBuilder<DocumentChange>(only is null ? header.Changes : 1);
        foreach (var (after, before, _) in Changes(header, only))
        {
            var previous = before == 0
                ? null
                : Newest(after.Address, FirstId(before), LastId(before))
                    ?? throw LedgerRows.Corrupt($"Revision {header.Revision}: version {before} of {after.Address} is missing.");
            changes.Add(new(previous, after));
        }

        if (only is null && changes.Count != header.Changes)
            throw LedgerRows.Corrupt($"Revision {header.Revision} has {changes.Count} of its {header.Changes} changes.");
        return header.ToCommit(changes.DrainToImmutable());
    }

    // Materialised, because looking for a document before uses another statement of this connection in between.
    private List<(Document After, long Before, int Bytes)> Changes(CommitHeader header, IReadOnlySet<Address>? only)
    {
        var row = database.Statement(ChangesSql);
        row.Bind(1, FirstId(header.Revision));
        row.Bind(2, LastId(header.Revision));
        var changes = new List<(Document, long, int)>(only is null ? header.Changes : 1);
        try
        {
            while (row.Step())
            {
                var address = LedgerRows.Address(row, 1);
                if (only is null || only.Contains(address))
                    changes.Add((header.Document(row, address), row.Int64(2), row.Bytes(4).Length));
            }

            return changes;
        }
        finally
        {
            row.Reset();
        }
    }

    /// <summary>
    /// The commits of a range with all their changes, for checking, and the bytes of their bodies. Of the document before only the
    /// version is right: the hash holds no more of it.
    /// </summary>
    public IEnumerable<(Commit Commit, long Bytes)> CommitsToCheck(long after, int limit)
    {
        var sql = database.Statement(CommitsAfterSql);
        sql.Bind(1, after);
        sql.Bind(2, limit);
        foreach (var header in Headers(sql))
        {
            var rows = Changes(header, null);
            var changes = rows
                .Select(change => new DocumentChange(
                    change.Before == 0 ? null : change.After with { Version = change.Before, Body = JsonObject.Empty },
                    change.After))
                .ToImmutableArray();
            if (changes.Length != header.Changes)
                throw LedgerRows.Corrupt($"Revision {header.Revision} has {changes.Length} of its {header.Changes} changes.");
            yield return (header.ToCommit(changes), rows.Sum(change => (long)change.Bytes));
        }
    }

    private static List<CommitHeader> Headers(SqliteStatement row)
    {
        var headers = new List<CommitHeader>();
        try
        {
            while (row.Step())
            {
                var revision = row.Int64(0);
                headers.Add(new(
                    revision,
                    LedgerRows.At(row.Int64(1)),
                    row.Text(2),
                    row.Text(3),
                    LedgerRows.ReadTags(row, 4, revision),
                    row.IsNull(5) ? null : row.Int64(5),
                    (int)row.Int64(6),
                    LedgerRows.Fingerprint(row, 7, revision),
                    LedgerRows.Fingerprint(row, 8, revision)));
            }

            return headers;
        }
        finally
        {
            row.Reset();
        }
    }

    private static List<long> Numbers(SqliteStatement row)
    {
        var numbers = new List<long>();
        try
        {
            while (row.Step())
                numbers.Add(row.Int64(0));
            return numbers;
        }
        finally
        {
            row.Reset();
        }
    }

    private sealed record CommitHeader(
        long Revision,
        DateTimeOffset At,
        string Actor,
        string Message,
        ImmutableArray<string> Tags,
        long? RollbackTo,
        int Changes,
        Fingerprint PreviousHash,
        Fingerprint Hash)
    {
        /// <summary>From a row of <see cref="ChangesSql"/>.</summary>
        public Document Document(SqliteStatement row, Address address) => new(
            address,
            Revision,
            LedgerRows.Body(row, 4, address, Revision),
            LedgerRows.Fingerprint(row, 3, Revision),
            Actor,
            At);

        public Commit ToCommit(ImmutableArray<DocumentChange> changes) =>
            new(Revision, At, Actor, Message, Tags, RollbackTo, changes, PreviousHash, Hash);
    }
}
