using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Layers;
using static Setpoint.Core.Tests.Ledger.TestLedger;

namespace Setpoint.Core.Tests.Ledger;

public sealed class SnapshotTests
{
    [Fact]
    public void Loading_the_current_documents_equals_folding_all_commits() => Seeded.Run(40, random =>
    {
        var world = new RandomWorld(random);
        for (var i = 0; i < 60; i++)
            world.Step();

        var folded = Snapshot.Empty(StandardCatalog.Default);
        foreach (var commit in world.Ledger.Commits)
            folded = folded.Apply(commit);
        var documents = folded.Documents.ToArray();
        random.Shuffle(documents);
        var loaded = Snapshot.Load(StandardCatalog.Default, folded.Revision, folded.Hash, folded.At, documents);

        ShouldBeAlike(folded, world.Ledger.Snapshot);
        ShouldBeAlike(loaded, world.Ledger.Snapshot);
    });

    [Fact]
    public void What_a_commit_does_not_touch_is_shared()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""), Set("config/mail/env/staging", """{"a":2}"""), Set("config/user/base", """{"a":3}"""));
        var before = ledger.Snapshot;

        ledger.Commit(Set("config/user/base", """{"a":4}"""));

        ledger.Snapshot.Configs().Find("mail").ShouldBeSameAs(before.Configs().Find("mail"));
        ledger.Snapshot.Configs().Find("user").ShouldNotBeSameAs(before.Configs().Find("user"));
        ledger.Snapshot.Environments().ShouldBeSameAs(before.Environments());
        ledger.Snapshot.Namespaces().ShouldBeSameAs(before.Namespaces());
        before.Configs().Find("user")!.Base!.Content!.Config.ToString().ShouldBe("""{"a":3}""", "a snapshot never changes");
    }

    [Fact]
    public void A_layer_that_is_not_touched_is_shared_within_its_namespace()
    {
        var ledger = WithEnvironments();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""), Set("config/mail/env/staging", """{"a":2}"""));
        var before = ledger.Snapshot.Configs().Find("mail")!;

        ledger.Commit(Set("config/mail/env/staging", """{"a":3}"""));

        ledger.Snapshot.Configs().Find("mail")!.Base.ShouldBeSameAs(before.Base);
    }

    [Fact]
    public void A_removed_document_leaves_a_tombstone_that_knows_when()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""));
        ledger.Commit(Remove("config/mail/base"));
        var address = Address.Parse("config/mail/base");

        ledger.Snapshot.Find(address).ShouldBeNull();
        ledger.Snapshot.FindWithTombstone(address)!.Version.ShouldBe(2);
        ledger.Snapshot.FindWithTombstone(address)!.Exists.ShouldBeFalse();
        ledger.Snapshot.Configs().Find("mail")!.HasLayers.ShouldBeFalse();
        ledger.Commits[1].Changes[0].Before!.Version.ShouldBe(1);
    }

    [Fact]
    public void A_commit_is_applied_only_to_the_snapshot_that_it_follows()
    {
        var ledger = new TestLedger();
        ledger.Commit(Set("config/mail/base", """{"a":1}"""));
        ledger.Commit(Set("config/mail/base", """{"a":2}"""));
        var empty = Snapshot.Empty(StandardCatalog.Default);

        Should.Throw<InvalidDataException>(() => empty.Apply(ledger.Commits[1])).Message.ShouldContain("does not follow");
        var first = empty.Apply(ledger.Commits[0]);
        Should.Throw<InvalidDataException>(() => first.Apply(ledger.Commits[0]));
        Should.Throw<InvalidDataException>(() => first.Apply(ledger.Commits[1] with { PreviousHash = default }));
        ShouldBeAlike(first.Apply(ledger.Commits[1]), ledger.Snapshot);
    }

    private static void ShouldBeAlike(Snapshot found, Snapshot expected)
    {
        found.Revision.ShouldBe(expected.Revision);
        found.Hash.ShouldBe(expected.Hash);
        found.At.ShouldBe(expected.At);
        found.Count.ShouldBe(expected.Count);
        foreach (var document in expected.Documents)
            found.FindWithTombstone(document.Address).ShouldBe(document);
        found.Environments().All.ShouldBe(expected.Environments().All);
        found.Namespaces().All.Select(ns => (ns.Name, string.Join(",", ns.Includes))).ShouldBe(expected.Namespaces().All.Select(ns => (ns.Name, string.Join(",", ns.Includes))));
        foreach (var ns in expected.Namespaces().All)
        {
            found.Namespaces().IncludersOf(ns.Name).ShouldBe(expected.Namespaces().IncludersOf(ns.Name));
            (found.Configs().Find(ns.Name)?.Keys).ShouldBe(expected.Configs().Find(ns.Name)?.Keys);
            (found.Configs().Find(ns.Name)?.LayerCount).ShouldBe(expected.Configs().Find(ns.Name)?.LayerCount);
            foreach (var environment in expected.Environments().All)
            {
                var context = new ResolveContext(environment.Name, "ann");
                EffectiveConfiguration.Resolve(found, ns.Name, context).Fingerprint.ShouldBe(EffectiveConfiguration.Resolve(expected, ns.Name, context).Fingerprint);
                LayerStack.VersionOf(found, ns.Name, context).ShouldBe(LayerStack.VersionOf(expected, ns.Name, context));
            }
        }

        found.Configs().Expiring.OrderBy(one => one.Key.Namespace).ThenBy(one => one.Key.Key)
            .ShouldBe(expected.Configs().Expiring.OrderBy(one => one.Key.Namespace).ThenBy(one => one.Key.Key));
    }
}
