using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;
using Setpoint.Server.Http;

namespace Setpoint.Server.Schemas;

/// <summary><c>POST /api/schemas/validate</c>: a schema and an instance in, every error out. Touches nothing that the server holds.</summary>
internal static class SchemaValidateEndpoint
{
    private const int SchemasMax = 1_000;

    public static async Task HandleAsync(HttpContext context)
    {
        var fault = new QueryReader(context.Request).Finish();
        if (fault is not null
            || !(await RequestBody.ReadObjectAsync(context, RequestBody.ManyDocuments)).TryGet(out var json, out fault)
            || !Read(json).TryGet(out var request, out fault)
            || !JsonSchema.Compile(request.Schema, request.Options).TryGet(out var schema, out fault))
        {
            await Problem.WriteAsync(context, fault is Fault.Invalid invalid ? InRequest(invalid) : fault);
            return;
        }

        var verdict = schema.Evaluate(request.Instance);
        if (verdict.TimedOut)
        {
            await Problem.WriteAsync(context, new Fault.TimedOut("The schema asks for more steps than a check of this instance may take; nobody knows whether it is valid.", []));
            return;
        }

        await Answer.OkAsync(context, new JsonObjectBuilder(2)
            .Add("valid", verdict.IsValid)
            .Add("errors", new JsonArray([.. verdict.Errors.Select(Describe)]))
            .Build());
    }

    private static Result<Request> Read(JsonObject json)
    {
        var body = new BodyReader(json);
        var schema = body.RequiredValue("schema");
        var instance = body.RequiredValue("instance");
        var draft = body.String("draft");
        var schemas = body.Object("schemas");
        var format = body.String("format");
        if (body.Finish() is { } fault)
            return fault;
        if (draft is not (null or "draft-07" or "2020-12"))
            return new Fault.Malformed($"'draft' is '{draft}'; it must be draft-07 or 2020-12. It says how to read a schema without $schema.");
        if (format is not (null or "annotate" or "assert"))
            return new Fault.Malformed($"'format' is '{format}'; it must be annotate or assert.");
        if (schemas is { Count: > SchemasMax })
            return new Fault.TooLarge($"'schemas' has {schemas.Count} entries; the limit is {SchemasMax}.");

        var registry = SchemaRegistry.BuiltIn;
        for (var i = 0; i < (schemas?.Count ?? 0); i++)
        {
            var uri = schemas!.NameAt(i);
            if (SchemaRegistry.ProblemOf(uri) is { } problem)
                return new Fault.Malformed($"In 'schemas': {problem}");
            registry = registry.With(uri, schemas.ValueAt(i));
        }

        return new Request(schema!, instance!, new SchemaOptions
        {
            Draft = draft == "draft-07" ? SchemaDraft.Draft7 : SchemaDraft.Draft202012,
            AssertFormat = format == "assert",
            Registry = registry,
        });
    }

    private static Fault.Invalid InRequest(Fault.Invalid fault) =>
        new([.. fault.Violations.Select(violation => violation with { Path = "/schema" + violation.Path })]);

    private static JsonValue Describe(SchemaError error) => new JsonObjectBuilder(4)
        .Add("instancePath", error.InstancePath)
        .Add("schemaPath", error.SchemaPath)
        .Add("keyword", error.Keyword)
        .Add("message", error.Message)
        .Build();

    private sealed record Request(JsonValue Schema, JsonValue Instance, SchemaOptions Options);
}
