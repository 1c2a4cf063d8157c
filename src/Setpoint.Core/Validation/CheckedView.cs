using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Rules;

namespace Setpoint.Core.Validation;

/// <summary>An effective configuration that is being checked, and what is found wrong with it.</summary>
internal sealed class CheckedView(string ns, ResolveContext context, LayerStack stack, JsonObject config, ViolationGroups found)
{
    public string Namespace { get; } = ns;

    /// <summary>Without an environment: all of them at once.</summary>
    public ResolveContext Context { get; } = context;

    public JsonObject Config { get; } = config;

    public bool IsClean { get; private set; } = true;

    /// <summary>The layer that supplies the value; null if it is none, or none alone.</summary>
    public StackedLayer? SupplierOf(string path) =>
        JsonPointer.TryParse(path, out var pointer, out _) ? LayerSupply.Find(stack, pointer) : null;

    public JsonValue? ValueAt(string path) => JsonPointer.TryParse(path, out var pointer, out _) ? pointer.Resolve(Config) : null;

    public void Report(string path, string code, string rule, string message, RuleSeverity severity)
    {
        IsClean = false;
        // Where no layer alone is at fault, such as for a setting that is missing, the place to put it right is the rollout whose arm brings
        // that about, else the namespace's own base.
        var supplier = SupplierOf(path);
        var address = supplier?.Document.Address ?? Finding.DefaultAddress(Namespace, Context);
        found.Add(new(Namespace, Context.User, Context.Arms, Context.WithoutRuntime, path, code, rule, message, address, supplier is not null, severity), Context.Environment);
    }
}
