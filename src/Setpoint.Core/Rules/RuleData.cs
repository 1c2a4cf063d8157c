using System.Collections.Immutable;
using Setpoint.Core.Json;

namespace Setpoint.Core.Rules;

/// <summary>
/// What a <see cref="ConfigRule"/> sees: the effective configuration at the root, and beside it <c>$namespace</c>, <c>$environment</c>,
/// <c>$uses</c>, <c>$environments</c> and <c>$namespaces</c>. Immutable and thread-safe. Configurations are shared, never copied; what is
/// not read is not made.
/// </summary>
/// <param name="Namespace">The namespace whose rule is checked.</param>
/// <param name="Environment">The environment; null for a rule across environments.</param>
/// <param name="Configuration">The effective configuration. A property of it named like one of ours above is hidden.</param>
public sealed record RuleData(string Namespace, string? Environment, JsonObject Configuration)
{
    /// <summary>Effective configurations of the used namespaces in this environment, by alias.</summary>
    public ImmutableArray<KeyValuePair<string, JsonObject>> Uses { get; init; } = [];

    /// <summary>For a rule across environments: this namespace in each of them.</summary>
    public ImmutableArray<RuleEnvironment> Environments { get; init; } = [];

    /// <summary>For a rule across namespaces: the used namespaces in this environment.</summary>
    public ImmutableArray<RuleNamespace> Namespaces { get; init; } = [];
}

/// <summary>An item of <c>$environments</c>: <c>{name, production, config}</c>.</summary>
/// <param name="Config">The effective configuration there.</param>
public sealed record RuleEnvironment(string Name, bool Production, JsonObject Config);

/// <summary>An item of <c>$namespaces</c>: <c>{name, kind, config}</c>.</summary>
/// <param name="Kind">What the namespace document says it is; null if it does not.</param>
/// <param name="Config">Its effective configuration.</param>
public sealed record RuleNamespace(string Name, string? Kind, JsonObject Config);

/// <summary>The data as expressions reach it.</summary>
internal sealed class RuleRecord(RuleData data) : LogicRecord
{
    private JsonObject? _uses;
    private JsonArray? _environments;
    private JsonArray? _namespaces;
    private JsonObject? _whole;

    public override int Depth => ToJson().Depth;

    public override bool TryGetValue(string name, out LogicValue value)
    {
        var own = name.StartsWith('$') ? Own(name) : null;
        var found = own ?? data.Configuration[name];
        value = found is null ? default : LogicValue.Of(found);
        return found is not null;
    }

    public override JsonObject ToJson() => _whole ??= Whole();

    private JsonObject Whole()
    {
        var all = data.Configuration;
        foreach (var name in (ReadOnlySpan<string>)["$namespace", "$environment", "$uses", "$environments", "$namespaces"])
        {
            if (Own(name) is { } value)
                all = all.With(name, value);
        }

        return all;
    }

    private JsonValue? Own(string name) => name switch
    {
        "$namespace" => new JsonString(data.Namespace),
        "$environment" => data.Environment is { } environment ? new JsonString(environment) : null,
        "$uses" => data.Uses.IsEmpty ? null : _uses ??= MakeUses(),
        "$environments" => data.Environments.IsEmpty ? null : _environments ??= new([.. data.Environments.Select(Item)]),
        "$namespaces" => data.Namespaces.IsEmpty ? null : _namespaces ??= new([.. data.Namespaces.Select(Item)]),
        _ => null,
    };

    private JsonObject MakeUses()
    {
        var uses = new JsonObjectBuilder(data.Uses.Length);
        foreach (var (alias, configuration) in data.Uses)
            uses.Add(alias, configuration);
        return uses.Build();
    }

    private static JsonObject Item(RuleEnvironment environment) => new JsonObjectBuilder(3)
        .Add("name", environment.Name).Add("production", environment.Production).Add("config", environment.Config).Build();

    private static JsonObject Item(RuleNamespace item) => new JsonObjectBuilder(3)
        .Add("name", item.Name).Add("kind", item.Kind).Add("config", item.Config).Build();
}
