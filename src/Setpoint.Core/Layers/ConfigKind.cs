using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core.Layers;

/// <summary>One layer's content, checked.</summary>
/// <param name="Config">The configuration itself.</param>
/// <param name="ExpiresAt">When a runtime override ends; null for every other layer.</param>
/// <param name="Keys">Number of leaves.</param>
/// <param name="References">What its strings refer to.</param>
public sealed record Layer(JsonObject Config, DateTimeOffset? ExpiresAt, int Keys, ReferenceSet References);

/// <summary>
/// <c>config/{ns}/base</c>, <c>/env/{environment}</c>, <c>/user/{user}</c> and <c>/runtime/{environment}</c>: the layers that an effective
/// configuration is merged of. A runtime override is <c>{"expiresAt": time, "config": {...}}</c>; the others are the configuration itself.
/// </summary>
/// <param name="providers">Where values come from that no layer holds.</param>
public sealed class ConfigKind(ReferenceProviders providers) : Kind
{
    public const string KindName = "config";

    /// <summary>A runtime override lives at most this long.</summary>
    public static readonly TimeSpan RuntimeLifetimeMax = TimeSpan.FromDays(30);

    public override string Name => KindName;

    /// <summary>Carried here, so that everything that is resolved with one catalog asks the same ones.</summary>
    public ReferenceProviders Providers { get; } = providers;

    public override KindIndex EmptyIndex => ConfigIndex.Empty;

    public override bool CreatesNamespaces => true;

    public override ImmutableArray<Rule> Rules { get; } =
        [new ConfigTargetRule(), new ConfigKeysRule(), new ConfigExpiryRule(), new ConfigCaseRule()];

    /// <summary>The document of a runtime override.</summary>
    public static JsonObject RuntimeBody(JsonObject config, DateTimeOffset expiresAt) =>
        new JsonObjectBuilder(2).Add("expiresAt", CommitHash.Timestamp(expiresAt)).Add("config", config).Build();

    /// <summary>The configuration that a layer's document holds.</summary>
    public static JsonObject ConfigOf(LayerSlot slot, JsonObject body) =>
        slot.Scope == LayerScope.Runtime ? (JsonObject)body["config"]! : body;

    /// <summary>A schema of another version brings the layers into its structure, in the same commit.</summary>
    public override IEnumerable<ProposedChange> Imply(Snapshot before, IReadOnlyList<ProposedChange> changes, ViolationList violations) =>
        LayerMigration.Imply(before, changes, violations);

    public override string? NamespaceOf(Address address) => address.Segments[1];

    public override object? Parse(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        if (!LayerSlot.TryParse(address, out var slot, out var problem))
        {
            violations.Add(address, "", ViolationCode.MalformedDocument, problem);
            return null;
        }

        var config = body;
        DateTimeOffset? expiresAt = null;
        var prefix = "";
        if (slot.Scope == LayerScope.Runtime)
        {
            var shape = new ShapeReader(address, body, violations);
            config = shape.RequiredObject("config");
            var end = shape.OptionalString("expiresAt");
            shape.RefuseUnknown();
            if (DateTimeOffset.TryParse(end, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                expiresAt = time;
            else
                violations.Add(address, "/expiresAt", ViolationCode.MissingRequiredParameter, "A runtime override needs 'expiresAt', an RFC 3339 time.");
            prefix = "/config";
        }

        if (config is not null)
            CheckContent(address, config, prefix, violations);

        if (violations.Count > before)
            return null;

        // The layer is made in any case: a ledger may hold one from before references were read, and must still open. Its reader is told.
        var references = ReferenceSet.Of(config!, (path, problem) =>
            violations.Add(address, prefix + path, ViolationCode.MalformedDocument, $"'{prefix + path}' cannot be read. {problem}"));
        return new Layer(config!, expiresAt, JsonLeaves.Count(config!), references);
    }

    /// <summary>What holds for the content of every layer, wherever it is kept.</summary>
    /// <param name="prefix">JSON Pointer of the configuration in its document.</param>
    internal static void CheckContent(Address address, JsonObject config, string prefix, ViolationList violations)
    {
        foreach (var path in JsonMerge.MisplacedUnsets(config))
        {
            violations.Add(address, prefix + path, ViolationCode.ConstraintViolation,
                $"'{prefix + path}' removes nothing: write exactly {{\"{JsonMerge.Unset}\": true}} as the value of a property, not at the top, not beside other properties and not inside an array.");
        }

        foreach (var conflict in CaseConflicts.Find(config))
        {
            violations.Add(address, prefix + conflict.Path, ViolationCode.ConstraintViolation,
                $"'{prefix + conflict.Path}' and '{prefix + conflict.OtherPath}' differ only in case; .NET configuration reads them as one key. Keep one.");
        }
    }
}
