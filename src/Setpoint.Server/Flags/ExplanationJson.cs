using System.Collections.Immutable;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Explaining;
using Setpoint.Core.Json;
using Setpoint.Server.Http;

namespace Setpoint.Server.Flags;

/// <summary>Why a flag came out as it did, as it is shown. Pure.</summary>
internal static class ExplanationJson
{
    public static JsonObject Of(string key, ActiveFlags flags, FlagExplanation explanation)
    {
        var result = explanation.Result;
        var json = new JsonObjectBuilder(16)
            .Add("key", key)
            .Add("namespace", flags.Set.Namespace)
            .Add("environment", flags.Set.Environment)
            .Add("version", result.Flag!.Version)
            .Add("enabled", EvaluationJson.IsOn(result.Flag, result.VariantNumber));
        if (result.Value is { } value)
            json.Add("value", value).Add("variant", result.Variant);
        json.Add("reason", result.Reason.ToWire());
        if (result.Error != FlagError.None)
            json.Add("errorCode", result.Error.ToWire()).Add("errorDetails", result.ErrorMessage);
        json.Add("active", explanation.IsEnabled)
            .Add("dependencies", List(explanation.Dependencies, Dependency))
            .Add("rules", List(explanation.Rules, Rule));
        if (explanation.Targeting is { } targeting)
            json.Add("targeting", TraceJson.Expression(targeting));
        if (explanation.Split is { } split)
            json.Add("split", TraceJson.Split(split, "variant"));
        return json.Build();
    }

    private static JsonArray List<T>(ImmutableArray<T> items, Func<T, JsonValue> show) => new([.. items.Select(show)]);

    private static JsonObject Dependency(DependencyTrace trace) => new JsonObjectBuilder(5)
        .Add("flag", trace.Flag)
        .Add("wanted", FlagJson.Strings(trace.Wanted))
        .Add("variant", trace.Variant)
        .Add("reason", trace.Reason?.ToWire())
        .Add("met", trace.IsMet)
        .Build();

    private static JsonObject Rule(RuleTrace trace)
    {
        var json = new JsonObjectBuilder(6).Add("name", trace.Name).Add("reached", trace.IsReached).Add("matched", trace.IsMatch);
        if (trace.When is { } when)
            json.Add("when", TraceJson.Expression(when));
        json.Add("variant", trace.Variant);
        if (trace.Split is { } split)
            json.Add("split", TraceJson.Split(split, "variant"));
        return json.Build();
    }
}
