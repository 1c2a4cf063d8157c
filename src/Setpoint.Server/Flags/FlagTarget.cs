using Setpoint.Core.Faults;
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
    /// <param name="inContext">What the context of the request says; null if it has none.</param>
    public static Result<FlagTarget> Choose(string? ns, string? environment, string? inContext)
    {
        if ((environment ?? inContext) is not { } chosen)
        {
            return new Fault.Malformed(
                "No environment was named, and flags have none of their own. Send ?environment=production, the header X-Environment, or 'environment' in the context.");
        }

        return new FlagTarget(ns ?? Names.Global, chosen);
    }

    /// <summary>Takes <c>namespace</c> and <c>environment</c> of a query. Call <see cref="QueryReader.Finish"/> before <see cref="Choose"/>.</summary>
    public static (string? Namespace, string? Environment) Read(QueryReader query, HttpRequest request) =>
        (query.String("namespace"), LayerChoice.EnvironmentOf(query, request));
}
