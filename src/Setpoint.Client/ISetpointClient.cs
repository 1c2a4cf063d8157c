using System.Diagnostics.CodeAnalysis;

namespace Setpoint.Client;

/// <summary>
/// The current configuration of this process, and its changes. Every member is safe to use from any thread. Reads look at memory only,
/// see one complete configuration each, and never throw because of what a configuration holds.
/// </summary>
/// <remarks>
/// Keys are those of <c>IConfiguration</c>: <c>email:smtp:port</c>, <c>channels:0</c>, case ignored. Values are the server's alone: other
/// configuration providers of the app, such as environment variables, do not show here. Where a key names a section or a watch, an empty
/// one names the whole configuration.
/// Events and watches are called one after another on the client's own thread, after the new configuration can be read; what they throw
/// is logged and stops nothing. Keep them short: the next change waits for them.
/// </remarks>
public interface ISetpointClient
{
    /// <summary>What the client is doing, and what it last refused or failed at.</summary>
    SetpointStatus Status { get; }

    /// <summary>The feature flags. They need <see cref="SetpointFlagOptions.Enabled"/>; without it every evaluation gives its fallback.</summary>
    ISetpointFlags Flags { get; }

    /// <summary>A new configuration was bound, validated and swapped in.</summary>
    event EventHandler<ConfigurationUpdatedEventArgs>? ConfigurationUpdated;

    /// <summary>A new configuration was refused by the app's validation; the last good one stays.</summary>
    event EventHandler<ConfigurationRefusedEventArgs>? ConfigurationRefused;

    /// <summary>An operator asked this service to reload.</summary>
    event EventHandler<ConfigurationReloadEventArgs>? ConfigurationReload;

    /// <summary>The value at a key as text; null if the key is absent, null or not a leaf.</summary>
    string? Get(string key);

    /// <summary>The value at a key as text. False if there is no such leaf; a null value is there.</summary>
    bool TryGet(string key, out string? value);

    /// <summary>
    /// The value at a key, converted; the fallback if it is absent, null or cannot be converted, which the status then counts. Takes
    /// text, Boolean, integer, floating-point and decimal types, enums, <see cref="Guid"/>, <see cref="Uri"/>, <see cref="TimeSpan"/>,
    /// <see cref="DateTime"/>, <see cref="DateTimeOffset"/>, <see cref="DateOnly"/>, <see cref="TimeOnly"/>, and their nullable forms.
    /// </summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    T? GetValue<T>(string key, T? fallback = default);

    /// <summary>A new object bound to the section at a key, all of it from one configuration; null if the section is absent or cannot be bound.</summary>
    [RequiresUnreferencedCode(Trimming.Binding)]
    [RequiresDynamicCode(Trimming.Binding)]
    T? Get<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(string key)
        where T : class;

    /// <summary>
    /// The value at a key, converted when a configuration arrives rather than at each read: reading it costs a few nanoseconds and
    /// allocates nothing. Conversion and fallback as in <see cref="GetValue{T}"/>. Get it once and keep it.
    /// </summary>
    SetpointHandle<T> Handle<T>(string key, T fallback);

    /// <summary>
    /// The section at a key, bound when a configuration arrives. A configuration that cannot be bound to it is refused as a whole. While
    /// the section is absent the value is a new <typeparamref name="T"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The current configuration cannot be bound to it.</exception>
    [RequiresUnreferencedCode(Trimming.Binding)]
    [RequiresDynamicCode(Trimming.Binding)]
    SetpointHandle<T> Handle<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] T>(string key)
        where T : class, new();

    /// <summary>
    /// Calls back after each update that changed the value at the key or anything below it. Dispose the result to stop.
    /// </summary>
    IDisposable Watch(string key, Action<ConfigurationChange> callback);
}
