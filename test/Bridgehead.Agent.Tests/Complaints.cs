using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Agent.Tests;

/// <summary>What daemons log as errors. One that lives has none on a machine where everything works: work that fails and is repeated is a fault too.</summary>
internal sealed class Complaints : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _errors = [];

    public IReadOnlyCollection<string> Errors => _errors;

    public ILogger CreateLogger(string categoryName) => this;

    public ILogger<T> For<T>() => new Logger<T>(this);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            _errors.Enqueue($"{formatter(state, exception)}\n{exception}");
        }
    }

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
