using System.Collections.Immutable;

namespace Setpoint.Client;

/// <summary>What the client is doing.</summary>
public enum SetpointState
{
    /// <summary>It does not follow: not started yet, told not to, or stopped.</summary>
    Idle,

    /// <summary>A stream is open; changes arrive within milliseconds.</summary>
    Streaming,

    /// <summary>The stream does not get through; it polls.</summary>
    Polling,

    /// <summary>The server does not answer; the last good configuration stays and the client keeps trying.</summary>
    Disconnected,

    /// <summary>The server refuses the API key; the last good configuration stays and the client tries again slowly.</summary>
    Unauthorized,
}

/// <summary>Where the current configuration came from.</summary>
public enum SetpointOrigin
{
    /// <summary>There is none yet: an optional client without server and cache.</summary>
    None,

    /// <summary>The disk cache; the server has not confirmed it yet.</summary>
    Cache,

    /// <summary>The server.</summary>
    Server,
}

/// <summary>One rule that a new configuration broke.</summary>
/// <param name="Subject">What refused: an options type with its name, a guard, or a bound handle with its key.</param>
/// <param name="Message">The failure as the app's validation words it. Configuration values are left out where this library words it.</param>
public sealed record ConfigurationFailure(string Subject, string Message);

/// <summary>A configuration that was not taken because the app's own validation refused it.</summary>
/// <param name="Revision">The revision at which it was seen.</param>
/// <param name="Version">The version of the refused configuration.</param>
/// <param name="At">When it was refused.</param>
/// <param name="Failures">Every failure.</param>
public sealed record ConfigurationRefusal(long Revision, long Version, DateTimeOffset At, ImmutableArray<ConfigurationFailure> Failures)
{
    /// <summary>The failures in one line.</summary>
    public override string ToString() => string.Join(" | ", Failures.Select(failure => $"{failure.Subject}: {failure.Message}"));
}

/// <summary>A moment of the client, immutable. Read it as often as you like.</summary>
public sealed record SetpointStatus
{
    /// <summary>What the client is doing.</summary>
    public SetpointState State { get; init; }

    /// <summary>Where the current configuration came from.</summary>
    public SetpointOrigin Origin { get; init; }

    /// <summary>The newest revision at which the current configuration was confirmed; 0 while there is none.</summary>
    public long Revision { get; init; }

    /// <summary>The version of the current configuration; 0 while there is none.</summary>
    public long Version { get; init; }

    /// <summary>When the server was last heard of; null if never.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>The refusal that keeps the current configuration from being the server's newest; null while it is the newest.</summary>
    public ConfigurationRefusal? LastRefusal { get; init; }

    /// <summary>The last problem with the server, the cache or a callback, in words; null if there was none since the last recovery.</summary>
    public string? LastError { get; init; }

    /// <summary>How many reads returned their fallback because the value could not be converted.</summary>
    public long ConversionFailures { get; init; }

    /// <summary>The newest of them: key and wanted type, never the value.</summary>
    public string? LastConversionFailure { get; init; }
}
