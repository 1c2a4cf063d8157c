using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Setpoint.Client.Judging;
using Setpoint.Client.Requirements;

namespace Setpoint.Client.Hosting;

/// <summary>Follows the server for as long as the host runs.</summary>
internal sealed class SetpointFollowerService : BackgroundService
{
    private readonly IReadOnlyList<SetpointRuntime> _runtimes;

    private SetpointFollowerService(IReadOnlyList<SetpointRuntime> runtimes) => _runtimes = runtimes;

    /// <summary>
    /// Makes the service and judges the first configuration. The host makes its services before it validates options and before any of them
    /// starts; so a first configuration that is refused has given way to a cached one when the app looks at its options.
    /// </summary>
    public static SetpointFollowerService Create(IServiceProvider services)
    {
        var runtimes = SetpointRuntimes.Required(services);
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var registered = services.GetRequiredService<RegisteredOptions>();
        var configuration = services.GetRequiredService<IConfiguration>();
        foreach (var runtime in runtimes)
        {
            runtime.AttachLogger(loggers);
            // What belongs to no source in particular is asked of the one that overrides the others.
            runtime.Require(runtime == runtimes[^1] ? services.GetServices<DeclaredKeys>().SelectMany(one => one.Keys) : [], configuration);
            runtime.JudgeFirst(
                OptionsJudge.Of(registered, services, runtime.Board, runtime.ValidatesOptions),
                new GuardJudge([.. services.GetServices<IConfigurationGuard>()]));
        }

        // After all of them are judged, since what one source lacks another may have.
        foreach (var runtime in runtimes)
            runtime.WarnOfMissing();
        return new(runtimes);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_runtimes.Select(runtime => runtime.RunAsync(stoppingToken)));
}
