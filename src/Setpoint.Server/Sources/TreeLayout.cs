using Setpoint.Core.Layers;

namespace Setpoint.Server.Sources;

/// <summary>What a file of the tree is.</summary>
internal enum TreePlaceKind
{
    /// <summary>The content of one layer.</summary>
    Layer,

    /// <summary>Below <c>schemas/</c>: for a version that checks against schemas.</summary>
    Schema,

    /// <summary>JSON or YAML in a place that means nothing.</summary>
    Unused,

    /// <summary>An editor's, a tool's or a system's file.</summary>
    Ignored,

    /// <summary>In a place that means something, with a name that cannot.</summary>
    Refused,
}

/// <param name="Slot">The layer; only of <see cref="TreePlaceKind.Layer"/>.</param>
/// <param name="Problem">Why it is refused; only of <see cref="TreePlaceKind.Refused"/>.</param>
internal readonly record struct TreePlace(TreePlaceKind Kind, LayerSlot Slot = default, string? Problem = null);

/// <summary>Which layer a path stands for. Pure.</summary>
/// <remarks>
/// <c>global.json</c>, <c>environments/{env}.json</c>, <c>services/{service}.json</c>, <c>services/{service}/{env}.json</c>; each also as
/// <c>.yaml</c> or <c>.yml</c>.
/// </remarks>
internal static class TreeLayout
{
    public const string EnvironmentsFolder = "environments";
    public const string ServicesFolder = "services";
    public const string SchemasFolder = "schemas";

    private static readonly string[] Extensions = [".json", ".yaml", ".yml"];

    /// <param name="path">Relative to the tree, with slashes.</param>
    public static TreePlace PlaceOf(string path)
    {
        var parts = path.Split('/');
        // Names that begin with a dot are version control's, editors', and the turning parts of a mounted Kubernetes ConfigMap.
        if (Array.Exists(parts, part => part.Length == 0 || part[0] == '.'))
            return new(TreePlaceKind.Ignored);
        var extension = Array.Find(Extensions, end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase));
        if (extension is null)
            return new(TreePlaceKind.Ignored);
        if (parts.Length > 1 && parts[0] == SchemasFolder)
            return new(TreePlaceKind.Schema);

        var name = parts[^1][..^extension.Length];
        return parts switch
        {
            [_] when name == Names.Global => new(TreePlaceKind.Layer, LayerSlot.BaseOf(Names.Global)),
            [EnvironmentsFolder, _] => Named("Environment", name, new(Names.Global, LayerScope.Environment, name)),
            [ServicesFolder, _] => Service(name, LayerSlot.BaseOf(name)),
            [ServicesFolder, var service, _] => Service(service, new(service, LayerScope.Environment, name)) is { Kind: TreePlaceKind.Refused } refused
                ? refused
                : Named("Environment", name, new(service, LayerScope.Environment, name)),
            _ => new(TreePlaceKind.Unused),
        };
    }

    public static bool IsYaml(string path) => !path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>The environment that a name such as <c>billing.production</c> may have been meant for; null if it has no dot.</summary>
    public static string? SuffixOf(in LayerSlot slot) =>
        slot.Scope == LayerScope.Base && slot.Namespace.LastIndexOf('.') is > 0 and var dot ? slot.Namespace[(dot + 1)..] : null;

    /// <summary>Where the layer would stand as JSON: the name of a file that is not there any more.</summary>
    public static string PathOf(in LayerSlot slot) => (slot.Namespace, slot.Scope) switch
    {
        (Names.Global, LayerScope.Base) => $"{Names.Global}.json",
        (Names.Global, LayerScope.Environment) => $"{EnvironmentsFolder}/{slot.Key}.json",
        (_, LayerScope.Base) => $"{ServicesFolder}/{slot.Namespace}.json",
        (_, LayerScope.Environment) => $"{ServicesFolder}/{slot.Namespace}/{slot.Key}.json",
        _ => throw new InvalidOperationException($"No file stands for {slot.ToAddress()}."),
    };

    private static TreePlace Service(string name, in LayerSlot slot) => name == Names.Global
        ? new(TreePlaceKind.Refused, Problem: "'global' is not a service: its settings are in global.json and environments/.")
        : Named("Service", name, slot);

    private static TreePlace Named(string what, string name, in LayerSlot slot) => Names.IsValid(name)
        ? new(TreePlaceKind.Layer, slot)
        : new(TreePlaceKind.Refused, Problem: Names.Explain(what, name));
}
