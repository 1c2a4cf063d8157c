using Setpoint.Core.Json;
using Setpoint.Core.Ledger;
using Setpoint.Core.Services;
using Setpoint.Server.Configs;

namespace Setpoint.Server.Services;

/// <summary>Says what a service lacks in the configuration that it reads now.</summary>
internal sealed class ServiceReporter(ViewCache views)
{
    /// <summary>
    /// <c>configured</c> (its namespace exists), <c>satisfied</c>, and the keys that it lacks. A service that came before its namespace can read
    /// nothing, not even what is global: it lacks every key.
    /// </summary>
    public JsonObjectBuilder Describe(Snapshot snapshot, ServiceRegistration registration)
    {
        var (report, configured) = Look(snapshot, registration);
        return new JsonObjectBuilder(16)
            .Add("serviceName", registration.ServiceName)
            .Add("environment", registration.Environment)
            .Add("configured", configured)
            .Add("satisfied", report.IsSatisfied)
            .Add("missing", JsonArray.OfStrings(report.Missing))
            .Add("wrongType", new JsonArray([.. report.WrongType.Select(Describe)]))
            .Add("optionalMissing", JsonArray.OfStrings(report.OptionalMissing));
    }

    /// <summary>The same in one word, for a list.</summary>
    public JsonObject Summarise(Snapshot snapshot, ServiceRegistration registration)
    {
        var (report, configured) = Look(snapshot, registration);
        return new JsonObjectBuilder(4)
            .Add("environment", registration.Environment)
            .Add("serviceVersion", registration.ServiceVersion)
            .Add("configured", configured)
            .Add("satisfied", report.IsSatisfied)
            .Build();
    }

    private (KeyReport Report, bool Configured) Look(Snapshot snapshot, ServiceRegistration registration)
    {
        var config = views.Find(snapshot, new ViewKey(registration.ServiceName, registration.Environment, User: null)).TryGet(out var view, out _)
            ? view.Effective.Config
            : null;
        return (KeyReport.Of(registration, config), config is not null);
    }

    private static JsonValue Describe(WrongType wrong) =>
        new JsonObjectBuilder(3).Add("key", wrong.Key).Add("expected", wrong.Expected).Add("found", wrong.Found).Build();
}
