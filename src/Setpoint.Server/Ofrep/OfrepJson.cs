using Setpoint.Core.Flags;
using Setpoint.Core.Json;
using Setpoint.Server.Flags;
using Setpoint.Server.Http;

namespace Setpoint.Server.Ofrep;

/// <summary>Answers about one flag, rendered once for each variant and reason that comes up.</summary>
internal static class OfrepJson
{
    private static readonly RenderedAnswers Rendered = new(Render);

    /// <summary>Evaluates all flags and writes what they come to, with commas between.</summary>
    public static void WriteAll(AnswerBuffer output, ActiveFlags flags, FlagContext context, FlagTime now) =>
        Rendered.WriteAll(output, flags, context, now, static (to, result) => JsonWriter.Write(Failure(result.Flag!.Key, result), to));

    /// <summary><c>{key, reason, variant?, value?, metadata?}</c>: without a value the default in the caller's code stands.</summary>
    public static byte[] Success(in FlagResult result) => Rendered.Of(result);

    public static JsonObject Failure(string key, in FlagResult result) => new JsonObjectBuilder(3)
        .Add("key", key)
        .Add("errorCode", result.Error.ToWire()!)
        .Add("errorDetails", result.ErrorMessage)
        .Build();

    private static byte[] Render(Flag flag, int variant, FlagReason reason)
    {
        var json = new JsonObjectBuilder(5).Add("key", flag.Key).Add("reason", WordOf(reason));
        if (variant >= 0)
            json.Add("variant", flag.Variants[variant].Name).Add("value", flag.Variants[variant].Value);
        var metadata = flag.Metadata;
        if (WordOf(reason) == Unknown)
            metadata = metadata.With("setpoint.reason", new JsonString(reason.ToWire()));
        if (metadata.Count > 0)
            json.Add("metadata", metadata);
        return JsonWriter.ToUtf8(json.Build());
    }

    private const string Unknown = "UNKNOWN";

    /// <summary>OFREP lists the reasons that there are, and two of ours are not among them; the metadata say which it is.</summary>
    private static string WordOf(FlagReason reason) => reason is FlagReason.Default or FlagReason.PrerequisiteFailed ? Unknown : reason.ToWire();
}
