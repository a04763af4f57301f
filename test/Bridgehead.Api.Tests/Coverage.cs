using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Which test got a successful answer from which route: tests note the ids of their requests, the servers' logs tell the routes.</summary>
internal static class Coverage
{
    /// <summary>Tests that send everything everywhere cover nothing in particular.</summary>
    private static readonly string[] Sweeping = [nameof(HostileInputTests), nameof(AccessTests), nameof(StoreDownTests)];

    private static readonly ConcurrentDictionary<string, (string Name, int Code)> Tests = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, (string Method, string Route)> Routed = new(StringComparer.Ordinal);

    public static void Sent(HttpResponseMessage answer)
    {
        if (answer.Headers.TryGetValues("x-openstack-request-id", out var ids) && TestContext.Current.TestMethod is { } test && !Sweeping.Contains(test.TestClass.TestClassSimpleName))
        {
            Tests[ids.First()] = ($"{test.TestClass.TestClassSimpleName}.{test.MethodName}", (int)answer.StatusCode);
        }
    }

    public static void Answered(string id, string method, string route) => Routed[id] = (method, route);

    /// <summary>One test for each route that has any: the first by name. What always refuses is covered by a test that was refused as its description says.</summary>
    public static IReadOnlyDictionary<(string Method, string Route), string> Covered(IEnumerable<Route> routes)
    {
        var refusing = routes.Where(route => route.Status >= 400).ToDictionary(route => (route.Method, route.Pattern), route => route.Status);
        return Tests
            .Where(test => Routed.TryGetValue(test.Key, out var route) && (test.Value.Code < 400 || test.Value.Code == refusing.GetValueOrDefault(route)))
            .GroupBy(test => Routed[test.Key], test => test.Value.Name)
            .ToDictionary(tests => tests.Key, tests => tests.Min(StringComparer.Ordinal)!);
    }
}

/// <summary>Notes every answer that a cloud's client gets.</summary>
internal sealed class CoverageHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var answer = await base.SendAsync(request, cancellationToken);
        Coverage.Sent(answer);
        return answer;
    }
}

/// <summary>A server's log as its test sees it: whole lines, and errors apart.</summary>
public sealed class CallLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    /// <summary>Everything that was logged, one text each, with the exception where there is one.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}".TrimEnd());
        if (eventId.Id == 300 && state is IReadOnlyList<KeyValuePair<string, object?>> values)
        {
            string Value(string name) => $"{values.Single(value => value.Key == name).Value}";
            Coverage.Answered(Value("Id"), Value("Method"), Value("Route"));
        }
    }

    public void Dispose()
    {
    }
}
