using System.Buffers;
using System.Runtime.CompilerServices;
using Setpoint.Core.Flags;
using Setpoint.Core.Json;

namespace Setpoint.Server.Flags;

/// <summary>Answers of <c>/api/features/evaluate</c>, put together from pieces that are rendered once for each flag.</summary>
internal static class EvaluationJson
{
    // By flag: what a new version of a flag needs is made anew, and what is gone goes with it.
    private static readonly ConditionalWeakTable<Flag, Pieces> Known = [];

    /// <summary>Writes <c>"key":{enabled, value?, variant?, reason, configuration?, errorCode?, errorDetails?}</c>.</summary>
    public static void Write(IBufferWriter<byte> output, string key, in FlagResult result)
    {
        if (result.Flag is not { } flag)
        {
            JsonWriter.Write(new JsonString(key), output);
            output.Write(":{\"enabled\":false,\"reason\":\"ERROR\""u8);
            WriteError(output, result);
            return;
        }

        var pieces = Known.GetValue(flag, static made => new Pieces(made));
        output.Write(pieces.Key);
        output.Write(IsOn(flag, result) ? ":{\"enabled\":true"u8 : ":{\"enabled\":false"u8);
        if (result.Variant is { } variant)
            output.Write(pieces.Variants[flag.FindVariant(variant)]);
        output.Write(ReasonBytes.Of(result.Reason));
        if (result.Error == FlagError.None)
            output.Write("}"u8);
        else
            WriteError(output, result);
    }

    /// <summary>
    /// What an <c>if</c> around the feature wants to know: a boolean flag that is true, or another that serves a variant that is not its off variant.
    /// </summary>
    public static bool IsOn(Flag flag, in FlagResult result) => result.Error == FlagError.None
        && result.Variant is { } variant
        && (flag.Type == FlagType.Boolean ? result.GetBoolean(fallback: false) : variant != flag.OffVariant);

    private static void WriteError(IBufferWriter<byte> output, in FlagResult result)
    {
        output.Write(",\"errorCode\":"u8);
        JsonWriter.Write(new JsonString(result.Error.ToWire()!), output);
        output.Write(",\"errorDetails\":"u8);
        JsonWriter.Write(new JsonString(result.ErrorMessage ?? ""), output);
        output.Write("}"u8);
    }

    private sealed class Pieces(Flag flag)
    {
        public byte[] Key { get; } = JsonWriter.ToUtf8(new JsonString(flag.Key));

        /// <summary>By number of the variant.</summary>
        public byte[][] Variants { get; } = [.. flag.Variants.Select(Render)];

        private static byte[] Render(FlagVariant variant)
        {
            var fields = new JsonObjectBuilder(3).Add("value", variant.Value).Add("variant", variant.Name);
            // The seeds' word for what a variant brings along.
            if (variant.Value is JsonObject configuration)
                fields.Add("configuration", configuration);
            var json = JsonWriter.ToUtf8(fields.Build());
            json[0] = (byte)',';
            return json[..^1];
        }
    }
}
