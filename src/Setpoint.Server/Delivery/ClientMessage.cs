using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Core.Layers;
using Setpoint.Server.Configs;
using Setpoint.Server.Http;
using Setpoint.Server.Rollouts;

namespace Setpoint.Server.Delivery;

/// <summary>What a client says over a WebSocket.</summary>
internal abstract record ClientMessage
{
    // No message nests deeper than the attributes of a context.
    private const int DepthMax = 8;

    private ClientMessage()
    {
    }

    internal sealed record Auth(string Token) : ClientMessage
    {
        // A record prints its members; this one must not.
        public override string ToString() => "AUTH";
    }

    internal sealed record Subscribe(FeedKey Key, Topics Topics, long? LastRevision) : ClientMessage;

    internal sealed record Unsubscribe(string SubscriptionId) : ClientMessage;

    internal sealed record Ping : ClientMessage
    {
        public static readonly Ping Instance = new();
    }

    /// <summary>Reads a message strictly: an unknown field is refused as much as a missing one.</summary>
    public static Result<ClientMessage> Parse(ReadOnlySpan<byte> utf8)
    {
        // The size was bounded while it was received.
        if (!JsonReader.ParseObject(utf8, new JsonLimits(utf8.Length, DepthMax)).TryGet(out var json, out var fault))
            return fault is Fault.TooLarge ? fault : new Fault.Malformed(fault.Message);
        var body = new BodyReader(json);
        var type = body.RequiredString("type");
        switch (type)
        {
            case "AUTH":
                var token = body.RequiredString("token");
                return body.Finish() is { } authFault ? authFault : new Auth(token!);
            case "SUBSCRIBE":
                return ParseSubscribe(json, body);
            case "UNSUBSCRIBE":
                var id = body.RequiredString("subscriptionId");
                return body.Finish() is { } unsubscribeFault ? unsubscribeFault : new Unsubscribe(id!);
            case "PING":
                return body.Finish() is { } pingFault ? pingFault : Ping.Instance;
            case null:
                return new Fault.Malformed("A message needs 'type', a string: AUTH, SUBSCRIBE, UNSUBSCRIBE or PING.");
            default:
                return new Fault.Malformed($"Message type '{Shortened(type)}' is not known here; known are AUTH, SUBSCRIBE, UNSUBSCRIBE and PING.");
        }
    }

    private static Result<ClientMessage> ParseSubscribe(JsonObject json, BodyReader body)
    {
        var ns = body.RequiredString("serviceName");
        var environment = body.String("environment");
        var user = body.String("user");
        var names = body.Strings("subscriptions");
        var lastRevision = body.Number("lastRevision");
        var attributes = body.Object("attributes");
        if (body.Finish() is { } fault)
            return fault;
        if (json["subscriptions"] is JsonArray { Items.IsEmpty: true })
            return new Fault.Malformed("'subscriptions' is empty; name what to follow, or leave it out to follow everything.");
        if (user?.Length is 0 or > LayerSlot.UserLengthMax)
            return new Fault.Malformed($"'user' has {user.Length} characters; it must have 1 to {LayerSlot.UserLengthMax}.");
        if (Audience.Check(attributes) is { } wrong)
            return wrong;
        if (!TopicNames.Parse(names).TryGet(out var topics, out fault))
            return fault;
        return new Subscribe(new(new ViewKey(ns!, environment, user), Audience.Of(user, attributes)), topics, lastRevision);
    }

    private static string Shortened(string text) => text.Length <= 64 ? text : string.Concat(text.AsSpan(0, 64), "...");
}
