namespace Setpoint.Server.Analytics;

/// <summary>
/// Which reports of a process have come: one that was answered, but whose answer got lost, is sent again with the same number and must not
/// count twice. In memory: a restart may cost one report counted twice. Safe for concurrent use.
/// </summary>
internal sealed class SeenReports
{
    /// <summary>Processes that are remembered; some 150 bytes each.</summary>
    internal const int ClientsMax = 50_000;

    private readonly Lock _gate = new();
    private Dictionary<string, long> _newer = new(StringComparer.Ordinal);
    private Dictionary<string, long> _older = new(StringComparer.Ordinal);

    /// <summary>True if the report is new. A process sends its reports in order, so a number that is not higher is one that was here.</summary>
    public bool Take(string client, long sequence)
    {
        lock (_gate)
        {
            if ((_newer.TryGetValue(client, out var last) || _older.TryGetValue(client, out last)) && sequence <= last)
                return false;

            // Two generations: whoever reports stays in the newer one, and who has been silent for a whole generation is forgotten.
            if (_newer.Count >= ClientsMax / 2 && !_newer.ContainsKey(client))
                (_older, _newer) = (_newer, new(StringComparer.Ordinal));
            _newer[client] = sequence;
            return true;
        }
    }
}
