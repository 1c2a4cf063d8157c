using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Validation;

/// <summary>Effective configurations of a candidate that rules read beside the one they are about; each is merged once. Not thread-safe.</summary>
internal sealed class CandidateViews(Snapshot candidate)
{
    private readonly Dictionary<(string Namespace, ResolveContext Context), JsonObject> _configs = [];

    public JsonObject ConfigOf(string ns, ResolveContext context)
    {
        // Those of another namespace make no difference here.
        if (context.Arms?.Namespace != ns)
            context = context with { Arms = null };
        if (_configs.TryGetValue((ns, context), out var known))
            return known;
        var (stack, config) = EffectiveConfiguration.Merge(candidate, ns, LayerStack.Of(candidate, ns, context));
        if (stack.HasReferences)
        {
            // One that refers to nothing there is reported by itself; a rule sees it as not configured.
            var references = ResolvedReferences.Of(candidate, ns, context, stack, config);
            config = references.Problems.IsEmpty ? references.Config : JsonObject.Empty;
        }

        _configs.Add((ns, context), config);
        return config;
    }
}
