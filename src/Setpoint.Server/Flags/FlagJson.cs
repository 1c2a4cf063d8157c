using System.Globalization;
using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Json;
using Setpoint.Core.Ledger;

namespace Setpoint.Server.Flags;

/// <summary>Flags as they are shown. Pure.</summary>
internal static class FlagJson
{
    public static Fault.Missing Missing(string ns, string key) =>
        new("FlagNotFound", $"There is no flag '{Shortened(key)}' in namespace '{ns}'. GET /api/features?namespace={ns} lists those that there are.");

    /// <summary>A flag as an environment sees it: what a list shows.</summary>
    /// <param name="state">Null, as <paramref name="environment"/> is, where the list is of no environment.</param>
    public static JsonObject Summary(Flag flag, FlagState? state, string? environment)
    {
        var json = Begin(flag).Add("environment", environment);
        if (state is not null)
            json.Add("enabled", state.IsEnabled);
        json.Add("type", TypeOf(flag))
            .Add("variants", Strings(flag.Variants.Select(variant => variant.Name)))
            .Add("defaultVariant", state?.DefaultVariant);
        if (state?.Split is { } split)
            json.Add("rollout", RolloutOf(split));
        json.Add("tags", Strings(flag.Tags)).Add("owner", flag.Owner);
        if (!flag.Dependencies.IsEmpty)
            json.Add("dependencies", Strings(flag.Dependencies.Select(dependency => dependency.Flag)));
        if (flag.ExpectedRemoval is { } removal)
            json.Add("expectedRemoval", removal.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        return End(json, flag);
    }

    /// <summary>A flag in both forms; its key alone where there is none any more.</summary>
    public static JsonObject Both(Snapshot snapshot, string ns, string key)
    {
        if (snapshot.Flags().Find(ns, key) is not { } flag)
            return new JsonObjectBuilder(2).Add("key", key).Add("namespace", ns).Build();
        var json = Begin(flag)
            .Add("type", TypeOf(flag))
            .Add("tags", Strings(flag.Tags))
            .Add("owner", flag.Owner)
            .Add("dependents", Strings(snapshot.Flags().In(ns).DependentsOf(key)))
            .Add("document", flag.Body)
            .Add("short", ShortForm.TryFrom(flag.Body) is { } shortened ? shortened : JsonNull.Instance);
        return End(json, flag);
    }

    /// <summary>What an environment makes of it, beside what it is.</summary>
    public static JsonObject Seen(JsonObject flag, FlagState state, string environment)
    {
        flag = flag.With("environment", new JsonString(environment)).With("enabled", JsonBoolean.Of(state.IsEnabled));
        if (state.DefaultVariant is { } variant)
            flag = flag.With("defaultVariant", new JsonString(variant));
        return state.Split is { } split ? flag.With("rollout", RolloutOf(split)) : flag;
    }

    public static JsonArray Strings(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonValue)new JsonString(text))]);

    public static string Shortened(string text) => text.Length <= 64 ? text : string.Concat(text.AsSpan(0, 64), "...");

    private static JsonObject RolloutOf(FlagSplit split) => new JsonObjectBuilder(1).Add("percentage", JsonNumber.Of(split.Percentage / 1000.0)).Build();

    private static JsonObjectBuilder Begin(Flag flag) => new JsonObjectBuilder(16)
        .Add("key", flag.Key)
        .Add("namespace", flag.Namespace)
        .Add("name", flag.Name)
        .Add("description", flag.Description);

    private static JsonObject End(JsonObjectBuilder json, Flag flag) =>
        json.Add("version", flag.Version).Add("etag", flag.Version.ToString(CultureInfo.InvariantCulture)).Build();

    private static string TypeOf(Flag flag) => flag.Type switch
    {
        FlagType.Boolean => "boolean",
        FlagType.String => "string",
        FlagType.Number => "number",
        FlagType.Object => "object",
        FlagType.Mixed => "mixed",
        _ => throw new ArgumentOutOfRangeException(nameof(flag), flag.Type, "Unknown type."),
    };
}
