using Bridgehead.Host;
using Bridgehead.Rules;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;

namespace Bridgehead.Agent.Tests;

/// <summary>The native back end on a machine without a kernel. A commit counts as a command of the host, so that it may be the one at which the daemons are killed; it has its whole effect or none,
/// and none when somebody else committed in between.</summary>
internal sealed class FakeNftBackend(FakeMachine machine, INftLayout layout) : IFirewallBackend
{
    private readonly NftPlan _plan = new(layout, NftModel.PrintOf);
    private int _generation;

    public event Action? Disturbed
    {
        add { }
        remove { }
    }

    public void Put(Policy policy) => _plan.Put(policy);

    public void Remove(string key) => _plan.Remove(key);

    public void Replace(IReadOnlyList<Policy> policies) => _plan.Replace(policies);

    public async Task<IReadOnlyList<string>> CommitAsync(bool observe, CancellationToken cancel)
    {
        while (true)
        {
            if (observe)
            {
                (var image, _generation) = machine.ReadNftables();
                _plan.Observe(image);
            }

            var operations = _plan.Pending();
            if (operations.Count == 0)
            {
                _plan.Committed([]);
                return [];
            }

            if (await machine.CommitAsync(operations, _generation, cancel) is var (handles, generation))
            {
                _generation = generation;
                _plan.Committed(handles);
                return [];
            }

            observe = true;
        }
    }

    public Task<IReadOnlyList<RuleChange>> PreviewAsync(CancellationToken cancel) => PreviewAsync(_plan.Pending);

    public Task<IReadOnlyList<RuleChange>> PreviewRetirementAsync(CancellationToken cancel) => PreviewAsync(_plan.Retirement);

    public async Task<bool> RetireAsync(CancellationToken cancel)
    {
        while (true)
        {
            (var image, _generation) = machine.ReadNftables();
            _plan.Observe(image);
            var operations = _plan.Retirement();
            if (operations.Count == 0)
            {
                return false;
            }

            if (await machine.CommitAsync(operations, _generation, cancel) is not null)
            {
                return true;
            }
        }
    }

    private Task<IReadOnlyList<RuleChange>> PreviewAsync(Func<IReadOnlyList<NftOperation>> operations)
    {
        var (image, _) = machine.ReadNftables();
        _plan.Observe(image);
        return Task.FromResult<IReadOnlyList<RuleChange>>([.. NftChanges.Of(operations(), new NftReading { Image = image })]);
    }
}
