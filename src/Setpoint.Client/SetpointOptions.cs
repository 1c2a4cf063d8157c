using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Requirements;

namespace Setpoint.Client;

/// <summary>How the client follows the server after its start.</summary>
public enum SetpointFollow
{
    /// <summary>A stream of changes; polling while the stream does not get through.</summary>
    Stream,

    /// <summary>Long polls only.</summary>
    Poll,

    /// <summary>Not at all: what was read at the start stays.</summary>
    None,
}

/// <summary>What happens when a key is missing, or is no value of its type, that the app requires.</summary>
public enum SetpointRequiredKeys
{
    /// <summary>Nothing: required keys are neither checked nor reported.</summary>
    Ignore,

    /// <summary>One log line at the start names them.</summary>
    Warn,

    /// <summary>
    /// A configuration without them is refused, as by the app's validation: a cached one that has them takes its place, or the start fails with a
    /// <see cref="SetpointStartException"/> that names all of them; later, the last good one stays.
    /// </summary>
    Fail,
}

/// <summary>
/// Where the configuration comes from and how it is followed. Read once, when the source is added; later changes have no effect.
/// Each setting that is not given in code comes from the environment variable named at it, if that is set.
/// </summary>
public sealed class SetpointOptions
{
    /// <summary>The server's address, <c>http</c> or <c>https</c>, for example <c>http://127.0.0.1:3001</c>. Required. <c>SETPOINT_URL</c>.</summary>
    public string? Server { get; set; }

    /// <summary>The API key, sent as a bearer token. <c>SETPOINT_API_KEY</c>. Either this or <see cref="ApiKeyFile"/> is required.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// A file that holds the API key. <c>SETPOINT_API_KEY_FILE</c>. Read for every connection, so that a replaced key needs no restart.
    /// </summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>The namespace to read, for example <c>notification-service</c>. Required. <c>SETPOINT_SERVICE</c>.</summary>
    public string? Service { get; set; }

    /// <summary>The environment, for example <c>production</c>; null means base layers only. <c>SETPOINT_ENVIRONMENT</c>.</summary>
    public string? Environment { get; set; }

    /// <summary>The user whose layer applies; null for none. <c>SETPOINT_USER</c>.</summary>
    public string? User { get; set; }

    /// <summary>Attributes of this process that rollouts and flags look at, for example <c>region</c>. Empty by default.</summary>
    public IDictionary<string, string> Context { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// The folder for the last good configuration, from which a process starts while the server is down. <c>SETPOINT_CACHE</c>.
    /// Null: <c>setpoint</c> in the user's local application data. Empty: no cache.
    /// </summary>
    public string? CacheFolder { get; set; }

    /// <summary>
    /// True lets the app start without any configuration when there is neither a server nor a cache; it then shows no keys until the
    /// server answers. Default: false, the start fails.
    /// </summary>
    public bool Optional { get; set; }

    /// <summary>How long the start waits for the server before it uses the cache. Default 5 s; 100 ms to 60 s.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How changes are followed. Default: <see cref="SetpointFollow.Stream"/>.</summary>
    public SetpointFollow Follow { get; set; } = SetpointFollow.Stream;

    /// <summary>
    /// The time between two polls that find nothing new. A server that supports long polls answers a change at once. Default 30 s;
    /// 1 s to 1 h.
    /// </summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>While polling: how long until the stream is tried again. Default 5 min; 10 s to 1 day.</summary>
    public TimeSpan StreamRetryInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A stream that is silent for this long is dead. The server sends something every 15 s. Default 45 s; 5 s to 10 min.</summary>
    public TimeSpan SilenceMax { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>The largest answer or event that is read, in bytes. Default 16 MiB; 1 KiB to 256 MiB.</summary>
    public int ResponseSizeMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Whether the app's options are bound and validated against a new configuration before it replaces the current one. Default: true.
    /// </summary>
    public bool ValidateOptions { get; set; } = true;

    /// <summary>Chooses which options types take part in that; null means all of them. Default: null.</summary>
    public Predicate<Type>? ValidatesOptions { get; set; }

    /// <summary>
    /// What happens when keys are missing that <see cref="Require{T}"/>, <see cref="RequireKey"/> or
    /// <see cref="SetpointExtensions.AddSetpointOptions{TOptions}"/> declare. Where any are declared, the server is told of them as well, so
    /// that <c>GET /api/services/{name}</c> shows what is missing. Default: <see cref="SetpointRequiredKeys.Warn"/>.
    /// </summary>
    public SetpointRequiredKeys RequiredKeys { get; set; } = SetpointRequiredKeys.Warn;

    /// <summary>The version of this program, in its own counting, that the server is told with the required keys. Default: null, none.</summary>
    public string? ServiceVersion { get; set; }

    /// <summary>Feature flags; off by default.</summary>
    public SetpointFlagOptions Flags { get; } = new();

    /// <summary>
    /// Makes the innermost HTTP handler, for proxies or client certificates; it must support synchronous sending, as
    /// <see cref="SocketsHttpHandler"/> does. Default: null, a <see cref="SocketsHttpHandler"/>.
    /// </summary>
    public Func<HttpMessageHandler>? HttpHandler { get; set; }

    /// <summary>Logs from the first moment on. Default: null; what happens before the host starts is logged when it does.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock behind every wait and time-out. Default: <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The luck behind the jitter of retries. Default: <see cref="Random.Shared"/>.</summary>
    public Random Random { get; set; } = Random.Shared;

    /// <summary>What was declared.</summary>
    internal List<RequiredKey> Required { get; } = [];

    /// <summary>
    /// Declares what a section must hold for an options type: its properties with <c>[Required]</c> or the modifier <c>required</c>. Nested
    /// classes take part where their property is marked itself or holds an object from the start (<c>= new()</c>); one that may stay null asks
    /// for nothing. Names are written in camel case and found ignoring case; <c>[ConfigurationKeyName]</c> counts.
    /// </summary>
    /// <param name="section">With <c>:</c> between names, as <c>BindConfiguration</c> takes it; empty for the whole configuration.</param>
    /// <returns>These options, for the next call.</returns>
    /// <remarks>
    /// Checked when the host makes its services (<see cref="SetpointExtensions.AddSetpoint(Microsoft.Extensions.DependencyInjection.IServiceCollection)"/>)
    /// or a <see cref="SetpointConnection"/> opens.
    /// </remarks>
    [RequiresUnreferencedCode(Trimming.Deriving)]
    public SetpointOptions Require<[DynamicallyAccessedMembers(OptionsKeys.Members)] T>(string section)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(section);
        Required.AddRange(OptionsKeys.Of(typeof(T), section));
        return this;
    }

    /// <summary>Declares one required key, without any reflection.</summary>
    /// <param name="key">Dotted, a JSON Pointer, or with <c>:</c> or <c>__</c> between names; case is ignored.</param>
    /// <param name="type"><c>string</c>, <c>number</c>, <c>integer</c>, <c>boolean</c>, <c>object</c> or <c>array</c>; null, the default, for any value.</param>
    /// <returns>These options, for the next call.</returns>
    /// <exception cref="ArgumentException">The key cannot be one, or the type is none of these.</exception>
    public SetpointOptions RequireKey(string key, string? type = null)
    {
        Required.Add(RequiredKey.Of(key, type));
        return this;
    }
}
