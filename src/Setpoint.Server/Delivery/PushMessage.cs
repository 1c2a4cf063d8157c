using System.Collections.Immutable;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;
using Setpoint.Server.Configs;
using Setpoint.Server.Http;

namespace Setpoint.Server.Delivery;

/// <summary>What the server says, in the words of the contract. Pure.</summary>
internal static class PushMessage
{
    public static readonly PushFrame Authenticated = PushFrame.Of("AUTHENTICATED", null, Typed("AUTHENTICATED").Build());

    public static readonly PushFrame Pong = PushFrame.Of("PONG", null, Typed("PONG").Build());

    public static PushFrame Subscribed(string subscriptionId, in ViewKey key, long revision) =>
        PushFrame.Of("SUBSCRIBED", null, Target(Typed("SUBSCRIBED").Add("subscriptionId", subscriptionId), key)
            .Add("revision", revision)
            .Build());

    /// <param name="from">What the reader has; null if nothing is known of that, and then no changes are listed.</param>
    /// <param name="revision">A revision at which this is the state.</param>
    public static PushFrame Update(in ViewKey key, View? from, View to, long revision)
    {
        var effective = to.Effective;
        var changes = from is null ? JsonArray.Empty : ChangesJson.Of(JsonDiff.Compare(from.Effective.Config, effective.Config));
        return PushFrame.Of("CONFIGURATION_UPDATE", revision, Target(Typed("CONFIGURATION_UPDATE"), key)
            .Add("version", effective.Version)
            .Add("revision", revision)
            .Add("etag", to.Tag)
            .Add("config", effective.Config)
            .Add("changes", changes)
            .Build());
    }

    public static PushFrame FlagUpdate(FlagNews news)
    {
        var message = Typed("FEATURE_FLAG_UPDATE")
            .Add("serviceName", news.Target.Namespace)
            .Add("environment", news.Target.Environment)
            .Add("flagKey", news.Key)
            .Add("enabled", news.IsEnabled)
            .Add("variant", news.Variant);
        if (news.IsDeleted)
            message.Add("deleted", true);
        return PushFrame.Of("FEATURE_FLAG_UPDATE", news.Revision, message.Add("revision", news.Revision).Build());
    }

    public static PushFrame Reload(in ViewKey key, long revision) =>
        PushFrame.Of("CONFIGURATION_RELOAD", revision, Target(Typed("CONFIGURATION_RELOAD"), key).Add("revision", revision).Build());

    /// <summary>What was followed is gone.</summary>
    public static PushFrame Gone(in ViewKey key, Fault fault, long revision) =>
        PushFrame.Of("ERROR", revision, Target(ErrorOf(fault), key).Add("revision", revision).Build());

    /// <summary>A message of the client is refused.</summary>
    public static PushFrame Error(Fault fault)
    {
        var message = ErrorOf(fault);
        ImmutableArray<Violation> violations = fault is Fault.Malformed malformed ? malformed.Violations : [];
        if (!violations.IsEmpty)
            message.Add("errors", Problem.ToJson(violations));
        return PushFrame.Of("ERROR", null, message.Build());
    }

    private static JsonObjectBuilder ErrorOf(Fault fault) => Typed("ERROR").Add("code", fault.Code).Add("detail", fault.Message);

    private static JsonObjectBuilder Typed(string type) => new JsonObjectBuilder(9).Add("type", type);

    private static JsonObjectBuilder Target(JsonObjectBuilder message, in ViewKey key)
    {
        message.Add("serviceName", key.Namespace);
        message.Add("environment", key.Environment is { } environment ? new JsonString(environment) : JsonNull.Instance);
        if (key.User is { } user)
            message.Add("user", user);
        return message;
    }
}
