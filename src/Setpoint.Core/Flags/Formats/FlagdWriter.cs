using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Flags.Checks;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Formats;

/// <summary>Writes a set of flags as flagd has them.</summary>
/// <remarks>
/// 1. Targeting stays as it is, with segments written out. 2. Rules become one <c>if</c>: condition, variant, condition, variant, ..., and the
/// split or null at its end. 3. A split becomes <c>fractional</c> over <c>cat(salt, value)</c>, and its percentage a <c>fractional</c> of true and
/// false over <c>cat("rollout:", salt, value)</c>: the hashes of <see cref="SplitPlan"/>. 4. The steps of a schedule become conditions on the time around that; flagd has no start and no end.
/// 5. A dependency becomes a condition: the targeting of the other flag, null taken for its default variant, is one of the variants.
/// </remarks>
internal sealed class FlagdWriter(FlagSet set, DateTimeOffset now)
{
    private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();

    public FlagdExport Write()
    {
        var flags = new JsonObjectBuilder(set.Count);
        foreach (var key in set.Keys.Order(StringComparer.Ordinal))
        {
            var plan = set.PlanOf(key)!;
            if (plan.IsFailed)
                _notes.Add($"{key}: a bug of Setpoint keeps it from being compiled, and everybody gets the default of the caller's code; it is left out.");
            else
                flags.Add(key, Flag(plan));
        }

        return new(new JsonObjectBuilder(2).Add("$schema", "https://flagd.dev/schema/v0/flags.json").Add("flags", flags.Build()).Build(), _notes.ToImmutable());
    }

    private JsonObject Flag(FlagPlan plan)
    {
        var variants = new JsonObjectBuilder(plan.Variants.Length);
        foreach (var variant in plan.Variants)
            variants.Add(variant.Name, variant.Value);
        var isOn = plan.IsEnabled && plan.Schedule?.IsOn(now.UtcTicks) != false;
        if (plan.Schedule is { IsAlways: false })
            _notes.Add($"{plan.Key}: flagd has no start and end; the flag is exported as it is at {now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}.");
        var flag = new JsonObjectBuilder(5).Add("state", isOn ? "ENABLED" : "DISABLED").Add("variants", variants.Build());
        if (plan.Default >= 0)
            flag.Add("defaultVariant", plan.Variants[plan.Default].Name);
        if (isOn && Whole(plan, []) is { } targeting and not JsonNull)
            flag.Add("targeting", targeting is JsonObject ? targeting : If(JsonBoolean.True, targeting));
        if (plan.Flag.Metadata.Count > 0)
            flag.Add("metadata", plan.Flag.Metadata);
        return flag.Build();
    }

    /// <summary>The expression whose value is the variant, null for the default one.</summary>
    private JsonValue Whole(FlagPlan plan, ImmutableArray<string> inside)
    {
        var settings = plan.Flag.SettingsIn(set.Source.Chain);
        var expression = settings.Decision switch
        {
            FlagDecision.Targeting targeting => new FlagdRewrite(set.Source, inside.IsEmpty ? null : plan.Key).Of(targeting.Expression),
            FlagDecision.Rules rules => Rules(plan, rules, settings.Schedule),
            _ => JsonNull.Instance,
        };
        var conditions = Dependencies(plan, inside);
        if (conditions.Count > 0)
        {
            if (plan.Off < 0)
                _notes.Add($"{plan.Key}: flagd has no default of the caller's code behind a dependency that is not met; the default variant is served.");
            expression = If(
                conditions.Count == 1 ? conditions[0] : Call("and", [.. conditions]),
                expression,
                plan.Off < 0 ? JsonNull.Instance : new JsonString(plan.Variants[plan.Off].Name));
        }

        return expression;
    }

    private JsonValue Rules(FlagPlan plan, FlagDecision.Rules rules, FlagSchedule? schedule)
    {
        var parts = ImmutableArray.CreateBuilder<JsonValue>();
        var conditions = new FlagdRewrite(set.Source, plan.Key);
        foreach (var clause in rules.Clauses)
        {
            parts.Add(conditions.Of(clause.When));
            parts.Add(clause.Split is null ? new JsonString(clause.Variant!) : Split(plan, clause.Split));
        }

        var last = Last(plan, rules.Split, schedule);
        if (parts.Count == 0)
            return last;
        parts.Add(last);
        return Call("if", parts.ToImmutable());
    }

    /// <summary>The split, and what the steps of the schedule make of it.</summary>
    private static JsonValue Last(FlagPlan plan, FlagSplit? split, FlagSchedule? schedule)
    {
        var expression = split is null ? JsonNull.Instance : Split(plan, split);
        foreach (var step in schedule?.Steps ?? [])
        {
            split = step.Split ?? (split is null ? null : split with { Percentage = step.Percentage!.Value });
            if (split is null)
                continue;
            // flagd counts whole seconds; a step between two of them comes with the next.
            var seconds = (long)Math.Ceiling((step.At - DateTimeOffset.UnixEpoch).TotalSeconds);
            expression = If(Call(">=", [Variable("$flagd.timestamp"), JsonNumber.Of(seconds)]), Split(plan, split), expression);
        }

        return expression;
    }

    private static JsonValue Split(FlagPlan plan, FlagSplit split)
    {
        if (split.Percentage == 0)
            return JsonNull.Instance;
        var weighted = split.Weights.Where(weight => weight.Weight > 0).ToImmutableArray();
        var value = Variable(split.By ?? FlagLayout.TargetingKey);
        var salt = split.Salt ?? plan.Key;
        JsonValue chosen = weighted.Length == 1
            ? new JsonString(weighted[0].Variant)
            : Call("fractional", [Call("cat", [new JsonString(salt), value]), .. weighted.Select(weight => Bucket(new JsonString(weight.Variant), weight.Weight))]);
        if (split.Percentage < FlagSplit.Everyone)
        {
            chosen = If(
                Call("fractional",
                [
                    Call("cat", [new JsonString(SplitPlan.RolloutPrefix), new JsonString(salt), value]),
                    Bucket(JsonBoolean.True, split.Percentage),
                    Bucket(JsonBoolean.False, FlagSplit.Everyone - split.Percentage),
                ]),
                chosen,
                JsonNull.Instance);
        }
        else if (weighted.Length == 1)
        {
            return chosen;
        }

        // Nothing to hash: an error here, the default variant in flagd.
        return If(Call("in", [value, new JsonArray([JsonNull.Instance, new JsonString("")])]), JsonNull.Instance, chosen);
    }

    private List<JsonValue> Dependencies(FlagPlan plan, ImmutableArray<string> inside)
    {
        var conditions = new List<JsonValue>();
        foreach (var dependency in plan.Flag.Dependencies)
        {
            if (inside.Length >= FlagDependencyRule.EvaluationsMax || set.PlanOf(dependency.Flag) is not { IsEnabled: true, IsFailed: false } other
                || other.Schedule?.IsOn(now.UtcTicks) == false)
            {
                conditions.Add(JsonBoolean.False);
                continue;
            }

            var wanted = dependency.Variants.IsEmpty
                ? [.. other.Variants.Where(variant => variant.Name != other.Flag.OffVariant && variant.Value is not JsonBoolean { Value: false }).Select(variant => variant.Name)]
                : dependency.Variants;
            var names = new JsonArray([.. wanted.Select(name => (JsonValue)new JsonString(name))]);
            var expression = Whole(other, inside.Add(plan.Key));
            var isMet = Call("in", [expression is JsonNull ? JsonNull.Instance : expression, names]);
            var isDefaultWanted = other.Default >= 0 && wanted.Contains(other.Variants[other.Default].Name, StringComparer.Ordinal);
            conditions.Add(expression is JsonNull
                ? JsonBoolean.Of(isDefaultWanted)
                : isDefaultWanted ? Call("or", [isMet, Call("===", [expression, JsonNull.Instance])]) : isMet);
        }

        return conditions;
    }

    private static JsonArray Bucket(JsonValue value, int weight) => new([value, JsonNumber.Of(weight)]);

    private static JsonObject If(JsonValue condition, params ReadOnlySpan<JsonValue> values) => Call("if", [condition, .. values]);

    private static JsonObject Variable(string path) => JsonObject.Empty.With("var", new JsonString(path));

    private static JsonObject Call(string name, ImmutableArray<JsonValue> arguments) => JsonObject.Empty.With(name, new JsonArray(arguments));
}
