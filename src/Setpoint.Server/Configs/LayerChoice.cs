using Setpoint.Core.Faults;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Http;

namespace Setpoint.Server.Configs;

/// <summary>
/// The layer that a request is about. Chosen the same way everywhere: an environment or nothing means the namespace's layer for it,
/// <c>scope=user</c> a user's, <c>scope=runtime</c> the runtime override.
/// </summary>
internal static class LayerChoice
{
    /// <summary>Reads the choice of a query. Unlike the body, the query may leave the environment to <c>X-Environment</c>.</summary>
    public static Result<LayerSlot> FromQuery(string ns, QueryReader query, HttpRequest request)
    {
        var scope = query.String("scope");
        var environment = EnvironmentOf(query, request);
        // A header that a gateway adds to every request is no choice of a user's layer.
        if (scope == "user" && query.String("environment") is null)
            environment = null;
        return From(ns, scope, environment, query.String("user"));
    }

    /// <summary>The environment that a query or, where it is silent, a header names.</summary>
    public static string? EnvironmentOf(QueryReader query, HttpRequest request) =>
        query.String("environment") ?? EnvironmentHeader.Of(request);

    public static Result<LayerSlot> From(string ns, string? scope, string? environment, string? user)
    {
        if (!Names.IsValid(ns))
            return new Fault.Malformed(Names.Explain("Namespace", ns));
        // Such an environment cannot exist, and it may not even be a part of an address.
        if (environment is not null && !Names.IsValid(environment))
            return Fault.Missing.Environment(environment);
        switch (scope)
        {
            case null or "service" when user is not null:
                return new Fault.Malformed("'user' is given without scope=user; a user's layer is chosen by both.");
            case null or "service":
                return environment is null ? LayerSlot.BaseOf(ns) : new LayerSlot(ns, LayerScope.Environment, environment);
            case "user" when user is null:
                return new Fault.Malformed("scope=user needs 'user'.");
            case "user" when environment is not null:
                return new Fault.Malformed("A user's layer holds in all environments; leave 'environment' out.");
            case "user" when user.Length > LayerSlot.UserLengthMax:
                return new Fault.Malformed($"'user' has {user.Length} characters; the limit is {LayerSlot.UserLengthMax}.");
            case "user":
                return Address.TryOf(ConfigKind.KindName, [ns, "user", user], out _, out var problem)
                    ? new LayerSlot(ns, LayerScope.User, user)
                    : new Fault.Malformed($"'user' cannot be named in an address. {problem}");
            case "runtime" when environment is null:
                return new Fault.Malformed("scope=runtime needs 'environment'.");
            case "runtime" when user is not null:
                return new Fault.Malformed("scope=runtime takes no 'user'.");
            case "runtime":
                return new LayerSlot(ns, LayerScope.Runtime, environment);
            default:
                return new Fault.Malformed($"'scope' is '{scope}'; it must be service, user or runtime.");
        }
    }

    /// <summary>An environment that does not exist is 404, on a write as well: it never falls back to another layer.</summary>
    public static Fault? CheckEnvironment(Snapshot snapshot, in LayerSlot slot) =>
        slot.Scope is LayerScope.Environment or LayerScope.Runtime && !snapshot.Environments().Contains(slot.Key)
            ? Fault.Missing.Environment(slot.Key)
            : null;

    /// <summary>Why the layer cannot be read, where it cannot.</summary>
    public static Fault Missing(in LayerSlot slot) => Fault.Missing.Config($"{slot.ToAddress()} does not exist.");
}
