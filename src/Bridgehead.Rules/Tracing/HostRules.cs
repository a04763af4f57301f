using Bridgehead.Model;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>What a host should hold: each worker's policies by its name, and the guarded ports of its instances.</summary>
public sealed record HostPolicies(IReadOnlyList<Policy> Network, IReadOnlyList<Policy> Compute, IReadOnlyList<Policy> Api, IReadOnlyList<GuardedPort> Ports)
{
    /// <summary>The rules that they become, by the settings' back end and profile.</summary>
    /// <param name="settings">The host's.</param>
    /// <param name="saved">What iptables-save printed there, where it is known: other people's rules and policies.</param>
    public Ruleset Rules(NovaSettings settings, IReadOnlyDictionary<IpFamily, SavedRules>? saved = null) =>
        settings.NetfilterBackend == NetfilterBackend.Nftables ? new JoinedRuleset(Nftables(settings), new IptablesRuleset([], saved)) : Iptables(settings, saved);

    public Ruleset Guard(NovaSettings settings) => new NftRuleset([PlanOf(new GuardLayout(settings.UseIpv6), Ports)], Ports);

    private NftRuleset Nftables(NovaSettings settings) =>
        new([PlanOf(new NetworkLayout(settings.RuleProfile), Network), PlanOf(new ComputeLayout(settings.UseIpv6), Compute)], [.. Network, .. Compute]);

    private IptablesRuleset Iptables(NovaSettings settings, IReadOnlyDictionary<IpFamily, SavedRules>? saved)
    {
        var workers = new[] { (Binaries.Network, Network), (Binaries.Compute, Compute), (Binaries.Api, Api) };
        return new IptablesRuleset([.. workers.Select(worker => PlanOf(worker.Item1, worker.Item2, settings))], saved);
    }

    private static FirewallPlan PlanOf(string worker, IReadOnlyList<Policy> policies, NovaSettings settings)
    {
        var plan = new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6);
        plan.Replace(policies);
        return plan;
    }

    private static NftPlan PlanOf(INftLayout layout, IReadOnlyList<Policy> policies)
    {
        var plan = new NftPlan(layout, (_, rule) => rule.Text);
        plan.Replace(policies);
        return plan;
    }
}
