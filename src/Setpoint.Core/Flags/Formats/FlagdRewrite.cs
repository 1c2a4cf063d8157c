using System.Collections.Immutable;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Formats;

/// <summary>Writes expressions in flagd's words alone: segments are written out where they are named.</summary>
/// <param name="standsIn">
/// Set where the expression moves into another flag: the key that <c>$flagd.flagKey</c> and <c>fractional</c> without a text mean there.
/// </param>
internal sealed class FlagdRewrite(FlagSetSource source, string? standsIn)
{
    public JsonValue Of(JsonValue expression)
    {
        switch (expression)
        {
            case JsonArray array:
                return new JsonArray([.. array.Items.Select(Of)]);
            case JsonObject { Count: 1 } call when call.NameAt(0) == SegmentNode.Operator:
                return Segment(call.ValueAt(0));
            case JsonObject { Count: 1 } call when standsIn is not null && call.NameAt(0) == "var" && IsFlagKey(call.ValueAt(0)):
                return new JsonString(standsIn);
            case JsonObject { Count: 1 } call when standsIn is not null && call.NameAt(0) == FractionalNode.Operator && call.ValueAt(0) is JsonArray { Items: [JsonArray, ..] } buckets:
                return Fractional(buckets);
            case JsonObject members:
                for (var i = 0; i < members.Count; i++)
                    members = members.With(members.NameAt(i), Of(members.ValueAt(i)));
                return members;
            default:
                return expression;
        }
    }

    private static bool IsFlagKey(JsonValue path) =>
        ((path as JsonArray)?.Items.FirstOrDefault() ?? path) is JsonString { Value: FlagLogic.FlagKeyPath };

    /// <summary>Where the text is the key of the flag and the targeting key, the key is written; without a targeting key it is null, as before.</summary>
    private JsonObject Fractional(JsonArray buckets)
    {
        var key = Call("var", new JsonString(FlagLayout.TargetingKey));
        var written = Call(FractionalNode.Operator, [Call("cat", new JsonString(standsIn!), key), .. buckets.Items.Select(Of)]);
        return Call("if", key, written, JsonNull.Instance);
    }

    private JsonValue Segment(JsonValue named)
    {
        var key = (((named as JsonArray)?.Items.FirstOrDefault() ?? named) as JsonString)?.Value;
        if (key is null || source.FindSegment(key) is not { } segment)
            return JsonBoolean.False;
        var targetingKey = Call("var", new JsonString(FlagLayout.TargetingKey));
        var belongs = segment.When is null ? JsonBoolean.False : Of(segment.When);
        if (!segment.Included.IsEmpty)
            belongs = Call("or", Call("in", targetingKey, Texts(segment.Included)), belongs);
        return segment.Excluded.IsEmpty
            ? belongs
            : Call("and", Call("!", new JsonArray([Call("in", targetingKey, Texts(segment.Excluded))])), belongs);
    }

    private static JsonArray Texts(ImmutableArray<string> texts) => new([.. texts.Select(text => (JsonValue)new JsonString(text))]);

    private static JsonObject Call(string name, params ImmutableArray<JsonValue> arguments) =>
        JsonObject.Empty.With(name, arguments.Length == 1 ? arguments[0] : new JsonArray(arguments));
}
