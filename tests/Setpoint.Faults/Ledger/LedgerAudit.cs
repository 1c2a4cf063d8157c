using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Faults.Host;

namespace Setpoint.Faults.Ledger;

/// <summary>
/// Reads the ledger as any client can, folds it commit by commit, and checks what must hold of each: no gap, the hash chain, "before" as
/// the fold has it, every token once, and commits of several documents whole.
/// </summary>
internal sealed class LedgerAudit
{
    private const int PageSize = 500;

    private readonly Dictionary<string, Commit> _byMessage = new(StringComparer.Ordinal);
    private readonly Dictionary<Address, List<long>> _versions = [];

    /// <summary>The fold of all commits read so far.</summary>
    public Snapshot Snapshot { get; private set; } = Snapshot.Empty(StandardCatalog.Default);

    public Commit? Find(string token) => _byMessage.GetValueOrDefault(token);

    /// <summary>Every version that a document has had, oldest first.</summary>
    public IReadOnlyList<long> VersionsOf(Address address) => _versions.GetValueOrDefault(address) ?? [];

    /// <summary>A ledger read from its beginning and checked.</summary>
    public static async Task<LedgerAudit> OfAsync(ServerUnderTest server)
    {
        var audit = new LedgerAudit();
        await audit.CatchUpAsync(server);
        return audit;
    }

    /// <summary>Reads and checks what is new.</summary>
    /// <returns>The number of new commits.</returns>
    public async Task<int> CatchUpAsync(ServerUnderTest server)
    {
        var read = 0;
        while (true)
        {
            var reply = await server.GetAsync($"/api/commits?after={Snapshot.Revision}&limit={PageSize}");
            reply.Succeeded.ShouldBeTrue(reply.Text);
            var items = ((JsonArray)reply.Json["items"]!).Items;
            foreach (var item in items)
                Follow((JsonObject)item);
            read += items.Length;
            if (items.Length < PageSize)
            {
                // Commits may be added while the page is on its way, never taken away.
                long.Parse(reply.Revision!, CultureInfo.InvariantCulture).ShouldBeLessThanOrEqualTo(Snapshot.Revision, "the server is at a revision that its ledger does not list");
                return read;
            }
        }
    }

    /// <summary>Every acknowledged write is there, under the revision it was told, and has one effect.</summary>
    public void CheckAll(Acknowledged acknowledged)
    {
        foreach (var (token, revision) in acknowledged.All)
        {
            var commit = Find(token).ShouldNotBeNull($"LOST: {token} was acknowledged as revision {revision} and is not in the ledger");
            commit.Revision.ShouldBe(revision, $"{token} was acknowledged with another revision");
        }
    }

    /// <summary>What the server serves is what its ledger says, in every context.</summary>
    public async Task CheckEffectiveAsync(ServerUnderTest server)
    {
        string?[] environments = [null, .. Snapshot.Environments().All.Select(environment => environment.Name)];
        foreach (var ns in Snapshot.Namespaces().All)
        {
            foreach (var environment in environments)
            {
                var expected = EffectiveConfiguration.Resolve(Snapshot, ns.Name, ResolveContext.Of(environment));
                var reply = await server.GetAsync($"/api/config/{ns.Name}{(environment is null ? "" : $"?environment={environment}")}");
                reply.Succeeded.ShouldBeTrue(reply.Text);
                reply.Json["config"].ShouldBe(expected.Config, $"{ns.Name} in {environment ?? "no environment"}");
                reply.Number("version").ShouldBe(expected.Version, $"{ns.Name} in {environment ?? "no environment"}");
            }
        }
    }

    private void Follow(JsonObject item)
    {
        var revision = Number(item, "revision");
        revision.ShouldBe(Snapshot.Revision + 1, "the ledger has a gap");
        var commit = Read(item, revision);
        commit.PreviousHash.ShouldBe(Snapshot.Hash, $"commit {revision} does not follow the one before it");
        CommitHash.Of(commit).ShouldBe(commit.Hash, $"commit {revision} carries a hash that is not its own");
        if (commit.Message.Length > 0)
            _byMessage.TryAdd(commit.Message, commit).ShouldBeTrue($"TWICE: {commit.Message} is in commit {_byMessage[commit.Message].Revision} and in {revision}");
        foreach (var change in commit.Changes)
        {
            if (!_versions.TryGetValue(change.Address, out var versions))
                _versions.Add(change.Address, versions = []);
            versions.Add(revision);
        }

        Snapshot = Snapshot.Apply(commit);
    }

    private Commit Read(JsonObject item, long revision)
    {
        var at = DateTimeOffset.Parse(Text(item, "at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var actor = Text(item, "actor");
        var changes = ((JsonArray)item["changes"]!).Items.Select(entry => ReadChange((JsonObject)entry, revision, actor, at)).ToImmutableArray();
        return new(
            revision,
            at,
            actor,
            Text(item, "message"),
            [.. ((JsonArray)item["tags"]!).Items.Select(tag => ((JsonString)tag).Value)],
            item["rollbackTo"] is null ? null : Number(item, "rollbackTo"),
            changes,
            HashOf(item, "previousHash"),
            HashOf(item, "hash"));
    }

    private DocumentChange ReadChange(JsonObject entry, long revision, string actor, DateTimeOffset at)
    {
        var address = Address.Parse(Text(entry, "address"));
        var before = Snapshot.Find(address);
        Number(entry, "previousVersion").ShouldBe(before?.Version ?? 0, $"commit {revision} names another version of {address} as the one before");
        (entry["before"] as JsonObject).ShouldBe(before?.Body, $"commit {revision} shows another {address} as the one before");
        var after = entry["after"] as JsonObject;
        return new(before, new(address, revision, after, after is null ? Fingerprint.None : CanonicalJson.FingerprintOf(after), actor, at));
    }

    private static string Text(JsonObject item, string name) => ((JsonString)item[name]!).Value;

    private static long Number(JsonObject item, string name) =>
        ((JsonNumber)item[name]!).TryGetInt64(out var number) ? number : throw new InvalidDataException($"'{name}' is no whole number.");

    private static Fingerprint HashOf(JsonObject item, string name) => new(Convert.FromHexString(Text(item, name)));
}
