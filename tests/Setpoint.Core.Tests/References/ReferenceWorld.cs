using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;
using Setpoint.Core.Tests.Ledger;

namespace Setpoint.Core.Tests.References;

/// <summary>Short forms for configurations that refer to each other.</summary>
internal static class ReferenceWorld
{
    public static readonly ResolveContext Production = ResolveContext.Of("production");

    /// <summary>A ledger with these layers, that need not resolve.</summary>
    public static Snapshot Of(params (string Address, string Json)[] layers) => Of(new TestProvider(), layers);

    public static Snapshot Of(IReferenceProvider provider, params (string Address, string Json)[] layers)
    {
        var snapshot = TestLedger.WithEnvironments().Snapshot;
        var catalog = StandardCatalog.Create(new ReferenceProviders(provider));
        var documents = new List<Document>(snapshot.Documents);
        var revision = snapshot.Revision;
        foreach (var (address, json) in layers)
        {
            var change = TestLedger.Set(address, json);
            documents.Add(new(change.Address, ++revision, change.Body, Core.Json.CanonicalJson.FingerprintOf(change.Body!), "tester", TestLedger.Start));
            var ns = NamespaceKind.AddressOf(change.Address.Segments[1]);
            if (change.Address.Kind == ConfigKind.KindName && documents.TrueForAll(document => document.Address != ns))
                documents.Add(new(ns, revision, NamespaceKind.BodyOf("service"), Core.Json.CanonicalJson.FingerprintOf(NamespaceKind.BodyOf("service")), "tester", TestLedger.Start));
        }

        return Snapshot.Load(catalog, revision, Core.Json.Fingerprint.None, TestLedger.Start, documents);
    }

    public static EffectiveConfiguration Resolve(this Snapshot snapshot, string ns, ResolveContext? context = null) =>
        EffectiveConfiguration.Resolve(snapshot, ns, context ?? Production);

    /// <summary>The one problem that there must be, and no configuration with it.</summary>
    public static Violation Problem(this EffectiveConfiguration effective)
    {
        effective.Problems.Length.ShouldBe(1, string.Join("\n", effective.Problems.Select(problem => problem.Message)));
        Should.Throw<InvalidOperationException>(() => effective.Config);
        effective.Problems[0].Effective.ShouldNotBeNull().Namespace.ShouldBe(effective.Namespace);
        return effective.Problems[0];
    }
}

/// <summary>Environment variables that a test may change.</summary>
internal sealed class TestProvider : IReferenceProvider
{
    private readonly Dictionary<string, Core.Json.JsonValue> _values = new(StringComparer.Ordinal);

    public string Name => Reference.Env;

    public long Generation { get; private set; }

    public int Asked { get; private set; }

    public Core.Json.JsonValue this[string key]
    {
        set
        {
            _values[key] = value;
            Generation++;
        }
    }

    public ReferenceValue Find(string key)
    {
        Asked++;
        return _values.TryGetValue(key, out var value) ? ReferenceValue.Of(value) : ReferenceValue.Unknown("it is not set");
    }
}
