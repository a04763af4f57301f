using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;

namespace Bridgehead.Host;

/// <summary>
/// A worker's rules in iptables. While it reads and changes, other workers of the host that are about to do the same wait at the lock file. When somebody may have disturbed our chains, they are read
/// and restored.
/// </summary>
public sealed class IptablesBackend : IFirewallBackend
{
    private readonly FirewallPlan _plan;
    private readonly IptablesPrograms _programs;
    private readonly string _lockFile;
    private readonly IHostFiles _files;
    private readonly IDisturbance? _disturbance;

    /// <param name="disturbance">Null: nobody else is expected.</param>
    public IptablesBackend(FirewallPlan plan, IptablesPrograms programs, IHostFiles files, string lockFile, IDisturbance? disturbance = null)
    {
        (_plan, _programs, _files, _lockFile, _disturbance) = (plan, programs, files, lockFile, disturbance);
        if (disturbance is not null)
        {
            disturbance.Disturbed += () => Disturbed?.Invoke();
        }
    }

    public event Action? Disturbed;

    private IptablesRemoval Removal => new(_programs, _files, _lockFile, [_plan.Worker]);

    public void Put(Policy policy) => _plan.Put(policy);

    public void Remove(string key) => _plan.Remove(key);

    public void Replace(IReadOnlyList<Policy> policies) => _plan.Replace(policies);

    public async Task<IReadOnlyList<RuleChange>> PreviewAsync(CancellationToken cancel)
    {
        var changes = new List<RuleChange>();
        foreach (var family in _plan.Families)
        {
            _plan.Observe(family, await _programs.SaveAsync(family, cancel));
            changes.AddRange(_plan.Changes(family));
        }

        return changes;
    }

    public Task<IReadOnlyList<RuleChange>> PreviewRetirementAsync(CancellationToken cancel) => Removal.PreviewRetirementAsync(cancel);

    public Task<bool> RetireAsync(CancellationToken cancel) => Removal.RetireAsync(cancel);

    public async Task<IReadOnlyList<string>> CommitAsync(bool observe, CancellationToken cancel)
    {
        var suspect = _disturbance?.Take() ?? false;
        var (commits, drift) = (0, new List<string>());
        foreach (var family in _plan.Families)
        {
            using var held = observe || suspect ? await _files.LockAsync(_lockFile, cancel) : null;
            var wanted = suspect && !observe ? _plan.Pending(family) : null;
            if (observe || suspect)
            {
                _plan.Observe(family, await _programs.SaveAsync(family, cancel));
            }

            var text = _plan.Pending(family);
            if (text.Length > 0)
            {
                await _programs.RestoreAsync(family, text, cancel);
                commits += text.AsSpan().Count("\nCOMMIT\n");
            }

            _plan.Committed(family);
            drift.AddRange(wanted is null ? [] : IptablesDrift.Describe(text, wanted));
        }

        _disturbance?.Own(commits);
        return drift;
    }
}
