using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Core.Services;
using Setpoint.Server.Http;
using Setpoint.Server.Ledger;
using Setpoint.Server.Writes;

namespace Setpoint.Server.Services;

/// <summary>Registrations: <c>{serviceName, environment, requiredConfigs, optionalConfigs, ...}</c>, answered with the keys that are missing.</summary>
internal sealed class ServiceEndpoints(SnapshotBoard board, DocumentWriter writer, ServiceReporter reporter)
{
    public Task ListAsync(HttpContext context)
    {
        var snapshot = board.Current;
        var items = snapshot.Services().Names.Select(name => (JsonValue)new JsonObjectBuilder(3)
            .Add("serviceName", name)
            .Add("displayName", snapshot.Services().Of(name).Select(one => one.DisplayName).FirstOrDefault(said => said is not null))
            .Add("environments", new JsonArray([.. snapshot.Services().Of(name).Select(one => reporter.Summarise(snapshot, one))]))
            .Build());
        return Answer.OkAsync(context, Answer.List(items, snapshot.Services().Count));
    }

    /// <summary>The service in every environment that it is registered in.</summary>
    public Task GetAsync(HttpContext context)
    {
        var snapshot = board.Current;
        var name = NameOf(context);
        var registered = snapshot.Services().Of(name).ToList();
        if (registered.Count == 0)
            return Problem.WriteAsync(context, SnapshotServices.MissingService(name));
        return Answer.OkAsync(context, new JsonObjectBuilder(2)
            .Add("serviceName", name)
            .Add("environments", new JsonArray([.. registered.Select(one => Describe(snapshot, one))]))
            .Build());
    }

    /// <summary>
    /// Writes the registration, unless it is the one that is there already: the tenth instance of a service makes no commit. A registration
    /// replaces the one before it.
    /// </summary>
    public async Task RegisterAsync(HttpContext context)
    {
        if (!(await RequestBody.ReadObjectAsync(context, RequestBody.OneDocument)).TryGet(out var json, out var fault))
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        // What the other fields may hold is the kind's business.
        var added = new BodyReader(BodyReader.Pick(json, "serviceName", "environment", "expectedVersion"));
        var name = added.RequiredString("serviceName");
        var environment = added.String("environment") ?? EnvironmentHeader.Of(context.Request);
        var expectedVersion = added.Number("expectedVersion");
        fault = added.Finish();
        if (fault is null && !Names.IsValid(name))
            fault = new Fault.Malformed(Names.Explain("Service", name!));
        if (fault is null && environment is null)
            fault = NoEnvironment("in the body");
        if (fault is null && !Names.IsValid(environment))
            fault = Fault.Missing.Environment(environment!);
        if (fault is not null)
        {
            await Problem.WriteAsync(context, fault);
            return;
        }

        var address = ServiceKind.AddressOf(name!, environment!);
        var document = json.Without("serviceName").Without("environment").Without("expectedVersion");
        await writer.WriteAsync(
            context, json, address, $"Register service {name} in {environment}.", expectedVersion,
            before => before.Environments().Contains(environment!) ? document : Fault.Missing.Environment(environment!),
            after => Answered(after, address, document));
    }

    public Task DeleteAsync(HttpContext context)
    {
        var name = NameOf(context);
        var query = new QueryReader(context.Request);
        var environment = query.String("environment") ?? EnvironmentHeader.Of(context.Request);
        // The writer reads these; here they are known, so that what is misspelt is told before what is missing.
        query.Boolean("dryRun");
        query.String("description");
        var fault = query.Finish() ?? (environment is null ? NoEnvironment("in the query") : null);
        if (fault is null && !(Names.IsValid(name) && Names.IsValid(environment)))
            fault = SnapshotServices.MissingService(name, environment);
        if (fault is not null)
            return Problem.WriteAsync(context, fault);
        return writer.WriteAsync(
            context, null, ServiceKind.AddressOf(name, environment!), $"Remove service {name} from {environment}.", expectedVersion: null,
            before => before.Services().Find(name, environment!) is null ? SnapshotServices.MissingService(name, environment) : (JsonObject?)null,
            _ => new JsonObjectBuilder(2).Add("serviceName", name).Add("environment", environment).Build(),
            alsoKnown: "environment");
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static Fault.Malformed NoEnvironment(string place) =>
        new($"A service is registered in an environment: name it as 'environment' {place}, or in the header {EnvironmentHeader.Name}.");

    /// <summary>Of the request itself and not of what is stored: a dry run stores nothing, and another instance may have written since.</summary>
    private JsonObject Answered(Snapshot after, Address address, JsonObject document)
    {
        var registration = ServiceKind.Read(address, document, new ViolationList())
            ?? throw new InvalidOperationException($"The Gate let {address} through, which cannot be read.");
        return reporter.Describe(after, registration)
            .Add("registered", after.Services().Find(registration.ServiceName, registration.Environment) is not null)
            .Build();
    }

    private JsonObject Describe(Snapshot snapshot, ServiceRegistration registration)
    {
        var document = snapshot.Find(ServiceKind.AddressOf(registration.ServiceName, registration.Environment))!;
        return reporter.Describe(snapshot, registration)
            .Add("registration", document.Body!)
            .Add("registeredBy", document.Actor)
            .Add("registeredAt", CommitHash.Timestamp(document.At))
            .Add("version", document.Version)
            .Add("etag", document.Version.ToString())
            .Build();
    }
}
