using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Validation;

/// <summary>Effective configurations of a candidate that rules read beside the one they are about; each is merged once. Not thread-safe.</summary>
internal sealed class CandidateViews(Snapshot candidate)
{
    private readonly Dictionary<(string Namespace, ResolveContext Context), JsonObject> _configs = [];

    public JsonObject ConfigOf(string ns, in ResolveContext context)
    {
        if (_configs.TryGetValue((ns, context), out var known))
            return known;
        var (_, config) = EffectiveConfiguration.Merge(candidate, ns, LayerStack.Of(candidate, ns, context));
        _configs.Add((ns, context), config);
        return config;
    }
}
