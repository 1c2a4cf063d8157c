using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Storage.Tests;

/// <summary>
/// Makes commits that continue each other, as the writer does, and remembers them: the naive model that a store is compared with.
/// </summary>
internal sealed class LedgerDraft
{
    public static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<Address, Document> _current = [];

    public List<Commit> Commits { get; } = [];

    public LedgerHead Head { get; private set; }

    public IReadOnlyDictionary<Address, Document> Current => _current;

    public static Address Config(string ns, string layer = "base") => Address.Of("config", [ns, .. layer.Split('/')]);

    public static JsonObject Body(string json) => (JsonObject)JsonReader.Parse(json).Value;

    /// <summary>One change of one document, one second after the commit before.</summary>
    public Commit Next(string ns, string? json, string actor = "user:ada") =>
        Next([(Config(ns), json is null ? null : Body(json))], actor: actor);

    public Commit Next(
        IEnumerable<(Address Address, JsonObject? Body)> changes,
        string actor = "user:ada",
        string message = "",
        ImmutableArray<string> tags = default,
        long? rollbackTo = null,
        DateTimeOffset? at = null)
    {
        var revision = Head.Revision + 1;
        var when = at ?? (Head.Revision == 0 ? Start : Head.At.AddSeconds(1));
        var written = changes
            .Select(change => new DocumentChange(
                _current.TryGetValue(change.Address, out var before) && before.Exists ? before : null,
                new(
                    change.Address,
                    revision,
                    change.Body,
                    change.Body is null ? Fingerprint.None : CanonicalJson.FingerprintOf(change.Body),
                    actor,
                    when)))
            .ToImmutableArray();
        var labels = tags.IsDefault ? [] : tags;
        var hash = CommitHash.Of(revision, when, actor, message, labels, rollbackTo, written, Head.Hash);
        var commit = new Commit(revision, when, actor, message, labels, rollbackTo, written, Head.Hash, hash);
        Commits.Add(commit);
        foreach (var change in written)
            _current[change.Address] = change.After;
        Head = new(revision, hash, when);
        return commit;
    }

    /// <summary>The documents as of a revision: the fold of the commits up to it.</summary>
    public Dictionary<Address, Document> AsOf(long revision)
    {
        var documents = new Dictionary<Address, Document>();
        foreach (var commit in Commits.Where(commit => commit.Revision <= revision))
        {
            foreach (var change in commit.Changes)
                documents[change.Address] = change.After;
        }

        return documents;
    }

    /// <summary>Random commits over a few addresses: creations, updates, removals, some of them in one commit.</summary>
    public void Grow(Random random, int commits)
    {
        string[] names = ["alpha", "beta", "gamma", "alphabet", "alpha-2"];
        string[] layers = ["base", "env/production", "env/staging", "user/u 1"];
        for (var i = 0; i < commits; i++)
        {
            var addresses = Enumerable.Range(0, random.Next(1, 5))
                .Select(_ => Config(names[random.Next(names.Length)], layers[random.Next(layers.Length)]))
                .Distinct()
                .ToList();
            Next(
                addresses.Select(address => (address, random.Next(4) == 0 ? null : Body($$"""{"n":{{random.Next(1000)}}.50,"t":"v{{random.Next(9)}}"}"""))),
                actor: $"user:{random.Next(3)}",
                message: random.Next(2) == 0 ? "" : "why",
                tags: random.Next(3) == 0 ? ["release", "ünïcode"] : [],
                rollbackTo: i > 0 && random.Next(5) == 0 ? random.Next(1, i + 1) : null,
                at: Head.Revision == 0 ? Start : Head.At.AddMilliseconds(random.Next(3) * 500));
        }
    }
}
