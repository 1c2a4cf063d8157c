using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Schemas;

namespace Setpoint.Core.Templates;

/// <summary>What a new namespace starts from. Immutable; every placeholder in it names a parameter.</summary>
/// <param name="NamespaceKind">Of the namespace that is made.</param>
/// <param name="Parameters">In the order in which they were written.</param>
/// <param name="Config">The base layer.</param>
/// <param name="Environments">A layer for each of these environments, in the order in which they were written.</param>
/// <param name="Includes">Of the namespace that is made.</param>
/// <param name="Tags">Of the namespace that is made.</param>
/// <param name="Schema">The document <c>schema/{ns}</c>; null for none.</param>
/// <param name="Version">Revision of the commit that wrote it.</param>
public sealed record Template(
    string Name,
    string? Description,
    string NamespaceKind,
    ImmutableArray<TemplateParameter> Parameters,
    JsonObject Config,
    ImmutableArray<KeyValuePair<string, JsonObject>> Environments,
    ImmutableArray<string> Includes,
    ImmutableArray<string> Tags,
    JsonObject? Schema,
    long Version)
{
    /// <summary>The documents of a namespace that this template makes. A pure function: nothing is written, and the Gate judges the result as any other change.</summary>
    /// <param name="ns">A valid name; whether the namespace exists already is the caller's question.</param>
    /// <param name="parameters">The values by name; what is left out takes its default.</param>
    /// <returns>
    /// The namespace, its layers and its schema; <see cref="Fault.Invalid"/> with every missing, wrong or superfluous parameter, at paths below
    /// <c>/parameters</c>; <see cref="Fault.TooLarge"/> where filling would write more than a document may hold.
    /// </returns>
    /// <remarks>
    /// Steps: 1. take each parameter from what is given, else its default; 2. report all that is wrong with them, at once; 3. fill the
    /// placeholders: one that is a whole string becomes the value with its type, others become its text. Values are not searched for
    /// placeholders again, so nothing that is given can reach another parameter; a reference in a value (<c>${secret:...}</c>) stays one.
    /// </remarks>
    public Result<ImmutableArray<ProposedChange>> Instantiate(string ns, JsonObject parameters)
    {
        if (!Assign(parameters).TryGet(out var values, out var fault))
            return fault;

        var changes = ImmutableArray.CreateBuilder<ProposedChange>(Environments.Length + 3);
        changes.Add(new(Layers.NamespaceKind.AddressOf(ns), NamespaceBody(), ExpectedVersion: 0));
        if (Add(LayerSlot.BaseOf(ns).ToAddress(), Config) is { } tooLarge)
            return tooLarge;
        foreach (var (environment, config) in Environments)
        {
            if (Add(new LayerSlot(ns, LayerScope.Environment, environment).ToAddress(), config) is { } layerTooLarge)
                return layerTooLarge;
        }

        if (Schema is not null && Add(SchemaKind.AddressOf(ns), Schema) is { } schemaTooLarge)
            return schemaTooLarge;
        return changes.DrainToImmutable();

        Fault? Add(Address address, JsonObject body)
        {
            var filler = new TemplateFiller(values);
            var filled = (JsonObject)filler.Fill(body);
            if (filler.IsExhausted)
                return new Fault.TooLarge($"Template '{Name}' with these parameters would write {address} with more than {JsonLimits.Document.SizeMax} bytes, which is the limit.");
            changes.Add(new(address, filled));
            return null;
        }
    }

    private Result<Dictionary<string, JsonValue>> Assign(JsonObject given)
    {
        var values = new Dictionary<string, JsonValue>(Parameters.Length, StringComparer.Ordinal);
        var violations = new ViolationList();
        foreach (var parameter in Parameters)
        {
            if ((given[parameter.Name] ?? parameter.Default) is not { } value)
            {
                violations.Add(null, PathOf(parameter.Name), ViolationCode.MissingRequiredParameter,
                    $"Template '{Name}' needs parameter '{parameter.Name}', {JsonTypes.Describe(parameter.Type)}; it has no default.");
            }
            else if (parameter.Problem(value) is { } problem)
            {
                violations.Add(null, PathOf(parameter.Name), problem.Code, problem.Message);
            }
            else
            {
                values.Add(parameter.Name, value);
            }
        }

        for (var i = 0; i < given.Count; i++)
        {
            var name = given.NameAt(i);
            if (!Parameters.Any(parameter => parameter.Name == name))
                violations.Add(null, PathOf(name), ViolationCode.MalformedDocument, $"Template '{Name}' has no parameter '{name}'; {KnownParameters()}.");
        }

        return violations.Count > 0 ? new Fault.Invalid(violations.ToImmutable()) : values;
    }

    private string KnownParameters() =>
        Parameters.IsEmpty ? "it has none" : $"it has {string.Join(", ", Parameters.Select(parameter => parameter.Name))}";

    private JsonObject NamespaceBody()
    {
        var body = new JsonObjectBuilder(3).Add("kind", NamespaceKind);
        if (!Includes.IsEmpty)
            body.Add("includes", JsonArray.OfStrings(Includes));
        if (!Tags.IsEmpty)
            body.Add("tags", JsonArray.OfStrings(Tags));
        return body.Build();
    }

    private static string PathOf(string parameter) => JsonPointer.Of("parameters", parameter).ToString();
}
