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

    public Ruleset Guard(NovaSettings settings) => new NftRuleset([PlanOf(new GuardLayout(settings.UseIpv6), Ports, TextOf)], Ports);

    /// <summary>iptables' plans, of those of the workers that are named.</summary>
    internal IReadOnlyList<FirewallPlan> IptablesPlans(NovaSettings settings, IEnumerable<string> workers) => [.. workers.Select(worker => PlanOf(worker, PoliciesOf(worker), settings))];

    /// <summary>The native plans, of those of the workers that are named: the port guard's with either back end.</summary>
    /// <param name="settings">The host's.</param>
    /// <param name="workers">Names of workers.</param>
    /// <param name="printOf">How a rule compares with one that was read.</param>
    internal IReadOnlyList<NftPlan> NativePlans(NovaSettings settings, IReadOnlyCollection<string> workers, Func<NftFamily, NftRule, string> printOf)
    {
        var plans = new List<NftPlan>();
        if (settings.NetfilterBackend == NetfilterBackend.Nftables)
        {
            plans.AddRange(workers.Where(worker => worker == Binaries.Network).Select(worker => PlanOf(new NetworkLayout(settings.RuleProfile), Network, printOf)));
            plans.AddRange(workers.Where(worker => worker == Binaries.Compute).Select(worker => PlanOf(new ComputeLayout(settings.UseIpv6), Compute, printOf)));
        }

        plans.AddRange(workers.Where(worker => worker == Binaries.Compute).Select(worker => PlanOf(new GuardLayout(settings.UseIpv6), Ports, printOf)));
        return plans;
    }

    private static string TextOf(NftFamily family, NftRule rule) => rule.Text;

    private IReadOnlyList<Policy> PoliciesOf(string worker) => worker switch
    {
        Binaries.Network => Network,
        Binaries.Compute => Compute,
        _ => Api,
    };

    private NftRuleset Nftables(NovaSettings settings) =>
        new([PlanOf(new NetworkLayout(settings.RuleProfile), Network, TextOf), PlanOf(new ComputeLayout(settings.UseIpv6), Compute, TextOf)], [.. Network, .. Compute]);

    private IptablesRuleset Iptables(NovaSettings settings, IReadOnlyDictionary<IpFamily, SavedRules>? saved) =>
        new(IptablesPlans(settings, [Binaries.Network, Binaries.Compute, Binaries.Api]), saved);

    private static FirewallPlan PlanOf(string worker, IReadOnlyList<Policy> policies, NovaSettings settings)
    {
        var plan = new FirewallPlan(worker, RuleProfiles.For(settings.RuleProfile), settings.UseIpv6);
        plan.Replace(policies);
        return plan;
    }

    private static NftPlan PlanOf(INftLayout layout, IReadOnlyList<Policy> policies, Func<NftFamily, NftRule, string> printOf)
    {
        var plan = new NftPlan(layout, printOf);
        plan.Replace(policies);
        return plan;
    }
}
