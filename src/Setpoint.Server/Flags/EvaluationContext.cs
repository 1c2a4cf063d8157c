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
        if (CheckTypes(context) is { } wrong)
            return wrong;
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

    /// <summary>A refusal of a request that holds a context: where that is too large, what a context may have is what its sender can act on.</summary>
    public static Fault Tell(Fault fault) => fault is Fault.TooLarge tooLarge
        ? new Fault.TooLarge($"{tooLarge.Message} A context may have {Limits.SizeMax} bytes and {Limits.DepthMax} levels.")
        : fault;

    private static Fault.Malformed? CheckTypes(JsonObject context)
    {
        ViolationList? violations = null;
        foreach (var name in (ReadOnlySpan<string>)["targetingKey", "userId"])
        {
            if (context[name] is { } key and not (JsonString or JsonNull))
                Refuse(name, "a string", key);
        }

        if (context["customAttributes"] is { } custom and not (JsonObject or JsonNull))
            Refuse("customAttributes", "an object", custom);
        if (violations?.ToImmutable() is not { } found)
            return null;
        return new(found.Length == 1 ? found[0].Message : $"{found.Length} fields of the context are wrong; 'errors' lists each of them.", found);

        void Refuse(string name, string wanted, JsonValue given) => (violations ??= new()).Add(
            null, $"/context/{name}", ViolationCode.InvalidParameterType, $"'context.{name}' must be {wanted}, not {JsonKinds.Describe(given.Kind)}.");
    }
}
