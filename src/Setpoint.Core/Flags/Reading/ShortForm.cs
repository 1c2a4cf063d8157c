using System.Collections.Immutable;
using System.Text;
using Setpoint.Core.Faults;
using Setpoint.Core.Json;

namespace Setpoint.Core.Flags.Reading;

/// <summary>
/// The short form of a flag: <c>{name, description, enabled, rollout {percentage, userGroups, regions, startDate, endDate}, variants [{id, name,
/// weight, configuration}], dependencies, tags}</c>. It says less than the full form, which is what is stored. Pure.
/// </summary>
/// <remarks>
/// Without variants the flag is a boolean, <c>on</c> for those in the rollout and <c>off</c> for the others. With variants it serves their
/// configuration to those in the rollout, and the default in the caller's code to the others. User groups and regions are the attributes
/// <c>userGroup</c> and <c>region</c>.
/// </remarks>
public static class ShortForm
{
    internal const string On = "on";
    internal const string Off = "off";
    internal const string AudienceRule = "audience";

    /// <summary>True of a document in the short form: it has what only that has.</summary>
    public static bool IsShort(JsonObject document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.Contains("enabled") || document.Contains("rollout") || document["variants"] is JsonArray || !document.Contains("variants");
    }

    /// <summary>The key that a name makes: letters and digits in lower case, everything between them an underscore. Null if it has none.</summary>
    public static string? KeyOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var key = new StringBuilder(name.Length);
        var isBetween = false;
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c))
            {
                isBetween = true;
                continue;
            }

            if (isBetween && key.Length > 0)
                key.Append('_');
            isBetween = false;
            key.Append(char.ToLowerInvariant(c));
        }

        return key.Length is 0 or > FlagKeys.LengthMax ? null : key.ToString();
    }

    /// <summary>The full form; or every violation, whose paths lead into the short one.</summary>
    public static Result<JsonObject> ToFull(JsonObject document)
    {
        var violations = new ViolationList();
        var full = ToFull(document, violations);
        return violations.Count > 0 ? violations.ToFault() : full;
    }

    /// <summary>The full form. With violations it holds what is right, for the Gate to look at beside them; it may not be written.</summary>
    /// <param name="violations">Hears of every mistake; the paths lead into the short form, and there is no address yet.</param>
    public static JsonObject ToFull(JsonObject document, ViolationList violations)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(violations);
        return new ShortFormReader(document, violations).Read();
    }

    /// <summary>The short form of a full one; null if it says more than the short form can.</summary>
    public static JsonObject? TryFrom(JsonObject full)
    {
        ArgumentNullException.ThrowIfNull(full);
        var made = Read(full);
        // What was made is right exactly if it leads back: nothing that the short form cannot say gets lost unseen.
        return made is not null && ToFull(made).TryGet(out var back, out _) && back.Equals(full) ? made : null;
    }

    /// <summary>The full form as one environment sees it: its settings, and those that it inherits, at the top level.</summary>
    /// <param name="chain">From the root of the tree of environments to the environment itself.</param>
    public static JsonObject Flattened(JsonObject full, ImmutableArray<string> chain)
    {
        ArgumentNullException.ThrowIfNull(full);
        var flat = full.Without("environments");
        foreach (var environment in chain)
        {
            if ((full["environments"] as JsonObject)?[environment] is not JsonObject own)
                continue;
            if (Says("targeting") || Says("rules") || Says("split"))
                flat = flat.Without("targeting").Without("rules").Without("split");
            for (var i = 0; i < own.Count; i++)
            {
                if (Says(own.NameAt(i)))
                    flat = flat.With(own.NameAt(i), own.ValueAt(i));
            }

            // Null inherits, but for the default: there it is the one in the caller's code.
            bool Says(string name) => own[name] is { } value && (value is not JsonNull || name == "defaultVariant");
        }

        return flat;
    }

    private static JsonObject? Read(JsonObject full)
    {
        var rule = (full["rules"] as JsonArray)?.Items is [JsonObject only] ? only : null;
        if ((rule is null ? full["split"] : (rule["serve"] as JsonObject)?["split"]) is not JsonObject split || full["variants"] is not JsonObject variants)
            return null;

        var made = new JsonObjectBuilder(7);
        Copy(full, "name", made, "name");
        Copy(full, "description", made, "description");
        made.Add("enabled", full["state"] is JsonString { Value: "enabled" });
        made.Add("rollout", Rollout(rule, split, full["schedule"] as JsonObject));
        made.Add("variants", full["defaultVariant"] is JsonString { Value: Off } ? JsonArray.Empty : Variants(variants, split, full["variantNames"] as JsonObject));
        made.Add("dependencies", full["dependencies"] is JsonArray dependencies ? new([.. dependencies.Items.Select(Dependency)]) : JsonArray.Empty);
        made.Add("tags", full["tags"] ?? JsonArray.Empty);
        return made.Build();
    }

    private static JsonObject Rollout(JsonObject? rule, JsonObject split, JsonObject? schedule)
    {
        var rollout = new JsonObjectBuilder(5).Add("percentage", split["percentage"] ?? JsonNumber.Of(100));
        foreach (var condition in ((rule?["when"] as JsonObject)?["and"] as JsonArray)?.Items ?? [])
        {
            if ((condition as JsonObject)?["in"] is not JsonArray { Items: [JsonObject variable, var values] })
                continue;
            var name = variable["var"] is JsonString { Value: "region" } ? "regions" : "userGroups";
            // The same twice is nothing that the short form made.
            if (!rollout.Build().Contains(name))
                rollout.Add(name, values);
        }

        Copy(schedule, "start", rollout, "startDate");
        Copy(schedule, "end", rollout, "endDate");
        return rollout.Build();
    }

    private static JsonArray Variants(JsonObject variants, JsonObject split, JsonObject? names)
    {
        var made = ImmutableArray.CreateBuilder<JsonValue>(variants.Count);
        for (var i = 0; i < variants.Count; i++)
        {
            var id = variants.NameAt(i);
            var variant = new JsonObjectBuilder(4).Add("id", id);
            Copy(names, id, variant, "name");
            Copy(split["weights"] as JsonObject, id, variant, "weight");
            made.Add(variant.Add("configuration", variants.ValueAt(i)).Build());
        }

        return new(made.ToImmutable());
    }

    private static JsonValue Dependency(JsonValue dependency) =>
        dependency is JsonObject { Count: 1 } only && only["flag"] is JsonString key ? key : dependency;

    private static void Copy(JsonObject? from, string name, JsonObjectBuilder to, string newName)
    {
        if (from?[name] is { } value)
            to.Add(newName, value);
    }
}
