using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Ledger;

namespace Setpoint.Core.Tests.Layers;

internal static class LayerAssert
{
    /// <summary>
    /// Commits the layers in the order given, which must be from the lowest to the highest, and holds the effective configuration of
    /// <c>mail</c> in production-eu for ann against <paramref name="expected"/>: the merge, each leaf's winner and what it hides, the
    /// order of the stack whatever the order of the commits, and the way through text and a fresh snapshot and back.
    /// </summary>
    public static EffectiveConfiguration AssertResolves(string expected, params (string Address, string Json)[] layers)
    {
        var context = new ResolveContext("production-eu", "ann");
        var forwards = Effective(layers, context);
        var backwards = Effective([.. layers.Reverse()], context);

        forwards.Config.ShouldBe(JsonSamples.ObjectOf(expected));
        forwards.Stack.Layers.Select(layer => layer.Document.Address.Text).ShouldBe(layers.Select(layer => layer.Address));
        forwards.Stack.Layers.Select(layer => layer.Rank).ShouldBeInOrder();
        backwards.Fingerprint.ShouldBe(forwards.Fingerprint, "the order of the commits must not count");

        var ranks = layers.Select((layer, position) => (layer.Address, position)).ToDictionary(StringComparer.Ordinal);
        foreach (var leaf in Provenance.Explain(forwards))
        {
            var value = JsonPointer.Parse(leaf.Path).Value.Resolve(forwards.Config);
            var own = JsonPointer.Parse(leaf.Path).Value.Resolve(leaf.Winner.Config);
            if (value is not JsonObject)
                own.ShouldBe(value, $"{leaf.Path} is not what {leaf.Winner.Document.Address} says");
            int[] order = [ranks[leaf.Winner.Document.Address.Text], .. leaf.Shadowed.Select(hidden => ranks[hidden.Layer.Document.Address.Text])];
            order.ShouldBe(order.Distinct().OrderDescending().ToArray(), $"{leaf.Path}: the winner is above what it hides");
        }

        Provenance.Explain(forwards).Select(leaf => leaf.Path).ShouldBe(LeafPaths(forwards.Config, JsonPointer.Root), ignoreOrder: true);
        JsonSamples.ObjectOf(forwards.Config.ToString()).ShouldBe(forwards.Config);
        return forwards;
    }

    private static EffectiveConfiguration Effective((string Address, string Json)[] layers, ResolveContext context)
    {
        var ledger = TestLedger.WithEnvironments();
        ledger.Commit(TestLedger.Set("namespace/lib", "{}"), TestLedger.Set("namespace/mail", """{"includes":["lib"]}"""), TestLedger.Set("namespace/global", "{}"));
        foreach (var (address, json) in layers)
            ledger.Commit(TestLedger.Set(address, json));
        var effective = EffectiveConfiguration.Resolve(ledger.Snapshot, "mail", context);
        var loaded = Snapshot.Load(StandardCatalog.Default, ledger.Snapshot.Revision, ledger.Snapshot.Hash, ledger.Snapshot.At, ledger.Snapshot.Documents);
        EffectiveConfiguration.Resolve(loaded, "mail", context).Fingerprint.ShouldBe(effective.Fingerprint);
        return effective;
    }

    private static IEnumerable<string> LeafPaths(JsonObject config, JsonPointer at)
    {
        for (var i = 0; i < config.Count; i++)
        {
            var path = at.Append(config.NameAt(i));
            if (config.ValueAt(i) is JsonObject { Count: > 0 } members)
            {
                foreach (var below in LeafPaths(members, path))
                    yield return below;
            }
            else
            {
                yield return path.ToString();
            }
        }
    }
}
