using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>A service, a plugin or a shared library of settings.</summary>
/// <param name="Includes">Namespaces whose layers lie below this one's, lowest first.</param>
public sealed record Namespace(
    string Name,
    string NamespaceKind,
    string? DisplayName,
    string? Description,
    string? Owner,
    ImmutableArray<string> Includes,
    ImmutableArray<string> Tags);

/// <summary><c>namespace/{name}</c>: what a configuration belongs to, and what it includes.</summary>
public sealed class NamespaceKind : Kind
{
    public const string KindName = "namespace";
    public const string Service = "service";
    public const string Plugin = "plugin";
    public const string Shared = "shared";
    public const int IncludesMax = 64;

    public override string Name => KindName;

    public override KindIndex EmptyIndex => NamespaceIndex.Empty;

    public override ImmutableArray<Rule> Rules { get; } = [new NamespaceRule()];

    public static Address AddressOf(string name) => Address.Of(KindName, name);

    public static JsonObject BodyOf(string kind) => new JsonObjectBuilder(1).Add("kind", kind).Build();

    /// <summary>A configuration, a flag or a segment for a namespace that does not exist creates it, in the same commit.</summary>
    public override IEnumerable<ProposedChange> Imply(Snapshot before, IReadOnlyList<ProposedChange> changes, ViolationList violations)
    {
        // Namespaces that the commit describes itself, then also those that are implied already.
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            if (change.Address.Kind == KindName)
                known.Add(change.Address.Segments[1]);
        }

        foreach (var change in changes)
        {
            if (change.Body is null || !before.Catalog.TryFind(change.Address.Kind, out var kind) || !kind.CreatesNamespaces)
                continue;
            if (kind.NamespaceOf(change.Address) is not { } name || before.Namespaces().Contains(name) || !Names.IsValid(name) || !known.Add(name))
                continue;
            yield return new ProposedChange(AddressOf(name), BodyOf(name == Names.Global ? Shared : Service));
        }
    }

    public override object? Parse(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        var name = address.Segments[1];
        if (address.Segments.Length != 2)
            violations.Add(address, "", ViolationCode.MalformedDocument, $"{address} is not a namespace; the address is {KindName}/{{name}}.");
        else if (!Names.IsValid(name))
            violations.Add(address, "", ViolationCode.ConstraintViolation, Names.Explain("Namespace", name));

        var shape = new ShapeReader(address, body, violations);
        var kind = shape.OptionalString("kind") ?? Service;
        if (kind is not (Service or Plugin or Shared))
            violations.Add(address, "/kind", ViolationCode.ConstraintViolation, $"'kind' is '{kind}'; it must be {Service}, {Plugin} or {Shared}.");
        var read = new Namespace(
            name,
            kind,
            shape.OptionalString("displayName"),
            shape.OptionalString("description"),
            shape.OptionalString("owner"),
            shape.OptionalStrings("includes", IncludesMax, Names.LengthMax),
            shape.OptionalStrings("tags", Limits.TagsMax, Limits.TagLengthMax));
        shape.RefuseUnknown();
        return violations.Count > before ? null : read;
    }
}
