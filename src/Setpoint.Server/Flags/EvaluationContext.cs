using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Core.Rules;

namespace Setpoint.Server.Flags;

/// <summary>
/// The context of our own API: <c>{userId, userGroup, region, environment, customAttributes}</c>, or any other attributes. Pure.
/// </summary>
/// <remarks>
/// <c>userId</c> is the targeting key unless there is one. Custom attributes are attributes too, so that rules name them directly, and stay
/// what they are; where both name one, the attribute of the context itself counts. Null is an attribute that is not there, in both.
/// </remarks>
internal static class EvaluationContext
{
    /// <summary>A context.</summary>
    public static JsonLimits Limits { get; } = new(64 * 1024, 32);

    /// <summary>A request that holds a context and little else.</summary>
    public static JsonLimits Request { get; } = new(Limits.SizeMax + 1024, Limits.DepthMax + 1);

    /// <summary>A request that holds a context and thousands of keys of flags.</summary>
    public static JsonLimits RequestWithKeys { get; } = new(1024 * 1024, Limits.DepthMax + 1);

    /// <summary>Why the context is too large; null if it is not.</summary>
    public static Fault? CheckSize(JsonObject context, HttpRequest request)
    {
        // What came within the limit has a compact text within it, and need not be measured.
        if (request.ContentLength <= Limits.SizeMax && context.Depth <= Limits.DepthMax)
            return null;
        return JsonMeasure.Check(context, Limits) is { } fault
            ? new Fault.TooLarge($"The context is too large: it may have {Limits.SizeMax} bytes and {Limits.DepthMax} levels. {fault.Message}")
            : null;
    }

    public static Result<FlagContext> Read(JsonObject context)
    {
        foreach (var name in (ReadOnlySpan<string>)["targetingKey", "userId"])
        {
            if (context[name] is { } key and not (JsonString or JsonNull))
                return new Fault.Malformed($"'context.{name}' must be a string, not {JsonKinds.Describe(key.Kind)}.");
        }

        if (context["customAttributes"] is { } given and not (JsonObject or JsonNull))
            return new Fault.Malformed($"'context.customAttributes' must be an object, not {JsonKinds.Describe(given.Kind)}.");

        var custom = context["customAttributes"] as JsonObject ?? JsonObject.Empty;
        var user = context["targetingKey"] is null or JsonNull ? context["userId"] as JsonString : null;
        var attributes = new (string Name, LogicValue Value)[context.Count + custom.Count];
        var count = 0;
        for (var i = 0; i < context.Count; i++)
            attributes[count++] = (context.NameAt(i), LogicValue.Of(context.ValueAt(i)));

        for (var i = 0; i < custom.Count; i++)
        {
            // A targeting key among the custom attributes must not take the place of the user.
            var name = custom.NameAt(i);
            if (context[name] is null or JsonNull && !(name == "targetingKey" && user is not null))
                attributes[count++] = (name, LogicValue.Of(custom.ValueAt(i)));
        }

        return FlagContext.Of(user?.Value, attributes.AsSpan(0, count));
    }

    /// <summary>The environment that the context names; null if it names none.</summary>
    public static string? EnvironmentOf(JsonObject context) => context["environment"] is JsonString { Value.Length: > 0 } environment ? environment.Value : null;
}
