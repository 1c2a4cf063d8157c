using System.Diagnostics.Metrics;
using Setpoint.Server.Process;

namespace Setpoint.Server.Configs;

/// <summary>Figures about reading. Safe for concurrent use.</summary>
internal sealed class ConfigMetrics
{
    // Boxed once: a read must not allocate for being counted.
    private static readonly KeyValuePair<string, object?> Fresh = new("status", 200);
    private static readonly KeyValuePair<string, object?> NotModified = new("status", 304);
    private static readonly KeyValuePair<string, object?> Hit = new("result", "hit");
    private static readonly KeyValuePair<string, object?> Miss = new("result", "miss");

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

    public void Read(bool notModified) => _reads.Add(1, notModified ? NotModified : Fresh);

    public void Rendered(bool hit) => _renders.Add(1, hit ? Hit : Miss);

    public void Resolved() => _resolves.Add(1);

    public void ReadStore() => _storeReads.Add(1);
}
