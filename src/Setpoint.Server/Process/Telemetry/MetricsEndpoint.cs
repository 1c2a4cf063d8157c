using System.Text;
using Setpoint.Server.Http;

namespace Setpoint.Server.Process.Telemetry;

/// <summary><c>GET /metrics</c>: the figures of this server as Prometheus scrapes them. Needs a key: figures tell what goes on.</summary>
internal sealed class MetricsEndpoint(ServerMeter meter)
{
    public Task HandleAsync(HttpContext context)
    {
        var output = new PrometheusText();
        foreach (var family in meter.Board.Observe())
            output.Write(family);
        ProcessFigures.Write(output);
        return Answer.WriteAsync(context, StatusCodes.Status200OK, Encoding.UTF8.GetBytes(output.ToString()), PrometheusText.ContentType);
    }
}
