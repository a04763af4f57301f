using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Host;

/// <summary>A worker's rules in iptables. While it reads and changes, other workers of the host that are about to do the same wait at the lock file.</summary>
public sealed class IptablesBackend(FirewallPlan plan, IptablesPrograms programs, string lockFile, TimeProvider clock) : IFirewallBackend
{
    public void Put(Policy policy) => plan.Put(policy);

    public void Remove(string key) => plan.Remove(key);

    public void Replace(IReadOnlyList<Policy> policies) => plan.Replace(policies);

    public event Action? Disturbed
    {
        add { }
        remove { }
    }

    public async Task<IReadOnlyList<string>> CommitAsync(bool observe, CancellationToken cancel)
    {
        foreach (var family in plan.Families)
        {
            using var held = observe ? await FileLock.TakeAsync(lockFile, clock, cancel) : null;
            if (observe)
            {
                plan.Observe(family, await programs.SaveAsync(family, cancel));
            }

            var text = plan.Pending(family);
            if (text.Length > 0)
            {
                await programs.RestoreAsync(family, text, cancel);
            }

            plan.Committed(family);
        }

        return [];
    }
}
