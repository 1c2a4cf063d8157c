using System.Collections.Immutable;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;

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
            json.Add("targeting", Expression(targeting));
        if (explanation.Split is { } split)
            json.Add("split", Split(split));
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
            json.Add("when", Expression(when));
        json.Add("variant", trace.Variant);
        if (trace.Split is { } split)
            json.Add("split", Split(split));
        return json.Build();
    }

    private static JsonObject Expression(ExpressionTrace trace)
    {
        var json = new JsonObjectBuilder(5).Add("expression", trace.Expression).Add("result", trace.Result);
        if (!trace.Inputs.IsEmpty)
        {
            var inputs = JsonObject.Empty;
            foreach (var (path, value) in trace.Inputs)
                inputs = inputs.With(path, value ?? JsonNull.Instance);
            json.Add("inputs", inputs);
        }

        if (trace.Bucket is { } bucket)
            json.Add("bucket", Bucket(bucket));
        if (!trace.Parts.IsEmpty)
            json.Add("parts", List(trace.Parts, Expression));
        return json.Build();
    }

    private static JsonObject Split(SplitTrace trace)
    {
        var json = new JsonObjectBuilder(7)
            .Add("by", trace.By)
            .Add("value", trace.Value ?? JsonNull.Instance)
            .Add("percentage", JsonNumber.Of((double)trace.Percentage));
        if (trace.Rollout is { } rollout)
            json.Add("rollout", Bucket(rollout));
        if (trace.Bucket is { } bucket)
            json.Add("bucket", Bucket(bucket));
        return json.Add("in", trace.IsIn).Add("variant", trace.Variant).Build();
    }

    private static JsonObject Bucket(BucketTrace trace) => new JsonObjectBuilder(2).Add("number", trace.Number).Add("total", trace.Total).Build();
}
