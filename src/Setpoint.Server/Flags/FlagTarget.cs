using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Server.Configs;
using Setpoint.Server.Http;

namespace Setpoint.Server.Flags;

/// <summary>Whose flags a request is about, and where.</summary>
internal readonly record struct FlagTarget(string Namespace, string Environment)
{
    /// <summary>
    /// The namespace of the query, else <c>global</c>; the environment of the query, else of <c>X-Environment</c>, else of the context.
    /// </summary>
    /// <param name="context">The context of the request; null if it has none.</param>
    public static Result<FlagTarget> Choose(string? ns, string? environment, JsonObject? context)
    {
        if (environment is null && context?["environment"] is { } given and not JsonNull)
        {
            if (given is not JsonString named)
                return new Fault.Malformed($"'context.environment' must be a string, the name of an environment, not {JsonKinds.Describe(given.Kind)}.");
            environment = named.Value.Length > 0 ? named.Value : null;
        }

        if (environment is null)
        {
            return new Fault.Malformed("No environment was named, and flags have none of their own. Send ?environment=production"
                + (context is null ? " or the header X-Environment." : ", the header X-Environment, or 'environment' in the context."));
        }

        return new FlagTarget(ns ?? Names.Global, environment);
    }

    /// <summary>Takes <c>namespace</c> and <c>environment</c> of a query. Call <see cref="QueryReader.Finish"/> before <see cref="Choose"/>.</summary>
    public static (string? Namespace, string? Environment) Read(QueryReader query, HttpRequest request) =>
        (query.String("namespace"), LayerChoice.EnvironmentOf(query, request));
}
