using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Testing;

/// <summary>A worker's plan against an <see cref="NftModel"/>: what a daemon does, without the firewall's queue.</summary>
public sealed class NftRun(NftModel kernel, INftLayout layout)
{
    public NftPlan Plan { get; } = new(layout, NftModel.PrintOf);

    /// <summary>As at a daemon's start. Returns what was sent to the kernel.</summary>
    public IReadOnlyList<NftOperation> Start(params IReadOnlyList<Policy> policies)
    {
        Plan.Replace(policies);
        Plan.Observe(kernel.Read());
        return Commit();
    }

    public IReadOnlyList<NftOperation> Put(params IReadOnlyList<Policy> policies)
    {
        foreach (var policy in policies)
        {
            Plan.Put(policy);
        }

        return Commit();
    }

    public IReadOnlyList<NftOperation> Remove(params IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            Plan.Remove(key);
        }

        return Commit();
    }

    private IReadOnlyList<NftOperation> Commit()
    {
        var operations = Plan.Pending();
        Plan.Committed(kernel.Commit(operations));
        return operations;
    }
}
