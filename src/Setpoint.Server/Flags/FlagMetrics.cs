using System.Diagnostics.Metrics;
using Setpoint.Server.Process;

namespace Setpoint.Server.Flags;

/// <summary>Figures about flags. Safe for concurrent use.</summary>
internal sealed class FlagMetrics(ServerMeter meter)
{
    private readonly Counter<long> _failures =
        meter.Counter("setpoint.flags.compile_failures", "{flag}", "Flags that a bug kept from being compiled, once for each environment and version.");

    public void CompileFailed(int flags) => _failures.Add(flags);
}
