using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>Takes in what is wanted, and says at the end what that would change in the kernel.</summary>
/// <param name="former">What an earlier life of the worker may have used instead; its rules would go.</param>
public sealed class DryRunFirewall(IFirewallBackend backend, IFirewallBackend? former) : IFirewall
{
    private readonly Lock _lock = new();
    private bool _started;

    public Task StartAsync(IReadOnlyList<Policy> policies, CancellationToken cancel)
    {
        lock (_lock)
        {
            backend.Replace(policies);
            _started = true;
        }

        return Task.CompletedTask;
    }

    public Task ApplyAsync(IReadOnlyList<Policy> put, IReadOnlyList<string> removeKeys, CancellationToken cancel)
    {
        lock (_lock)
        {
            foreach (var key in removeKeys)
            {
                backend.Remove(key);
            }

            foreach (var policy in put)
            {
                backend.Put(policy);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Reads the kernel. Empty when nothing was wanted: a daemon that never starts its packet filter changes none.</summary>
    public async Task<IReadOnlyList<RuleChange>> ChangesAsync(CancellationToken cancel) =>
        !_started ? [] : [.. await backend.PreviewAsync(cancel), .. former is null ? [] : await former.PreviewRetirementAsync(cancel)];
}
