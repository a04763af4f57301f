using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Testing;

/// <summary>A host's packet filter without a kernel, as the daemons make it, to be read and damaged.</summary>
public sealed class ModelKernel
{
    private readonly FakeHost _host = new();
    private readonly NftModel _native = new();

    public ModelKernel(HostPolicies policies, NovaSettings settings)
    {
        if (settings.NetfilterBackend == NetfilterBackend.Iptables)
        {
            foreach (var (worker, wanted) in new[] { (Binaries.Network, policies.Network), (Binaries.Compute, policies.Compute), (Binaries.Api, policies.Api) })
            {
                new PlanRun(_host, worker, settings.RuleProfile, settings.UseIpv6).Start(wanted);
            }
        }
        else
        {
            new NftRun(_native, new NetworkLayout(settings.RuleProfile)).Start(policies.Network);
            new NftRun(_native, new ComputeLayout(settings.UseIpv6)).Start(policies.Compute);
        }

        new NftRun(_native, new GuardLayout(settings.UseIpv6)).Start([.. policies.Ports]);
        (Saved, SavedV6, Image) = (_host.V4.Save(counters: true), _host.V6.Save(counters: true), _native.Read());
    }

    public static IReadOnlyList<string> Workers { get; } = [Binaries.Network, Binaries.Compute, Binaries.Api];

    /// <summary>What <c>iptables-save -c</c> prints.</summary>
    public string Saved { get; set; }

    public string SavedV6 { get; set; }

    public NftImage Image { get; }

    /// <summary>Tables of other people in nf_tables.</summary>
    public IReadOnlyList<string> Others { get; set; } = [];

    /// <summary>What elements count, where they count.</summary>
    public RuleCount ElementCount { get; set; } = new(3, 180);

    public KernelRules Read()
    {
        var reading = new NftReading { Image = Image };
        foreach (var (id, chain) in Image.Chains)
        {
            foreach (var rule in chain.Rules)
            {
                var text = rule.Print![(rule.Print!.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(" # ")[0];
                reading.Rules[(id, rule.Handle)] = new NftRuleDetail(text, text.Contains("counter", StringComparison.Ordinal) ? new RuleCount(rule.Handle, rule.Handle * 60) : null);
            }
        }

        foreach (var (id, set) in Image.Sets.Where(set => set.Value.Set?.Counter == true))
        {
            foreach (var key in set.Elements.Keys)
            {
                reading.Elements[(id, key)] = ElementCount;
            }
        }

        var saved = new Dictionary<IpFamily, SavedRules> { [IpFamily.V4] = SavedRules.Parse(Saved), [IpFamily.V6] = SavedRules.Parse(SavedV6) };
        return new KernelRules(saved, new Dictionary<ChainId, IReadOnlyList<ulong>>(), reading, Others);
    }

    public Listing List(HostPolicies policies, NovaSettings settings) => Listing.Of(policies, settings, Workers, Read(), NftModel.PrintOf);
}
