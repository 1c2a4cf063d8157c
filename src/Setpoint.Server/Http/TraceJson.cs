using Setpoint.Core.Flags.Explaining;
using Setpoint.Core.Json;

namespace Setpoint.Server.Http;

/// <summary>What a decision looked at, as explanations of flags and of rollouts show it. Pure.</summary>
internal static class TraceJson
{
    /// <summary><c>{expression, result, inputs?, bucket?, parts?}</c>.</summary>
    public static JsonObject Expression(ExpressionTrace trace)
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
            json.Add("parts", new JsonArray([.. trace.Parts.Select(Expression)]));
        return json.Build();
    }

    /// <summary><c>{by, value, percentage, rollout?, bucket?, in}</c>, and what was drawn.</summary>
    /// <param name="outcome">What is drawn: a variant or an arm.</param>
    public static JsonObject Split(SplitTrace trace, string outcome)
    {
        var json = new JsonObjectBuilder(7)
            .Add("by", trace.By)
            .Add("value", trace.Value ?? JsonNull.Instance)
            .Add("percentage", JsonNumber.Of((double)trace.Percentage));
        if (trace.Rollout is { } rollout)
            json.Add("rollout", Bucket(rollout));
        if (trace.Bucket is { } bucket)
            json.Add("bucket", Bucket(bucket));
        return json.Add("in", trace.IsIn).Add(outcome, trace.Variant).Build();
    }

    private static JsonObject Bucket(BucketTrace trace) => new JsonObjectBuilder(2).Add("number", trace.Number).Add("total", trace.Total).Build();
}
