using System.Globalization;
using Setpoint.Core.Json;
using Setpoint.Server.Flags;

namespace Setpoint.Server.Ofrep;

/// <summary>
/// The state of a flag configuration: <c>version.moments</c>, where moments are those of schedules that have come. Later states compare greater.
/// </summary>
internal sealed record ConfigTag
{
    private readonly int _moments;

    public ConfigTag(string text)
    {
        Text = text;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        // What cannot be read was made elsewhere; it counts as newer than anything, so that nothing is held back because of it.
        var isRead = dot > 0
            & long.TryParse(text.AsSpan(0, Math.Max(dot, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            & int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _moments);
        IsKnown = isRead;
        Version = isRead ? version : 0;
    }

    public string Text { get; }

    /// <summary>The newest version among its documents; 0 if the text cannot be read.</summary>
    public long Version { get; }

    private bool IsKnown { get; }

    /// <summary>What <c>flagConfigEtag</c> or <c>flagConfigLastModified</c> announces; null if neither is there.</summary>
    public static ConfigTag? Announced(HttpRequest request)
    {
        if (request.Query["flagConfigEtag"] is [{ Length: > 0 } tag])
            return new(tag.Trim('"'));
        // This server never says when a configuration was modified, so that a time was said by something else.
        return request.Query["flagConfigLastModified"].Count > 0 ? new("") : null;
    }

    /// <summary>True if the other one is newer, or nothing is known of it.</summary>
    public bool IsOlderThan(ConfigTag? other) =>
        other is not null && (!other.IsKnown || other.Version > Version || (other.Version == Version && other._moments > _moments));

    /// <summary>
    /// The tag of an answer about all flags: of the configuration, the caller, the whole context, and the address of its stream, for an
    /// answer that was kept beyond that address's time would lead nowhere.
    /// </summary>
    public static string OfAnswer(ActiveFlags flags, ConfigTag config, string principal, JsonObject context, DateTimeOffset now)
    {
        var fields = new JsonArray(
        [
            new JsonString(flags.Set.Namespace),
            new JsonString(flags.Set.Environment),
            new JsonString(config.Text),
            new JsonString(principal),
            context,
            JsonNumber.Of(StreamTokens.PeriodOf(now)),
            // A flag that asks for the time may be another one each second.
            JsonNumber.Of(flags.Set.ReadsTime ? now.ToUnixTimeSeconds() : 0),
        ]);
        return CanonicalJson.FingerprintOf(fields).ToShortText();
    }
}
