using System.Diagnostics.Metrics;
using Bridgehead.Rules;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Host;

/// <summary>
/// A worker's packet filter. There is one writer: whoever asks while a commit runs is put into the next one, together with everybody else who asked meanwhile.
/// </summary>
public sealed partial class FirewallWriter(IFirewallBackend backend, TimeProvider clock, ILogger<FirewallWriter> log) : IFirewall
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly Meter Meter = new("bridgehead");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("bridgehead_apply_seconds");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("bridgehead_apply_failures");

    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly Lock _lock = new();
    private List<Request> _waiting = [];
    private bool _started;

    /// <summary>A commit was begun and not seen to succeed: what the kernel holds is not known, and what was wanted is still pending. Belongs to the writer.</summary>
    private bool _unsure;

    public async Task StartAsync(IReadOnlyList<Policy> policies, CancellationToken cancel)
    {
        await _writer.WaitAsync(cancel);
        try
        {
            backend.Replace(policies);
            (_started, _unsure) = (true, true);
            await CommitUntilDoneAsync(cancel);
        }
        finally
        {
            _writer.Release();
        }
    }

    public async Task ApplyAsync(IReadOnlyList<Policy> put, IReadOnlyList<string> removeKeys, CancellationToken cancel)
    {
        var request = new Request(put, removeKeys);
        lock (_lock)
        {
            _waiting.Add(request);
        }

        await _writer.WaitAsync(cancel);
        try
        {
            if (!_started)
            {
                throw new InvalidOperationException("the packet filter was not started: it would take every chain that is not in this change for a stale one");
            }

            var requests = Take();
            requests.ForEach(Enter);

            // Somebody else's commit may have carried this one already; or somebody who took it gave up before it was in the kernel.
            if (requests.Count > 0 || _unsure)
            {
                await CommitUntilDoneAsync(cancel);
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    private List<Request> Take()
    {
        lock (_lock)
        {
            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    private void Enter(Request request)
    {
        foreach (var key in request.Remove)
        {
            backend.Remove(key);
        }

        foreach (var policy in request.Put)
        {
            backend.Put(policy);
        }
    }

    private async Task CommitUntilDoneAsync(CancellationToken cancel)
    {
        for (var pause = First; ; pause = pause * 2 > Longest ? Longest : pause * 2)
        {
            try
            {
                var observe = _unsure;
                _unsure = true;
                await CommitAsync(observe, cancel);
                _unsure = false;
                return;
            }
            catch (Exception problem) when (problem is CommandFailedException or FirewallException)
            {
                Failures.Add(1);
                ApplyFailed(log, pause.TotalSeconds, problem.Message);
                await Task.Delay(pause, clock, cancel);
            }
        }
    }

    private async Task CommitAsync(bool observe, CancellationToken cancel)
    {
        var started = clock.GetTimestamp();
        await backend.CommitAsync(observe, cancel);
        Seconds.Record(clock.GetElapsedTime(started).TotalSeconds);
    }

    [LoggerMessage(EventId = 200, Level = LogLevel.Error, Message = "the packet filter could not be changed; the change stays pending, next try in {Seconds} s: {Reason}")]
    private static partial void ApplyFailed(ILogger log, double seconds, string reason);

    private sealed record Request(IReadOnlyList<Policy> Put, IReadOnlyList<string> Remove);
}
