using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Templates;

/// <summary>
/// <c>template/{name}</c>: what new namespaces are made from. Nothing depends on a template once a namespace is made, so one may be changed
/// and removed at any time.
/// </summary>
public sealed class TemplateKind : Kind
{
    public const string KindName = "template";

    public const int ParametersMax = 64;

    public const int EnvironmentsMax = 64;

    /// <summary>The tag of a commit that made a namespace begins with this; the template's name follows.</summary>
    public const string TagPrefix = "template:";

    /// <summary>64 characters of a tag, less the prefix: the commit that uses a template is tagged with its name.</summary>
    public static readonly int NameLengthMax = Limits.TagLengthMax - TagPrefix.Length;

    public override string Name => KindName;

    public override KindIndex EmptyIndex => TemplateIndex.Empty;

    public static Address AddressOf(string name) => Address.Of(KindName, name);

    public static bool IsName(string name) => Names.IsValid(name) && name.Length <= NameLengthMax;

    /// <summary>The rule as a sentence for an error message.</summary>
    public static string ExplainName(string name) =>
        $"Template name '{name}' is not allowed: 1 to {NameLengthMax} characters, a letter or digit first, then letters, digits, '.', '_' or '-'.";

    public override object? Parse(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        var name = address.Segments[1];
        if (address.Segments.Length != 2)
            violations.Add(address, "", ViolationCode.MalformedDocument, $"{address} is not a template; the address is {KindName}/{{name}}.");
        else if (!IsName(name))
            violations.Add(address, "", ViolationCode.ConstraintViolation, ExplainName(name));

        var shape = new ShapeReader(address, body, violations);
        var description = shape.OptionalString("description");
        var kind = shape.OptionalString("kind") ?? NamespaceKind.Plugin;
        if (kind is not (NamespaceKind.Service or NamespaceKind.Plugin or NamespaceKind.Shared))
        {
            violations.Add(address, "/kind", ViolationCode.ConstraintViolation,
                $"'kind' is '{kind}'; it must be {NamespaceKind.Service}, {NamespaceKind.Plugin} or {NamespaceKind.Shared}.");
        }

        var parameters = ParameterReader.Read(address, shape.OptionalObject("parameters") ?? JsonObject.Empty, violations);
        var config = shape.RequiredObject("config") ?? JsonObject.Empty;
        var environments = ReadEnvironments(address, shape.OptionalObject("environments") ?? JsonObject.Empty, violations);
        var includes = shape.OptionalStrings("includes", NamespaceKind.IncludesMax, Names.LengthMax);
        var tags = shape.OptionalStrings("tags", Limits.TagsMax, Limits.TagLengthMax);
        var schema = shape.OptionalObject("schema");
        shape.RefuseUnknown();

        // By name, so that one with a wrong declaration is not reported again wherever it is used.
        var declared = body["parameters"] as JsonObject ?? JsonObject.Empty;
        var check = new PlaceholderCheck(address, new HashSet<string>(declared.Names, StringComparer.Ordinal), violations);
        check.Look(config, JsonPointer.Of("config"));
        ConfigKind.CheckContent(address, config, "/config", violations);
        foreach (var (environment, layer) in environments)
        {
            var path = JsonPointer.Of("environments", environment);
            check.Look(layer, path);
            ConfigKind.CheckContent(address, layer, path.ToString(), violations);
        }

        if (schema is not null)
            check.Look(schema, JsonPointer.Of("schema"));
        return violations.Count > before
            ? null
            : new Template(name, description, kind, parameters, config, environments, includes, tags, schema, Version: 0);
    }

    /// <summary>Whether they exist is asked when a namespace is made: templates may travel ahead of environments.</summary>
    private static ImmutableArray<KeyValuePair<string, JsonObject>> ReadEnvironments(Address address, JsonObject environments, ViolationList violations)
    {
        if (environments.Count > EnvironmentsMax)
            violations.Add(address, "/environments", ViolationCode.ConstraintViolation, $"'environments' has {environments.Count} entries; the limit is {EnvironmentsMax}.");
        var read = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonObject>>(environments.Count);
        for (var i = 0; i < environments.Count; i++)
        {
            var name = environments.NameAt(i);
            var path = JsonPointer.Of("environments", name).ToString();
            if (!Names.IsValid(name))
                violations.Add(address, path, ViolationCode.ConstraintViolation, Names.Explain("Environment", name));
            if (environments.ValueAt(i) is JsonObject layer)
                read.Add(new(name, layer));
            else
                violations.Add(address, path, ViolationCode.InvalidParameterType, $"The layer of environment '{name}' must be an object, not {JsonKinds.Describe(environments.ValueAt(i).Kind)}.");
        }

        return read.ToImmutable();
    }
}
