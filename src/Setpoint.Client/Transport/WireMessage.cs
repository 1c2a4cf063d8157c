using System.Text.Json;
using Setpoint.Client.Hosting;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Transport;

/// <summary>The JSON around a configuration: the body of a GET and the data of an update event have the same members.</summary>
internal static class WireMessage
{
    private const int DepthMax = 130;

    /// <summary>Reads a configuration. Members that are not needed are skipped, so that the contract can grow.</summary>
    /// <param name="utf8">The text; the snapshot keeps a copy of its part.</param>
    /// <param name="identity">What was asked for: an answer that names another service or environment is no answer.</param>
    /// <param name="etag">The tag of the response header, which beats that of the body.</param>
    /// <param name="revision">The revision of the response header, where there is one.</param>
    /// <exception cref="JsonException">Not of the contract; the message says how.</exception>
    public static ConfigurationSnapshot Read(ReadOnlyMemory<byte> utf8, ConfigurationIdentity identity, string? etag, long? revision)
    {
        string? service = null, environment = null;
        long? version = null;
        Range? config = null;
        var span = utf8.Span;
        var reader = new Utf8JsonReader(span, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException("The answer is not a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("serviceName"u8))
                    service = ReadText(ref reader, "serviceName");
                else if (reader.ValueTextEquals("environment"u8))
                    environment = ReadText(ref reader, "environment");
                else if (reader.ValueTextEquals("version"u8))
                    version = ReadNumber(ref reader, "version");
                else if (reader.ValueTextEquals("revision"u8))
                    revision = ReadNumber(ref reader, "revision");
                else if (reader.ValueTextEquals("etag"u8))
                    etag = ReadText(ref reader, "etag") is { } inBody ? etag ?? inBody : etag;
                else if (reader.ValueTextEquals("config"u8))
                    config = ReadObject(ref reader);
                else
                    SkipValue(ref reader);
            }

            if (reader.Read())
                throw new JsonException("There is text after the answer.");
        }
        catch (InvalidOperationException broken)
        {
            throw new JsonException("The answer holds a string that is not valid Unicode.", broken);
        }

        if (config is not { } range)
            throw new JsonException("The answer has no member 'config'.");
        if (version is not { } known)
            throw new JsonException("The answer has no member 'version'.");
        if (service is not null && !string.Equals(service, identity.Service, StringComparison.Ordinal))
            throw new JsonException($"The answer is for the service '{service}', not for '{identity.Service}'.");
        if (environment is not null && identity.Environment is not null && !string.Equals(environment, identity.Environment, StringComparison.Ordinal))
            throw new JsonException($"The answer is for the environment '{environment}', not for '{identity.Environment}'.");
        return ConfigurationSnapshot.Of(revision ?? known, known, Quoted(etag), span[range].ToArray());
    }

    /// <summary>The revision that an event names; 0 if it names none.</summary>
    public static long RevisionOf(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("revision"u8, out var revision)
            && revision.ValueKind == JsonValueKind.Number
            && revision.TryGetInt64(out var number) ? number : 0;
    }

    /// <summary>Headers carry the tag quoted, bodies may not.</summary>
    private static string? Quoted(string? etag) =>
        string.IsNullOrEmpty(etag) || etag.EndsWith('"') ? (etag is { Length: > 0 } ? etag : null) : $"\"{etag}\"";

    private static string? ReadText(ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String => reader.GetString(),
            _ => throw new JsonException($"The member '{member}' is not a string."),
        };
    }

    private static long ReadNumber(ref Utf8JsonReader reader, string member)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0
            ? number
            : throw new JsonException($"The member '{member}' is not a whole number of 0 or more.");
    }

    private static Range ReadObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("The member 'config' is not an object.");
        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        return from..(int)reader.BytesConsumed;
    }

    private static void SkipValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
