using Microsoft.Extensions.Logging;

namespace Setpoint.Client.Hosting;

/// <summary>Keeps the lines of the start, which happens before the app has logging, and says them when it has.</summary>
internal sealed class DeferredLogger : ILogger
{
    // A start says a handful of lines; the bound is for a client whose host never starts.
    private const int PendingMax = 64;

    private readonly Lock _attaching = new();
    private readonly List<Action<ILogger>> _pending = [];
    private volatile ILogger? _target;

    public void Attach(ILogger target)
    {
        lock (_attaching)
        {
            if (_target is not null)
                return;
            foreach (var line in _pending)
                line(target);
            _pending.Clear();
            _target = target;
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _target?.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => _target?.IsEnabled(logLevel) ?? true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (_target is { } target)
        {
            target.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        lock (_attaching)
        {
            if (_target is { } attached)
                attached.Log(logLevel, eventId, state, exception, formatter);
            else if (_pending.Count < PendingMax)
                _pending.Add(logger => logger.Log(logLevel, eventId, state, exception, formatter));
        }
    }
}
