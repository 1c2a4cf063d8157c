using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.References;

namespace Setpoint.Core.Layers;

/// <summary>
/// What the references of one effective configuration have become. Those to other namespaces see the effective configuration of these
/// for the same environment and user. Immutable.
/// </summary>
public sealed class ResolvedReferences
{
    private readonly JsonObject _config;
    private readonly HashSet<JsonValue> _opaque;

    private ResolvedReferences(
        ReferenceOutcome outcome, ImmutableArray<Violation> problems, ImmutableArray<string> namespaces, long version, long generation)
    {
        _config = outcome.Config;
        _opaque = outcome.Opaque;
        IsExternal = outcome.IsExternal;
        Problems = problems;
        Namespaces = namespaces;
        Version = version;
        Generation = generation;
    }

    /// <exception cref="InvalidOperationException">There are <see cref="Problems"/>.</exception>
    public JsonObject Config => Problems.IsEmpty
        ? _config
        : throw new InvalidOperationException($"There is no configuration, only problems: {Problems[0].Message}");

    public ImmutableArray<Violation> Problems { get; }

    /// <inheritdoc cref="EffectiveConfiguration.Dependencies"/>
    public ImmutableArray<string> Namespaces { get; }

    /// <summary>The newest version among all that was read.</summary>
    public long Version { get; }

    /// <summary>Whether a provider was asked.</summary>
    public bool IsExternal { get; }

    /// <summary>Of the providers, before they were asked.</summary>
    public long Generation { get; }

    public bool IsOpaque(JsonValue value) => _opaque.Contains(value);

    /// <param name="merged">What the stack merges to.</param>
    internal static ResolvedReferences Of(Snapshot snapshot, string ns, in ResolveContext context, LayerStack stack, JsonObject merged)
    {
        var providers = snapshot.Providers();
        // Before the values: should one change meanwhile, this is known to be outdated, and not taken for the newer one.
        var generation = providers.Generation;
        var reader = new NamespaceReader(snapshot, context);
        reader.Add(ns, stack, merged);
        var outcome = new ReferenceResolver(ns, reader.MergedOf, providers).Resolve(merged);

        ImmutableArray<string> environments = context.Environment is { } environment ? [environment] : [];
        var user = context.User;
        ImmutableArray<Violation> problems =
        [
            .. outcome.Failures.Select(failure => new Violation(
                failure.Place.Pointer.ToString(), failure.Code, failure.Message, reader.AddressOf(failure.Place), new(ns, environments, user, failure.Rule))),
        ];
        return new(outcome, problems, reader.Others(ns), reader.Version, generation);
    }
}
