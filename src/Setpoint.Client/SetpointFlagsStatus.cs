using System.Collections.Immutable;

namespace Setpoint.Client;

/// <summary>A moment of the flags, immutable.</summary>
/// <param name="IsReady">True if every namespace has flags, from the server or the cache. False for a client that does not use flags.</param>
/// <param name="Namespaces">In the order in which they count; empty for a client that does not use flags.</param>
/// <param name="ExposuresDropped">Counted evaluations of which the server was never told, because it was away for too long or refused them.</param>
public sealed record SetpointFlagsStatus(bool IsReady, ImmutableArray<FlagNamespaceStatus> Namespaces, long ExposuresDropped);

/// <summary>The flags of one namespace at one moment.</summary>
/// <param name="Namespace">Its name.</param>
/// <param name="Origin">Where they came from.</param>
/// <param name="Revision">The newest revision at which they were read or confirmed; 0 while there are none.</param>
/// <param name="Count">How many there are.</param>
/// <param name="LastError">Why newer ones cannot be had, in words; null if nothing is known to be in the way.</param>
public sealed record FlagNamespaceStatus(string Namespace, SetpointOrigin Origin, long Revision, int Count, string? LastError);

/// <summary>Flags changed.</summary>
public sealed class FlagsChangedEventArgs : EventArgs
{
    internal FlagsChangedEventArgs(string ns, long revision, ImmutableArray<string> keys)
    {
        Namespace = ns;
        Revision = revision;
        Keys = keys;
    }

    /// <summary>The namespace of these flags.</summary>
    public string Namespace { get; }

    /// <summary>The revision at which they were read or confirmed; the same as before where a schedule changed them.</summary>
    public long Revision { get; }

    /// <summary>Keys of the flags that may answer differently now, removed ones and those that depend on others included; in ordinal order, never empty.</summary>
    public ImmutableArray<string> Keys { get; }
}
