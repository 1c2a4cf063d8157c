using System.Net;
using System.Text;
using Setpoint.Core.Json;

namespace Setpoint.Server.Tests.Host;

/// <summary>What came back, read.</summary>
internal sealed record Reply(HttpStatusCode Status, HttpResponseMessage Message, string Text)
{
    public JsonObject Json => (JsonObject)JsonReader.Parse(Text, new JsonLimits(64 * 1024 * 1024, 128)).Value;

    public string? Code => (Json["code"] as JsonString)?.Value;

    public string? ETag => Message.Headers.ETag?.ToString();

    public long Revision => long.Parse(Message.Headers.GetValues("Setpoint-Revision").Single());

    /// <summary>The value at a JSON Pointer, as compact JSON text; null if there is none.</summary>
    public string? At(string pointer) => JsonPointer.Parse(pointer).Value.Resolve(Json)?.ToString();
}

/// <summary>Short forms for calling the server.</summary>
internal static class Wire
{
    public static Task<Reply> GetAsync(this RunningServer server, string path, params (string Name, string Value)[] headers) =>
        server.SendAsync(HttpMethod.Get, path, null, headers);

    public static Task<Reply> PutAsync(this RunningServer server, string path, string body, params (string Name, string Value)[] headers) =>
        server.SendAsync(HttpMethod.Put, path, body, headers);

    public static Task<Reply> PostAsync(this RunningServer server, string path, string? body, params (string Name, string Value)[] headers) =>
        server.SendAsync(HttpMethod.Post, path, body, headers);

    public static Task<Reply> DeleteAsync(this RunningServer server, string path, params (string Name, string Value)[] headers) =>
        server.SendAsync(HttpMethod.Delete, path, null, headers);

    public static async Task<Reply> SendAsync(
        this RunningServer server, HttpMethod method, string path, string? body, (string Name, string Value)[] headers, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return new(response.StatusCode, response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
