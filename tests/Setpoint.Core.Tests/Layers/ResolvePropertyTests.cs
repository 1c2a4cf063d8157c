using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Tests.Json;

namespace Setpoint.Core.Tests.Layers;

/// <summary>Resolution, provenance and versions against the naive model, over random histories.</summary>
public sealed class ResolvePropertyTests
{
    private const int Worlds = 40;
    private const int Steps = 60;

    [Fact]
    public void Resolution_is_that_of_the_naive_model_in_every_context_after_every_commit() => Seeded.Run(Worlds, random =>
    {
        var world = new RandomWorld(random);
        for (var step = 0; step < Steps; step++)
        {
            if (!world.Step())
                continue;
            var naive = new NaiveLayers(world.Documents);
            foreach (var (ns, context) in world.Contexts())
            {
                var effective = EffectiveConfiguration.Resolve(world.Ledger.Snapshot, ns, context);
                effective.Config.ShouldBe(naive.Resolve(ns, context).Config, $"{ns} {context}");
                effective.Fingerprint.ShouldBe(CanonicalJson.FingerprintOf(effective.Config));
                effective.Stack.Layers.Select(layer => layer.Document.Address.Text).ShouldBe(naive.Addresses(ns, context), Case.Sensitive, $"{ns} {context}");
            }
        }

        world.Ledger.Commits.Count.ShouldBeGreaterThan(Steps / 8, "nearly everything was refused");
    });

    [Fact]
    public void Each_leaf_is_explained_by_the_layer_that_set_it_last_and_those_it_hides() => Seeded.Run(Worlds, random =>
    {
        var world = new RandomWorld(random);
        for (var step = 0; step < Steps; step++)
        {
            if (!world.Step() || random.Next(3) != 0)
                continue;
            var naive = new NaiveLayers(world.Documents);
            foreach (var (ns, context) in world.Contexts())
            {
                var effective = EffectiveConfiguration.Resolve(world.Ledger.Snapshot, ns, context);
                var explained = Provenance.Explain(effective);
                explained
                    .Select(leaf => string.Join(" | ", [$"{leaf.Path} {leaf.Winner.Document.Address}", .. leaf.Shadowed.Select(hidden => $"{hidden.Layer.Document.Address}={hidden.Value}")]))
                    .Order(StringComparer.Ordinal)
                    .ShouldBe(naive.Resolve(ns, context).Provenance(), Case.Sensitive, $"{ns} {context}");
            }
        }
    });

    [Fact]
    public void A_version_never_goes_down_and_equal_versions_are_equal_configurations() => Seeded.Run(Worlds, random =>
    {
        var world = new RandomWorld(random);
        // Kept also while a namespace or an environment is gone: when it comes back, it must not begin again.
        var last = new Dictionary<(string, ResolveContext), (long Version, Fingerprint Fingerprint)>();
        for (var step = 0; step < Steps * 2; step++)
        {
            world.Step();
            foreach (var (ns, context) in world.Contexts())
            {
                var effective = EffectiveConfiguration.Resolve(world.Ledger.Snapshot, ns, context);
                effective.Version.ShouldBe(LayerStack.VersionOf(world.Ledger.Snapshot, ns, context), "both ways to the version agree");
                effective.Version.ShouldBeLessThanOrEqualTo(world.Ledger.Snapshot.Revision);
                // Of somebody, whichever arms they are in: who comes back asks by a version.
                var somebody = (ns, context with { Arms = null });
                if (last.TryGetValue(somebody, out var before))
                {
                    effective.Version.ShouldBeGreaterThanOrEqualTo(before.Version, $"{ns} {context}");
                    if (effective.Version == before.Version)
                        effective.Fingerprint.ShouldBe(before.Fingerprint, $"{ns} {context}: another configuration under the same version");
                }

                last[somebody] = (effective.Version, effective.Fingerprint);
            }
        }
    });
}
