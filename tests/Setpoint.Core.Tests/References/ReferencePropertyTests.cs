using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Tests.Json;
using Setpoint.Core.Tests.Layers;

namespace Setpoint.Core.Tests.References;

/// <summary>Configurations that refer to each other at random, against the naive model.</summary>
public sealed class ReferencePropertyTests
{
    private const int Worlds = 1_500;
    private static readonly string[] Namespaces = ["global", "a", "b", "c", "lib"];
    private static readonly string?[] Environments = [null, "production", "production-eu", "staging"];
    private static readonly string[] Keys = ["k", "l", "m", "n"];

    [Fact]
    public void Resolution_is_that_of_the_naive_model_or_none_at_all_and_graph_and_version_cover_what_it_read()
    {
        var (whole, none) = (0, 0);
        Seeded.Run(Worlds, random =>
        {
            var snapshot = World(random);
            var documents = snapshot.Documents.Where(document => document.Exists).ToDictionary(document => document.Address.Text, document => document.Body!);
            var namespaces = snapshot.Namespaces().All.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
            foreach (var environment in Environments)
            {
                foreach (var user in (string?[])[null, "ann"])
                {
                    var context = new ResolveContext(environment, user);
                    var naive = new NaiveReferences(new NaiveLayers(documents), namespaces, context);
                    foreach (var ns in namespaces)
                    {
                        var effective = snapshot.Resolve(ns, context);
                        var expected = naive.Resolve(ns);
                        effective.Problems.IsEmpty.ShouldBe(expected is not null, $"{ns} {context}: {(effective.Problems.IsEmpty ? effective.Config.ToString() : effective.Problems[0].Message)}");
                        if (expected is not null)
                            effective.Config.ToString().ShouldBe(expected.ToString(), $"{ns} {context}");
                        AssertCovers(snapshot, ns, context, effective);
                        _ = expected is null ? none++ : whole++;
                    }
                }
            }
        });

        // One round alone, when a failure is replayed, has neither.
        if (Environment.GetEnvironmentVariable("SETPOINT_SEED") is null)
            (whole, none).ShouldSatisfyAllConditions(counts => counts.whole.ShouldBeGreaterThan(Worlds), counts => counts.none.ShouldBeGreaterThan(Worlds));
    }

    private static void AssertCovers(Snapshot snapshot, string ns, ResolveContext context, EffectiveConfiguration effective)
    {
        effective.HoldsAt(snapshot).ShouldBeTrue();
        foreach (var problem in effective.Problems)
            problem.Address.ShouldNotBeNull(problem.Message);
        effective.Dependencies.ShouldBeSubsetOf(ReferenceGraph.ReadBy(snapshot, ns), $"{ns} {context}");
        foreach (var other in effective.Dependencies)
        {
            effective.Version.ShouldBeGreaterThanOrEqualTo(LayerStack.VersionOf(snapshot, other, context));
            ReferenceGraph.ReferrersOf(snapshot, [other]).ShouldContain(ns, $"{other} {context}");
        }
    }

    private static Snapshot World(Random random)
    {
        var layers = new List<(string Address, string Json)>
        {
            ("namespace/lib", "{}"),
            ("namespace/a", """{"includes":["lib"]}"""),
        };
        foreach (var ns in Namespaces)
        {
            foreach (var place in (string[])["base", "env/production", "env/production-eu", "user/ann", "runtime/production"])
            {
                if (random.Next(place == "base" ? 8 : 3) == 0 == (place == "base"))
                    continue;
                var config = Config(random, 2);
                layers.Add(($"config/{ns}/{place}", (place.StartsWith("runtime", StringComparison.Ordinal) ? ConfigKind.RuntimeBody(config, DateTimeOffset.UnixEpoch) : config).ToString()));
            }
        }

        return ReferenceWorld.Of([.. layers]);
    }

    private static JsonObject Config(Random random, int depth)
    {
        var made = new JsonObjectBuilder();
        foreach (var key in Keys)
        {
            if (random.Next(4) == 0)
                continue;
            made.Add(key, Value(random, depth));
        }

        return made.Build();
    }

    private static JsonValue Value(Random random, int depth) => random.Next(12) switch
    {
        0 when depth > 0 => Config(random, depth - 1),
        1 when depth > 0 => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth - 1))]),
        2 => JsonNull.Instance,
        3 => new JsonString($"${Reference(random)}"),
        4 => new JsonString($"<{Reference(random)}|$$${{x}}>"),
        5 or 6 => new JsonString(Reference(random)),
        7 => new JsonString("$${k}"),
        _ => JsonNumber.Of(random.Next(5)),
    };

    private static string Reference(Random random)
    {
        string[] inner = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(6) == 0 ? $"{random.Next(2)}" : Keys[random.Next(Keys.Length)])];
        var ns = random.Next(2) == 0 ? "" : random.Next(12) == 0 ? "none/" : $"{Namespaces[random.Next(Namespaces.Length)]}/";
        return $"${{config:{ns}{string.Join('.', inner)}}}";
    }
}
