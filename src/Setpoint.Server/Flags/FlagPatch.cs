using Setpoint.Core.Faults;
using Setpoint.Core.Flags;
using Setpoint.Core.Flags.Reading;
using Setpoint.Core.Json;

namespace Setpoint.Server.Flags;

/// <summary>A merge patch (RFC 7396) of a flag, in the words of either form. Pure.</summary>
internal static class FlagPatch
{
    /// <summary>The patched document in full form.</summary>
    public static Result<FlagDraft> Apply(Flag flag, JsonObject patch)
    {
        // 'enabled' is the one word of the short form that every flag understands: it is how somebody turns a flag off in a hurry.
        if (patch["enabled"] is JsonBoolean enabled && !IsShort(patch.Without("enabled")) && !patch.Contains("state"))
            patch = patch.Without("enabled").With("state", new JsonString(enabled.Value ? "enabled" : "disabled"));
        if (!patch.Contains("enabled") && !IsShort(patch))
            return new FlagDraft((JsonObject)MergePatch.Apply(flag.Body, patch), []);
        if (ShortForm.TryFrom(flag.Body) is not { } shortened)
        {
            return new Fault.Conflict(
                $"Flag '{flag.Key}' says more than the short form can, and the patch is in its words. Patch the full form, which GET shows as 'document'.");
        }

        return FlagDraft.OfShort((JsonObject)MergePatch.Apply(shortened, patch));
    }

    /// <summary>Words that only the short form has. Those that both have mean the same in both.</summary>
    private static bool IsShort(JsonObject patch) =>
        patch.Contains("rollout")
        || patch["variants"] is JsonArray
        || (patch["dependencies"] is JsonArray dependencies && dependencies.Items.Any(item => item is JsonString));
}
