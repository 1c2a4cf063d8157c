using Setpoint.Client.Flags;
using Setpoint.Client.Snapshots;

namespace Setpoint.Client.Transport;

/// <summary>Why there is no answer to be had, as far as the follower acts on it differently.</summary>
internal enum FailureKind
{
    /// <summary>No connection, a time-out, or a server or proxy that has trouble of its own.</summary>
    Unreachable,

    /// <summary>401 or 403, or the key cannot be read.</summary>
    Unauthorized,

    /// <summary>404: no such namespace or environment.</summary>
    Missing,

    /// <summary>Another 4xx: the same request will be refused again.</summary>
    Refused,

    /// <summary>503 Behind: this server has not reached the revision that the client has seen.</summary>
    Behind,

    /// <summary>429, or 503 with a time to wait.</summary>
    Busy,

    /// <summary>An answer that is none of the contract: not JSON, the wrong shape, another service's, too large.</summary>
    Garbage,

    /// <summary>The stream is not offered, or connects and stays silent, as behind a proxy that buffers.</summary>
    NoStream,
}

/// <summary>What one request came to.</summary>
internal abstract record FetchOutcome
{
    private FetchOutcome()
    {
    }

    /// <summary>A configuration.</summary>
    public sealed record Fetched(ConfigurationSnapshot Snapshot) : FetchOutcome;

    /// <summary>The flags of a namespace.</summary>
    public sealed record Defined(FlagDefinitions Definitions) : FetchOutcome;

    /// <summary>304: what the client has is current at this revision.</summary>
    public sealed record Unchanged(long Revision) : FetchOutcome;

    /// <summary>No answer. The message is for people and holds no secret and no value.</summary>
    public sealed record Failed(FailureKind Kind, string Message, TimeSpan? RetryAfter = null) : FetchOutcome;
}
