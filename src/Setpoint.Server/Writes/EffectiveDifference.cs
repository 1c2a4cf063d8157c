using System.Collections.Immutable;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;

namespace Setpoint.Server.Writes;

/// <summary>What a change does to the effective configuration of a namespace.</summary>
internal static class EffectiveDifference
{
    /// <summary>The difference in each environment in which there is one; under <c>""</c> that of the base layers alone.</summary>
    public static JsonObject ByEnvironment(Snapshot before, Snapshot after, string ns)
    {
        var all = new JsonObjectBuilder();
        Add(all, "", Compare(before, after, ns, null));
        foreach (var environment in after.Environments().All)
            Add(all, environment.Name, Compare(before, after, ns, environment.Name));
        return all.Build();
    }

    private static void Add(JsonObjectBuilder all, string environment, ImmutableArray<JsonChange> changes)
    {
        if (!changes.IsEmpty)
            all.Add(environment, ChangesJson.Of(changes));
    }

    private static ImmutableArray<JsonChange> Compare(Snapshot before, Snapshot after, string ns, string? environment)
    {
        var context = ResolveContext.Of(environment);
        var (from, to) = (EffectiveConfiguration.Resolve(before, ns, context), EffectiveConfiguration.Resolve(after, ns, context));
        // Where references lead nowhere there is no configuration, and so no difference to one.
        return from.Problems.IsEmpty && to.Problems.IsEmpty ? JsonDiff.Compare(from.Config, to.Config) : [];
    }
}
