using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Setpoint.Client.Tests;

/// <summary>Keeps what is logged under one category.</summary>
internal sealed class LogLines : ILoggerFactory, ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Id, LogLevel Level, string Text)> _lines = new();

    public IReadOnlyList<(int Id, LogLevel Level, string Text)> All => [.. _lines];

    public int Count(int id) => _lines.Count(line => line.Id == id);

    public string Text => string.Join('\n', _lines.Select(line => $"{line.Id} {line.Text}"));

    public ILogger CreateLogger(string categoryName) => categoryName == "Setpoint.Client" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, logLevel, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception.GetType().Name}"));

    public void Dispose()
    {
    }
}
