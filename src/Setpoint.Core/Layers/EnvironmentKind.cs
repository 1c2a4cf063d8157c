using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Core.Layers;

/// <summary>A place where services run. It inherits from its parent.</summary>
/// <param name="Production">Marks environments whose changes deserve more care.</param>
public sealed record DeployEnvironment(string Name, string? Parent, string? Description, bool Production, long Version);

/// <summary><c>environment/{name}</c>: a tree of environments, in which each inherits from its parent.</summary>
public sealed class EnvironmentKind : Kind
{
    public const string KindName = "environment";

    public override string Name => KindName;

    public override KindIndex EmptyIndex => EnvironmentTree.Empty;

    public override ImmutableArray<Rule> Rules { get; } = [new EnvironmentTreeRule()];

    public static Address AddressOf(string name) => Address.Of(KindName, name);

    public static JsonObject BodyOf(string? parent, string? description, bool production)
    {
        var body = new JsonObjectBuilder(3).Add("parent", parent).Add("description", description);
        return (production ? body.Add("production", true) : body).Build();
    }

    public override object? Parse(Address address, JsonObject body, ViolationList violations)
    {
        var before = violations.Count;
        var name = address.Segments[1];
        if (address.Segments.Length != 2)
            violations.Add(address, "", ViolationCode.MalformedDocument, $"{address} is not an environment; the address is {KindName}/{{name}}.");
        else if (!Names.IsValid(name))
            violations.Add(address, "", ViolationCode.ConstraintViolation, Names.Explain("Environment", name));

        var shape = new ShapeReader(address, body, violations);
        var parent = shape.OptionalString("parent");
        var description = shape.OptionalString("description");
        var production = shape.OptionalBoolean("production", fallback: false);
        shape.RefuseUnknown();
        return violations.Count > before ? null : new DeployEnvironment(name, parent, description, production, Version: 0);
    }
}
