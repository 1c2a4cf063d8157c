using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Server.Http;

namespace Setpoint.Server.Flags;

/// <summary>Answers of <c>/api/features/evaluate</c>: <c>"key":{enabled, value?, variant?, reason, configuration?, errorCode?, errorDetails?}</c>.</summary>
internal static class EvaluationJson
{
    private static readonly RenderedAnswers Rendered = new(Render);

    /// <summary>Evaluates all flags and writes what they come to, with commas between.</summary>
    public static void WriteAll(AnswerBuffer output, ActiveFlags flags, FlagContext context, FlagTime now) =>
        Rendered.WriteAll(output, flags, context, now, static (to, result) => WriteFailure(to, result.Flag!.Key, result));

    public static void Write(AnswerBuffer output, string key, in FlagResult result)
    {
        if (result.Error == FlagError.None)
            output.Write(Rendered.Of(result));
        else
            WriteFailure(output, key, result);
    }

    /// <summary>
    /// What an <c>if</c> around the feature wants to know: a boolean flag that is true, or another that serves a variant that is not its off variant.
    /// </summary>
    /// <param name="variant">The place of the variant that is served; -1 for none.</param>
    public static bool IsOn(Flag flag, int variant) => variant >= 0
        && (flag.Type == FlagType.Boolean ? flag.Variants[variant].Value is JsonBoolean { Value: true } : flag.Variants[variant].Name != flag.OffVariant);

    private static void WriteFailure(AnswerBuffer output, string key, in FlagResult result)
    {
        JsonWriter.Write(new JsonString(key), output);
        output.Write(":"u8);
        JsonWriter.Write(
            new JsonObjectBuilder(4)
                .Add("enabled", false)
                .Add("reason", result.Reason.ToWire())
                .Add("errorCode", result.Error.ToWire()!)
                .Add("errorDetails", result.ErrorMessage ?? "")
                .Build(),
            output);
    }

    private static byte[] Render(Flag flag, int variant, FlagReason reason)
    {
        var fields = new JsonObjectBuilder(5).Add("enabled", IsOn(flag, variant));
        if (variant >= 0)
            fields.Add("value", flag.Variants[variant].Value).Add("variant", flag.Variants[variant].Name);
        // The seeds' word for what a variant brings along.
        if (variant >= 0 && flag.Variants[variant].Value is JsonObject configuration)
            fields.Add("configuration", configuration);
        fields.Add("reason", reason.ToWire());
        var entry = JsonWriter.ToUtf8(new JsonObjectBuilder(1).Add(flag.Key, fields.Build()).Build());
        // Without the braces of the object that it is an entry of.
        return entry[1..^1];
    }
}
