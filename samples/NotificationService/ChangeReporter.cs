using Microsoft.Extensions.Options;

namespace NotificationService;

/// <summary>Logs a line when a value has changed. An app would rebuild its mail client here.</summary>
internal sealed partial class ChangeReporter(
    IOptionsMonitor<EmailOptions> email, IOptionsMonitor<RateLimitOptions> limit, ILogger<ChangeReporter> log) : IHostedService, IDisposable
{
    private readonly List<IDisposable?> _listening = [];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listening.Add(email.OnChange(now => EmailChanged(log, now.Enabled, now.Smtp.Host, now.Smtp.Port, now.Retries.Max)));
        _listening.Add(limit.OnChange(now => LimitChanged(log, now.PerMinute)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listening.ForEach(one => one?.Dispose());

    [LoggerMessage(1, LogLevel.Information, "email: enabled {Enabled}, {Host}:{Port}, {Retries} retries")]
    private static partial void EmailChanged(ILogger log, bool enabled, string host, int port, int retries);

    [LoggerMessage(2, LogLevel.Information, "rateLimit: {PerMinute} per minute")]
    private static partial void LimitChanged(ILogger log, int perMinute);
}
