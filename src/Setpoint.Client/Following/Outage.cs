using Microsoft.Extensions.Logging;
using Setpoint.Client.Transport;

namespace Setpoint.Client.Following;

/// <summary>
/// One stretch of time without the server, told in two lines: the first failed attempt, and the summary when it is over. A retry in
/// between is told only if it fails in a new way.
/// </summary>
internal sealed class Outage(TimeProvider time, ILogger log)
{
    private readonly HashSet<FailureKind> _told = [];
    private long _since;
    private int _attempts;
    private bool _open;

    /// <summary>True if an attempt has failed since the server was last there.</summary>
    public bool IsFelt => _attempts > 0;

    /// <summary>The connection is gone. A stream that ends is ordinary, so nothing is told before an attempt has failed.</summary>
    public void Begin()
    {
        if (_open)
            return;
        _open = true;
        _since = time.GetTimestamp();
    }

    public void Failed(FetchOutcome.Failed failure, long revision)
    {
        Begin();
        _attempts++;
        if (!_told.Add(failure.Kind))
            return;
        if (failure.Kind == FailureKind.Unauthorized)
            log.Unauthorized(failure.Message, revision);
        else
            log.OutageBegan(failure.Message, revision);
    }

    public void End(long revision)
    {
        if (_told.Count > 0)
            log.OutageEnded(time.GetElapsedTime(_since).TotalSeconds, _attempts, revision);
        _told.Clear();
        _attempts = 0;
        _open = false;
    }
}
