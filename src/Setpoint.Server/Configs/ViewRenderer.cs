using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Core.Ledger;
using Setpoint.Server.Configs.Formats;
using Setpoint.Server.Http;

namespace Setpoint.Server.Configs;

/// <summary>Renders a view.</summary>
internal static class ViewRenderer
{
    public static RenderedView Render(View view, Representation representation)
    {
        var effective = view.Effective;
        return representation switch
        {
            Representation.Envelope => Json(Envelope(view, view.Tag).Add("config", effective.Config).Build(), view.Tag),
            // These show who wrote what and when, so they change with the version and not only with the content.
            Representation.Explain => Versioned(view, "explain", envelope => envelope
                .Add("config", effective.Config)
                .Add("provenance", ProvenanceJson.Of(Provenance.Explain(effective)))),
            Representation.Raw => Versioned(view, "raw", envelope => envelope
                .Add("layers", new JsonArray([.. effective.Stack.Layers.Select(LayerJson)]))),
            Representation.Json => Json(effective.Config, $"{view.Tag}-json"),
            Representation.Yaml => new(YamlFormat.Write(effective.Config), YamlFormat.ContentType, $"{view.Tag}-yaml"),
            Representation.Properties => new(PropertiesFormat.Write(effective.Config), PropertiesFormat.ContentType, $"{view.Tag}-properties"),
            Representation.Env => new(EnvFormat.Write(effective.Config), EnvFormat.ContentType, $"{view.Tag}-env"),
            _ => throw new ArgumentOutOfRangeException(nameof(representation), representation, "Unknown representation."),
        };
    }

    private static RenderedView Versioned(View view, string name, Func<JsonObjectBuilder, JsonObjectBuilder> fill)
    {
        var tag = $"{view.Tag}-{name}-{view.Effective.Version}";
        return Json(fill(Envelope(view, tag)).Build(), tag);
    }

    private static JsonObjectBuilder Envelope(View view, string tag)
    {
        var envelope = new JsonObjectBuilder(6).Add("serviceName", view.Effective.Namespace);
        envelope.Add("environment", view.Effective.Context.Environment is { } environment ? new JsonString(environment) : JsonNull.Instance);
        if (view.Effective.Context.User is { } user)
            envelope.Add("user", user);
        return envelope.Add("version", view.Effective.Version).Add("etag", tag);
    }

    private static JsonValue LayerJson(StackedLayer layer)
    {
        var json = new JsonObjectBuilder(8)
            .Add("layer", (int)layer.Rank)
            .Add("name", layer.Rank.ToString())
            .Add("address", layer.Document.Address.Text)
            .Add("version", layer.Document.Version)
            .Add("etag", layer.Document.Version.ToString());
        if (layer.Arm is { } arm)
            json.Add("arm", arm.Name);
        if (layer.ExpiresAt is { } end)
            json.Add("expiresAt", CommitHash.Timestamp(end));
        return json.Add("document", layer.Config).Build();
    }

    private static RenderedView Json(JsonObject body, string tag) => new(JsonWriter.ToUtf8(body), Answer.Json, tag);
}
