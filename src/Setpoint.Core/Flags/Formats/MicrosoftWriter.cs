using System.Collections.Immutable;
using System.Globalization;
using Setpoint.Core.Flags.Evaluation;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Formats;

/// <summary>Writes a set of flags as Microsoft's feature management has them.</summary>
/// <remarks>
/// 1. Whom the flag is for becomes conditions, all of which must hold: a window of time, and an audience with a share of users.
/// 2. What they get becomes the allocation: shares of variants, or one for all. 3. Who is not in it gets the default variant, as the
/// variant of the disabled. Their library hashes otherwise than we do: shares are the same and the users in them are not. 4. A rule becomes an audience if it asks for
/// the user's group alone; of other rules the schema knows nothing.
/// </remarks>
internal sealed class MicrosoftWriter(FlagSet set, DateTimeOffset now)
{
    private const string GroupAttribute = "userGroup";

    private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();

    public MicrosoftExport Write()
    {
        var flags = ImmutableArray.CreateBuilder<JsonValue>(set.Count);
        foreach (var key in set.Keys.Order(StringComparer.Ordinal))
        {
            var plan = set.PlanOf(key)!;
            if (plan.IsFailed)
                Note(plan, "a bug of Setpoint keeps it from being compiled, and everybody gets the default of the caller's code; it is left out");
            else
                flags.Add(Flag(plan));
        }

        var document = JsonObject.Empty.With("feature_management", JsonObject.Empty.With("feature_flags", new JsonArray(flags.ToImmutable())));
        return new(document, _notes.ToImmutable());
    }

    private JsonObject Flag(FlagPlan plan)
    {
        var settings = plan.Flag.SettingsIn(set.Source.Chain);
        var audience = AudienceOf(plan, settings);
        if (!plan.Flag.Dependencies.IsEmpty)
            Note(plan, "the schema knows no dependencies; they are left out");
        if (settings.Schedule?.Steps.Any(step => step.At > now) == true)
            Note(plan, $"the schema knows no steps; the split is exported as it is at {now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
        if (audience.Split?.By is { } by and not FlagLayout.TargetingKey)
            Note(plan, $"the schema splits by the user alone, and this split is by '{FlagKeys.Clip(by)}'; one {FlagKeys.Clip(by)} may see several variants");
        var flag = new JsonObjectBuilder(7)
            .Add("id", plan.Key)
            .Add("description", plan.Flag.Description)
            .Add("enabled", plan.IsEnabled);
        if (ConditionsOf(settings.Schedule, audience) is { } conditions)
            flag.Add("conditions", conditions);
        var isBoolean = plan.Flag.Type == FlagType.Boolean;
        flag.Add("variants", new JsonArray([.. plan.Variants.Select(variant => Variant(variant, isBoolean))]));
        return flag.Add("allocation", AllocationOf(plan, audience)).Build();
    }

    private Audience AudienceOf(FlagPlan plan, FlagSettings settings)
    {
        switch (settings.Decision)
        {
            case null:
                return Audience.Everyone;
            case FlagDecision.Rules { Clauses: [] }:
                return new(default, set.StateAt(plan.Key, now)!.Split);
            case FlagDecision.Rules { Clauses: [{ Split: { } split } only] } rules when rules.Split is null && GroupsOf(only.When) is { IsDefault: false } groups:
                return new(groups, split);
            case FlagDecision.Rules { Clauses: [{ Variant: { } variant } only] } rules when rules.Split is null && GroupsOf(only.When) is { IsDefault: false } groups:
                return new(groups, new(null, null, FlagSplit.Everyone, [new(variant, 1)]));
            default:
                Note(plan, "its rules ask for more than the user's group, which the schema cannot; everybody gets the default variant");
                return Audience.Everyone;
        }
    }

    /// <summary>The groups of <c>{"in": [{"var": "userGroup"}, [...]]}</c>, be it alone in an <c>and</c>; default if it is anything else.</summary>
    private static ImmutableArray<string> GroupsOf(JsonValue when)
    {
        if (when is JsonObject { Count: 1 } all && all["and"] is JsonArray { Items: [var only] })
            when = only;
        if (when is JsonObject { Count: 1 } call
            && call["in"] is JsonArray { Items: [JsonObject { Count: 1 } variable, JsonArray groups] }
            && variable["var"] is JsonString { Value: GroupAttribute }
            && groups.Items.All(group => group is JsonString))
        {
            return [.. groups.Items.Select(group => ((JsonString)group).Value)];
        }

        return default;
    }

    private static JsonObject? ConditionsOf(FlagSchedule? schedule, Audience audience)
    {
        var filters = ImmutableArray.CreateBuilder<JsonValue>(2);
        if (schedule is { Start: not null } or { End: not null })
        {
            filters.Add(Filter("Microsoft.TimeWindow", new JsonObjectBuilder(2)
                .Add("Start", Time(schedule.Start))
                .Add("End", Time(schedule.End))
                .Build()));
        }

        var percentage = JsonNumber.Of((audience.Split?.Percentage ?? FlagSplit.Everyone) / 1000.0);
        if (!audience.Groups.IsDefault || audience.Split is { Percentage: < FlagSplit.Everyone })
        {
            var groups = audience.Groups.IsDefault ? [] : audience.Groups;
            var target = new JsonObjectBuilder(3)
                .Add("Users", JsonArray.Empty)
                .Add("Groups", new JsonArray([.. groups.Select(group => new JsonObjectBuilder(2).Add("Name", group).Add("RolloutPercentage", percentage).Build())]))
                .Add("DefaultRolloutPercentage", audience.Groups.IsDefault ? percentage : JsonNumber.Of(0))
                .Build();
            filters.Add(Filter("Microsoft.Targeting", JsonObject.Empty.With("Audience", target)));
        }

        return filters.Count == 0 ? null : new JsonObjectBuilder(2)
            .Add("requirement_type", "All")
            .Add("client_filters", new JsonArray(filters.ToImmutable()))
            .Build();
    }

    private static JsonObject Variant(VariantPlan variant, bool isBoolean)
    {
        var json = new JsonObjectBuilder(3).Add("name", variant.Name).Add("configuration_value", variant.Value);
        // A boolean flag is asked whether it is enabled, and its variant answers.
        if (isBoolean)
            json.Add("status_override", variant.Boolean ? "Enabled" : "Disabled");
        return json.Build();
    }

    private static JsonObject AllocationOf(FlagPlan plan, Audience audience)
    {
        var rest = plan.Default < 0 ? null : plan.Variants[plan.Default].Name;
        if (audience.Split is not { } split)
            return new JsonObjectBuilder(1).Add("default_when_enabled", rest).Build();
        var weighted = split.Weights.Where(weight => weight.Weight > 0).ToImmutableArray();
        // Disabled by an operator is the default in the caller's code; disabled by a filter is the default variant. Only one of them can be said.
        var json = new JsonObjectBuilder(4).Add("default_when_disabled", plan.IsEnabled ? rest : null);
        if (weighted is [var only])
            return json.Add("default_when_enabled", only.Variant).Build();

        var total = weighted.Sum(weight => (double)weight.Weight);
        var shares = ImmutableArray.CreateBuilder<JsonValue>(weighted.Length);
        var from = 0.0;
        double sum = 0;
        foreach (var weight in weighted)
        {
            sum += weight.Weight;
            var to = 100 * sum / total;
            shares.Add(new JsonObjectBuilder(3).Add("variant", weight.Variant).Add("from", JsonNumber.Of(from)).Add("to", JsonNumber.Of(to)).Build());
            from = to;
        }

        return json.Add("default_when_enabled", rest)
            .Add("percentile", new JsonArray(shares.ToImmutable()))
            .Add("seed", split.Salt ?? plan.Key)
            .Build();
    }

    private static JsonObject Filter(string name, JsonObject parameters) => new JsonObjectBuilder(2).Add("name", name).Add("parameters", parameters).Build();

    private static string? Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);

    private void Note(FlagPlan plan, string what) => _notes.Add($"{plan.Key}: {what}.");

    /// <param name="Groups">Default: everybody.</param>
    /// <param name="Split">Null: the default variant.</param>
    private sealed record Audience(ImmutableArray<string> Groups, FlagSplit? Split)
    {
        public static readonly Audience Everyone = new(default(ImmutableArray<string>), null);
    }
}
