using System.Diagnostics.Metrics;
using Setpoint.Server.Process;

namespace Setpoint.Server.Configs;

/// <summary>Figures about reading. Safe for concurrent use.</summary>
internal sealed class ConfigMetrics
{
    private readonly Counter<long> _reads;
    private readonly Counter<long> _renders;
    private readonly Counter<long> _resolves;
    private readonly Counter<long> _storeReads;

    public ConfigMetrics(ServerMeter meter)
    {
        _reads = meter.Counter("setpoint.config.reads", "{read}", "Answered reads of effective configurations, by status.");
        _renders = meter.Counter("setpoint.config.renders", "{render}", "Reads by whether the rendered bytes were there.");
        _resolves = meter.Counter("setpoint.config.resolves", "{resolve}", "Merges of layers into an effective configuration.");
        _storeReads = meter.Counter("setpoint.config.store_reads", "{read}", "Reads that had to go to the store: those of the past.");
    }

    public void Read(int status) => _reads.Add(1, new KeyValuePair<string, object?>("status", status));

    public void Rendered(bool hit) => _renders.Add(1, new KeyValuePair<string, object?>("result", hit ? "hit" : "miss"));

    public void Resolved() => _resolves.Add(1);

    public void ReadStore() => _storeReads.Add(1);
}
