using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;

namespace Setpoint.Server.Sources;

/// <summary>What a file of the tree is.</summary>
internal enum TreePlaceKind
{
    /// <summary>A layer's content, or a namespace's schema.</summary>
    Document,

    /// <summary>JSON or YAML in a place that means nothing.</summary>
    Unused,

    /// <summary>An editor's, a tool's or a system's file.</summary>
    Ignored,

    /// <summary>In a place that means something, with a name that cannot.</summary>
    Refused,
}

/// <param name="Address">The document; only of <see cref="TreePlaceKind.Document"/>.</param>
/// <param name="Problem">Why it is refused; only of <see cref="TreePlaceKind.Refused"/>.</param>
internal readonly record struct TreePlace(TreePlaceKind Kind, Address? Address = null, string? Problem = null);

/// <summary>Which document a path stands for. Pure.</summary>
/// <remarks>
/// <c>global.json</c>, <c>environments/{env}.json</c>, <c>services/{service}.json</c>, <c>services/{service}/{env}.json</c>,
/// <c>schemas/{namespace}.json</c> (or <c>schemas/global_schema.json</c> and <c>schemas/service_schemas/{service}.json</c>); each also as
/// <c>.yaml</c> or <c>.yml</c>.
/// </remarks>
internal static class TreeLayout
{
    public const string EnvironmentsFolder = "environments";
    public const string ServicesFolder = "services";
    public const string SchemasFolder = "schemas";

    // Another way to write schemas/global.json and schemas/{service}.json, which trees in use have.
    private const string GlobalSchema = "global_schema";
    private const string ServiceSchemasFolder = "service_schemas";

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

        var name = parts[^1][..^extension.Length];
        return parts switch
        {
            [_] when name == Names.Global => new(TreePlaceKind.Document, LayerSlot.BaseOf(Names.Global).ToAddress()),
            [EnvironmentsFolder, _] => Named("Environment", name, () => new LayerSlot(Names.Global, LayerScope.Environment, name).ToAddress()),
            [ServicesFolder, _] => Service(name, () => LayerSlot.BaseOf(name).ToAddress()),
            [ServicesFolder, var service, _] when Names.IsValid(name) =>
                Service(service, () => new LayerSlot(service, LayerScope.Environment, name).ToAddress()),
            [ServicesFolder, _, _] => new(TreePlaceKind.Refused, Problem: Names.Explain("Environment", name)),
            [SchemasFolder, _] when name == GlobalSchema => new(TreePlaceKind.Document, SchemaKind.AddressOf(Names.Global)),
            [SchemasFolder, _] or [SchemasFolder, ServiceSchemasFolder, _] => Named("Namespace", name, () => SchemaKind.AddressOf(name)),
            _ => new(TreePlaceKind.Unused),
        };
    }

    public static bool IsYaml(string path) => !path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where a name such as <c>billing.production</c> may have been meant for an environment: the service and that; else null.</summary>
    public static (string Service, string Environment)? SuffixOf(Address address) =>
        LayerSlot.TryParse(address, out var slot, out _) && slot.Scope == LayerScope.Base && slot.Namespace.LastIndexOf('.') is > 0 and var dot
            ? (slot.Namespace[..dot], slot.Namespace[(dot + 1)..])
            : null;

    /// <summary>Where the document would stand as JSON: the name of a file that is not there any more.</summary>
    public static string PathOf(Address address) => address.Segments.AsSpan() switch
    {
        [ConfigKind.KindName, Names.Global, "base"] => $"{Names.Global}.json",
        [ConfigKind.KindName, Names.Global, "env", var environment] => $"{EnvironmentsFolder}/{environment}.json",
        [ConfigKind.KindName, var ns, "base"] => $"{ServicesFolder}/{ns}.json",
        [ConfigKind.KindName, var ns, "env", var environment] => $"{ServicesFolder}/{ns}/{environment}.json",
        [SchemaKind.KindName, var ns] => $"{SchemasFolder}/{ns}.json",
        _ => throw new InvalidOperationException($"No file stands for {address}."),
    };

    private static TreePlace Service(string name, Func<Address> address) => name == Names.Global
        ? new(TreePlaceKind.Refused, Problem: "'global' is not a service: its settings are in global.json and environments/.")
        : Named("Service", name, address);

    private static TreePlace Named(string what, string name, Func<Address> address) => Names.IsValid(name)
        ? new(TreePlaceKind.Document, address())
        : new(TreePlaceKind.Refused, Problem: Names.Explain(what, name));
}
