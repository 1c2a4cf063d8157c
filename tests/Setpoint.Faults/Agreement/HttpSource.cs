using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Setpoint.Faults.Host;

namespace Setpoint.Faults.Agreement;

/// <summary>Asks one server for all flags, in our own words or in OFREP's. Safe for concurrent use.</summary>
internal sealed class HttpSource(ServerUnderTest server, string name, AgreedFlag[] flags)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly AnswerBook _evaluations = new(Answer.OfEvaluation);
    private readonly AnswerBook _ofrep = new(Answer.OfOfrep);
    private readonly byte[][] _keys = [.. flags.Select(flag => Encoding.UTF8.GetBytes(flag.Key))];

    public string NameOf(bool inOfrep) => $"{name} by {(inOfrep ? "OFREP" : "/api/features/evaluate")}";

    public async Task<Answer[]> AskAsync(User user, bool inOfrep)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, inOfrep ? "/in/global/production/ofrep/v1/evaluate/flags" : "/api/features/evaluate?environment=production");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"context":{{user.Text}}}"""));
        request.Content.Headers.ContentType = Json;
        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new InvalidDataException($"{NameOf(inOfrep)} answers {(int)response.StatusCode} for {user.Text}: {Encoding.UTF8.GetString(body)}");
        return inOfrep ? ReadOfrep(body) : ReadEvaluation(body);
    }

    private Answer[] ReadEvaluation(byte[] body)
    {
        var reader = Begin(body);
        Check(reader.Read() && reader.TokenType == JsonTokenType.StartObject, body);
        var answers = new Answer[_keys.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            // Strings are compared as they are meant, however they are escaped.
            Check(reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(_keys[i]), body);
            answers[i] = _evaluations.Of(Slice(ref reader, body));
        }

        Check(reader.Read() && reader.TokenType == JsonTokenType.EndObject, body);
        return answers;
    }

    private Answer[] ReadOfrep(byte[] body)
    {
        var reader = Begin(body);
        Check(reader.Read() && reader.TokenType == JsonTokenType.StartArray, body);
        var answers = new Answer[_keys.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            var flag = Slice(ref reader, body);
            var inside = new Utf8JsonReader(flag);
            inside.Read();
            Check(inside.Read() && inside.ValueTextEquals("key"u8) && inside.Read() && inside.ValueTextEquals(_keys[i]), body);
            answers[i] = _ofrep.Of(flag);
        }

        Check(reader.Read() && reader.TokenType == JsonTokenType.EndArray, body);
        return answers;
    }

    private static Utf8JsonReader Begin(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        Check(reader.Read() && reader.ValueTextEquals("flags"u8), body);
        return reader;
    }

    /// <summary>The bytes of the next value.</summary>
    private static ReadOnlySpan<byte> Slice(ref Utf8JsonReader reader, byte[] body)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return body.AsSpan(start, (int)reader.BytesConsumed - start);
    }

    private static void Check(bool holds, byte[] body)
    {
        if (!holds)
            throw new InvalidDataException($"Not all flags in their order: {Encoding.UTF8.GetString(body)}");
    }
}
