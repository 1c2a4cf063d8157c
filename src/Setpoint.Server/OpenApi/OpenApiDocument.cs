using System.Reflection;
using Setpoint.Core.Json;
using Setpoint.Server.Http;
using Setpoint.Server.Process;

namespace Setpoint.Server.OpenApi;

/// <summary>
/// The description of all routes: one part a module, embedded, put together when somebody first asks. It is written by hand, because the
/// routes are plain delegates that no generator can look into; a test compares it with what is mapped.
/// </summary>
internal sealed class OpenApiDocument
{
    private const string PartPrefix = "openapi/";

    private static readonly JsonLimits PartLimits = new(1024 * 1024, JsonLimits.Document.DepthMax);

    private readonly Lazy<(byte[] Bytes, string Tag)> _rendered = new(static () =>
    {
        var document = Assemble();
        return (JsonWriter.ToUtf8(document), CanonicalJson.FingerprintOf(document).ToShortText());
    });

    public Task HandleAsync(HttpContext context)
    {
        var (bytes, tag) = _rendered.Value;
        context.Response.Headers.ETag = $"\"{tag}\"";
        context.Response.Headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch is { Count: > 0 } condition && ETags.Matches(condition, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return Answer.WriteAsync(context, StatusCodes.Status200OK, bytes, Answer.Json);
    }

    /// <exception cref="InvalidDataException">A part is no JSON object: the build is broken.</exception>
    public static JsonObject Assemble()
    {
        var assembly = typeof(OpenApiDocument).Assembly;
        // "common" first, so that the document begins as people expect; the order means nothing else.
        var parts = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(PartPrefix, StringComparison.Ordinal))
            .OrderBy(name => name == PartPrefix + "common" ? "" : name, StringComparer.Ordinal)
            .Select(name => ReadPart(assembly, name))
            .ToArray();
        var document = JsonMerge.MergeAll(parts);
        return document.With("info", ((JsonObject)document["info"]!).With("version", new JsonString(ServerVersion.Number)));
    }

    private static JsonObject ReadPart(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return JsonReader.ParseObject(bytes.ToArray(), PartLimits).TryGet(out var part, out var fault)
            ? part
            : throw new InvalidDataException($"{name}: {fault.Message}");
    }
}
