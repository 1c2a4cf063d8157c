using System.Runtime.CompilerServices;
using Setpoint.Core.Json;
using Setpoint.Core.Schemas;
using Setpoint.Server.Sources;
using Setpoint.Server.Tests.Host;

namespace Setpoint.Server.Tests.Ofrep;

/// <summary>OFREP's own description of its answers, with which ours are compared.</summary>
internal static class OfrepShape
{
    private static readonly Dictionary<string, JsonSchema> Compiled = new(StringComparer.Ordinal);

    /// <summary>Asserts that the answer is what the description says for its status.</summary>
    public static void ShouldBeOfrep(this Reply reply, bool bulk)
    {
        var name = ((int)reply.Status, bulk) switch
        {
            (200, true) => "bulkEvaluationSuccess",
            (200, false) => "serverEvaluationSuccess",
            (400, true) => "bulkEvaluationFailure",
            (400, false) => "evaluationFailure",
            (404, false) => "flagNotFound",
            // Others have no body of a described shape but this one.
            _ => "generalErrorResponse",
        };
        reply.Message.Content.Headers.ContentType!.MediaType.ShouldBe("application/json", reply.Text);
        var verdict = SchemaOf(name).Evaluate(reply.Json);
        verdict.IsValid.ShouldBeTrue($"{(int)reply.Status} is no {name}: {string.Join("; ", verdict.Errors.Select(error => $"{error.InstancePath} {error.Message}"))} in {reply.Text}");
    }

    public static bool IsValid(string name, JsonValue value) => SchemaOf(name).IsValid(value);

    private static JsonSchema SchemaOf(string name)
    {
        lock (Compiled)
        {
            if (!Compiled.TryGetValue(name, out var schema))
            {
                var root = ((JsonObject)Repaired(Description())).With("$ref", new JsonString($"#/components/schemas/{name}"));
                Compiled[name] = schema = JsonSchema.Compile(root, SchemaOptions.Default).Value;
            }

            return schema;
        }
    }

    /// <summary>
    /// The description lists the types of a value with <c>oneOf</c>, of which several always hold: an integer is a number, and the one for no value
    /// at all asks for nothing. What is meant is that one of them holds, and that is what is checked.
    /// </summary>
    private static JsonValue Repaired(JsonValue value)
    {
        switch (value)
        {
            case JsonArray array:
                return new JsonArray([.. array.Items.Select(Repaired)]);
            case JsonObject members:
                var repaired = JsonObject.Empty;
                for (var i = 0; i < members.Count; i++)
                {
                    var isTypes = members.NameAt(i) == "oneOf" && members.ValueAt(i).ToString().Contains("codeDefaultFlag", StringComparison.Ordinal);
                    repaired = repaired.With(isTypes ? "anyOf" : members.NameAt(i), Repaired(members.ValueAt(i)));
                }

                return repaired;
            default:
                return value;
        }
    }

    private static JsonObject Description([CallerFilePath] string here = "")
    {
        var named = Environment.GetEnvironmentVariable("SETPOINT_CONFORMANCE");
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
        var path = Path.Combine(string.IsNullOrEmpty(named) ? Path.Combine(root, "..", "shared", "conformance") : named, "ofrep", "openapi.yaml");
        if (!File.Exists(path))
            Assert.Skip($"OFREP's description is not at {path}; set SETPOINT_CONFORMANCE to the folder that holds the suites.");
        var components = YamlReader.ParseObject(File.ReadAllBytes(path), JsonLimits.Document).Value["components"]!;
        return JsonObject.Empty.With("components", components);
    }
}
