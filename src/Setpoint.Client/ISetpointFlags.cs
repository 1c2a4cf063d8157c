using Setpoint.Core.Flags;
using Setpoint.Core.Json;

namespace Setpoint.Client;

/// <summary>
/// The feature flags of this process, evaluated in it: no request is made, and booleans, texts and numbers allocate nothing. Every member is
/// safe to use from any thread. An evaluation never throws and never waits: what goes wrong gives the fallback, and the details say why, in
/// OpenFeature's words.
/// </summary>
/// <remarks>
/// Of flags with the same key in several namespaces, that of the first one in <see cref="SetpointFlagOptions.Namespaces"/> counts. A context
/// is who is asking; null asks for nobody in particular. Attributes of the process are added to each: see <see cref="SetpointFlagOptions"/>.
/// Make a context once for a user or a request and use it for all flags.
/// </remarks>
public interface ISetpointFlags
{
    /// <summary>Which flags are here, and what keeps others away.</summary>
    SetpointFlagsStatus Status { get; }

    /// <summary>
    /// Flags changed, by the server or because a schedule came to a start, an end or a step: told after the new ones answer, on the client's own
    /// threads, once for each namespace; two namespaces may be told of at once. Rules that compare the time themselves (<c>$flagd.timestamp</c>)
    /// are not told. What handlers throw is logged and stops nothing.
    /// </summary>
    event EventHandler<FlagsChangedEventArgs>? Changed;

    /// <summary>The boolean that the flag serves; the fallback where it serves none.</summary>
    bool GetBoolean(string key, bool fallback, FlagContext? context = null);

    /// <summary>The text that the flag serves; the fallback where it serves none.</summary>
    string GetString(string key, string fallback, FlagContext? context = null);

    /// <summary>The number that the flag serves; the fallback where it serves none.</summary>
    double GetNumber(string key, double fallback, FlagContext? context = null);

    /// <summary>The number that the flag serves, if it is whole and fits; the fallback else, and where it serves none.</summary>
    long GetInteger(string key, long fallback, FlagContext? context = null);

    /// <summary>The object that the flag serves; the fallback where it serves none.</summary>
    JsonObject GetObject(string key, JsonObject fallback, FlagContext? context = null);

    /// <summary>As <see cref="GetBoolean"/>, with the variant, the reason and what went wrong.</summary>
    FlagDetails<bool> GetBooleanDetails(string key, bool fallback, FlagContext? context = null);

    /// <summary>As <see cref="GetString"/>, with the variant, the reason and what went wrong.</summary>
    FlagDetails<string> GetStringDetails(string key, string fallback, FlagContext? context = null);

    /// <summary>As <see cref="GetNumber"/>, with the variant, the reason and what went wrong.</summary>
    FlagDetails<double> GetNumberDetails(string key, double fallback, FlagContext? context = null);

    /// <summary>As <see cref="GetInteger"/>, with the variant, the reason and what went wrong.</summary>
    FlagDetails<long> GetIntegerDetails(string key, long fallback, FlagContext? context = null);

    /// <summary>As <see cref="GetObject"/>, with the variant, the reason and what went wrong.</summary>
    FlagDetails<JsonObject> GetObjectDetails(string key, JsonObject fallback, FlagContext? context = null);
}
