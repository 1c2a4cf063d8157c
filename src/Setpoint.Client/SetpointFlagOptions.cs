using Setpoint.Core.Flags;

namespace Setpoint.Client;

/// <summary>Feature flags: whether this process uses them, and which.</summary>
/// <remarks>
/// Every evaluation sees these attributes unless its context says otherwise: <c>service</c>, <c>environment</c>, and what
/// <see cref="SetpointOptions.Context"/> holds; <see cref="SetpointOptions.User"/> is the targeting key of a context without one.
/// </remarks>
public sealed class SetpointFlagOptions
{
    /// <summary>
    /// True to fetch and follow flags. Default: false, so that an app without flags asks for none; evaluations then give their fallback. Needs
    /// <see cref="SetpointOptions.Environment"/>.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The namespaces whose flags are used, at most 8; of flags with the same key the first namespace's counts. Empty, the default: the
    /// service's own, then <c>global</c>, where the server puts flags that name no namespace.
    /// </summary>
    public IList<string> Namespaces { get; } = [];

    /// <summary>The attributes of the app's <see cref="TypedFlagContext"/>, which flags then read by position. Default: null, none.</summary>
    public FlagContextSchema? Schema { get; set; }

    /// <summary>Whether the server is told how often each flag gave which answer. Default: true.</summary>
    public bool ReportsExposures { get; set; } = true;

    /// <summary>
    /// Whether the server is also told, about, how many different targeting keys asked each flag: 4 KiB of memory for each flag that is asked
    /// for, and no key leaves the process. Default: true; without <see cref="ReportsExposures"/> it has no effect.
    /// </summary>
    public bool CountsTargetingKeys { get; set; } = true;

    /// <summary>The time between two such reports. Default 10 s; 1 s to 10 min.</summary>
    public TimeSpan ExposureInterval { get; set; } = TimeSpan.FromSeconds(10);
}
