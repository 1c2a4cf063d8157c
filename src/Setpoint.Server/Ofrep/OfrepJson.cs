using System.Buffers;
using System.Runtime.CompilerServices;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;

namespace Setpoint.Server.Ofrep;

/// <summary>Answers about one flag, rendered once for each variant and reason that comes up.</summary>
internal static class OfrepJson
{
    private static readonly int Reasons = Enum.GetValues<FlagReason>().Length;

    // By flag: what a new version of a flag needs is made anew, and what is gone goes with it.
    private static readonly ConditionalWeakTable<Flag, byte[]?[]> Rendered = [];

    public static void Write(IBufferWriter<byte> output, string key, in FlagResult result)
    {
        if (result.Error != FlagError.None)
            JsonWriter.Write(Failure(key, result), output);
        else
            output.Write(Success(result));
    }

    /// <summary><c>{key, reason, variant?, value?, metadata?}</c>: without a value the default in the caller's code stands.</summary>
    public static byte[] Success(in FlagResult result)
    {
        var flag = result.Flag!;
        var variant = result.Variant is { } name ? flag.FindVariant(name) : -1;
        var answers = Rendered.GetValue(flag, static made => new byte[]?[(made.Variants.Length + 1) * Reasons]);
        ref var answer = ref answers[((variant + 1) * Reasons) + (int)result.Reason];
        return answer ??= Render(flag, variant, result.Reason);
    }

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
