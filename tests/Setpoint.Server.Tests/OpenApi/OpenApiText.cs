using Setpoint.Core.Json;
using Setpoint.Server.OpenApi;

namespace Setpoint.Server.Tests.OpenApi;

/// <summary>One operation of the served document.</summary>
internal sealed record DocumentedOperation(string Path, string Method, JsonObject Json)
{
    public override string ToString() => $"{Method} {Path}";

    public IEnumerable<JsonObject> Parameters => ((Json["parameters"] as JsonArray)?.Items ?? []).Select(OpenApiText.Resolve);

    public IEnumerable<string> ParametersIn(string place) =>
        Parameters.Where(parameter => OpenApiText.Text(parameter["in"]) == place).Select(parameter => OpenApiText.Text(parameter["name"])!);

    /// <summary>Content type, schema and example of the body; nothing if there is none.</summary>
    public IEnumerable<(string Type, JsonObject Schema, JsonValue Example)> Bodies
    {
        get
        {
            if (Json["requestBody"] is not JsonObject { } body || body["content"] is not JsonObject content)
                yield break;
            for (var i = 0; i < content.Count; i++)
            {
                var media = (JsonObject)content.ValueAt(i);
                yield return (content.NameAt(i), (JsonObject)media["schema"]!, media["example"]!);
            }
        }
    }

    public JsonObject? Response(int status) => ((JsonObject)Json["responses"]!)[status.ToString()] is { } response ? OpenApiText.Resolve(response) : null;
}

/// <summary>The document as it is served, and ways around in it.</summary>
internal static class OpenApiText
{
    private static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];

    public static JsonObject Document { get; } = OpenApiDocument.Assemble();

    public static IReadOnlyList<DocumentedOperation> Operations { get; } = [.. List()];

    public static string? Text(JsonValue? value) => (value as JsonString)?.Value;

    /// <summary>The object itself, or the one that it refers to.</summary>
    public static JsonObject Resolve(JsonValue value)
    {
        var found = (JsonObject)value;
        while (Text(found["$ref"]) is { } reference)
        {
            reference.ShouldStartWith("#");
            found = JsonPointer.Parse(reference[1..]).Value.Resolve(Document).ShouldBeOfType<JsonObject>(reference);
        }

        return found;
    }

    /// <summary>Every object of the document, with where it is.</summary>
    public static IEnumerable<(string Path, JsonObject Json)> Objects(JsonValue value, string path = "")
    {
        switch (value)
        {
            case JsonObject members:
                yield return (path, members);
                for (var i = 0; i < members.Count; i++)
                {
                    foreach (var inner in Objects(members.ValueAt(i), $"{path}/{members.NameAt(i)}"))
                        yield return inner;
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Items.Length; i++)
                {
                    foreach (var inner in Objects(array.Items[i], $"{path}/{i}"))
                        yield return inner;
                }

                break;
        }
    }

    private static IEnumerable<DocumentedOperation> List()
    {
        var paths = (JsonObject)Document["paths"]!;
        for (var i = 0; i < paths.Count; i++)
        {
            var operations = (JsonObject)paths.ValueAt(i);
            foreach (var method in Methods)
            {
                if (operations[method] is JsonObject operation)
                    yield return new(paths.NameAt(i), method.ToUpperInvariant(), operation);
            }
        }
    }
}
