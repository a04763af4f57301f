using System.Diagnostics.Metrics;
using Bridgehead.Rules;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Host;

/// <summary>
/// A worker's packet filter. There is one writer: whoever asks while a commit runs is put into the next one, together with everybody else who asked meanwhile. What somebody else
/// changes of ours is restored as soon as it is noticed.
/// </summary>
public sealed partial class FirewallWriter : IFirewall
{
    private const int MostToldAtOnce = 10;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly Meter Meter = new("bridgehead");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("bridgehead_apply_seconds");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("bridgehead_apply_failures");
    private static readonly Counter<long> Repaired = Meter.CreateCounter<long>("bridgehead_drift_repaired");

    private readonly IFirewallBackend _backend;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly IFirewallBackend? _former;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly Lock _lock = new();
    private List<Request> _waiting = [];
    private bool _started;

    /// <summary>A commit was begun and not seen to succeed: what the kernel holds is not known, and what was wanted is still pending. Belongs to the writer.</summary>
    private bool _unsure;
    private int _disturbed;

    /// <param name="former">What an earlier life of the worker may have used instead: its rules go when this one's are in place.</param>
    public FirewallWriter(IFirewallBackend backend, TimeProvider clock, ILogger<FirewallWriter> log, IFirewallBackend? former = null)
    {
        (_backend, _clock, _log, _former) = (backend, clock, log, former);
        backend.Disturbed += () => _ = RepairAsync();
    }

    public async Task StartAsync(IReadOnlyList<Policy> policies, CancellationToken cancel)
    {
        await _writer.WaitAsync(cancel);
        try
        {
            _backend.Replace(policies);
            (_started, _unsure) = (true, true);
            await CommitUntilDoneAsync(cancel);
            if (_former is not null && await _former.RetireAsync(cancel))
            {
                Retired(_log);
            }
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
            _backend.Remove(key);
        }

        foreach (var policy in request.Put)
        {
            _backend.Put(policy);
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
                ApplyFailed(_log, pause.TotalSeconds, problem.Message);
                await Task.Delay(pause, _clock, cancel);
            }
        }
    }

    private async Task CommitAsync(bool observe, CancellationToken cancel)
    {
        var started = _clock.GetTimestamp();
        var drift = await _backend.CommitAsync(observe, cancel);
        Seconds.Record(_clock.GetElapsedTime(started).TotalSeconds);
        if (drift.Count == 0)
        {
            return;
        }

        Repaired.Add(1);
        var more = drift.Count > MostToldAtOnce ? $"; and {drift.Count - MostToldAtOnce} things more" : "";
        Restored(_log, string.Join("; ", drift.Take(MostToldAtOnce)) + more);
    }

    /// <summary>Several disturbances before its turn are one look.</summary>
    private async Task RepairAsync()
    {
        if (Interlocked.Exchange(ref _disturbed, 1) == 1)
        {
            return;
        }

        await _writer.WaitAsync();
        try
        {
            Volatile.Write(ref _disturbed, 0);
            if (_started)
            {
                await CommitUntilDoneAsync(CancellationToken.None);
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    [LoggerMessage(EventId = 200, Level = LogLevel.Error, Message = "the packet filter could not be changed; the change stays pending, next try in {Seconds} s: {Reason}")]
    private static partial void ApplyFailed(ILogger log, double seconds, string reason);

    [LoggerMessage(EventId = 201, Level = LogLevel.Warning, Message = "somebody else changed the packet filter; restored: {What}")]
    private static partial void Restored(ILogger log, string what);

    [LoggerMessage(EventId = 202, Level = LogLevel.Information, Message = "the rules of the other netfilter_backend, which was used before, are gone")]
    private static partial void Retired(ILogger log);

    private sealed record Request(IReadOnlyList<Policy> Put, IReadOnlyList<string> Remove);
}
