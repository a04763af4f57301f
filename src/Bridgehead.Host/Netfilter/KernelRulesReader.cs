using Bridgehead.Netlink;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Nftables;

namespace Bridgehead.Host;

/// <summary>Reads the packet filter of this host, with counters: iptables by its programs, nf_tables by netlink. Needs root. Changes nothing.</summary>
public sealed class KernelRulesReader(IptablesPrograms programs)
{
    /// <summary>How often somebody else may commit while it is read.</summary>
    private const int Tries = 20;

    private static readonly Rules.Nftables.NftTable[] Tables = [.. new GuardLayout(ipv6: true).Tables, .. new ComputeLayout(ipv6: true).Tables];

    /// <summary>In nf_tables, the tables that iptables' nft variant keeps.</summary>
    private static readonly string[] IptablesTables = ["filter", "nat", "mangle", "raw", "security"];

    /// <summary>Throws <see cref="CommandFailedException"/> or <see cref="FirewallException"/> with a sentence when it cannot be read.</summary>
    /// <param name="families">Those that iptables is asked for; none where it is not installed.</param>
    /// <param name="cancel">Cancels.</param>
    public async Task<KernelRules> ReadAsync(IReadOnlyList<IpFamily> families, CancellationToken cancel)
    {
        try
        {
            using var kernel = new Nftables();
            for (var i = 0; i < Tries; i++)
            {
                var generation = kernel.GetGeneration();
                if (await ReadOnceAsync(kernel, families, cancel) is { } rules && kernel.GetGeneration() == generation)
                {
                    return rules;
                }
            }
        }
        catch (NetlinkException problem)
        {
            throw new FirewallException($"nf_tables: {problem.Message}", problem);
        }

        throw new FirewallException("somebody changes rules all the time, and they could not be read in one piece");
    }

    private async Task<KernelRules?> ReadOnceAsync(Nftables kernel, IReadOnlyList<IpFamily> families, CancellationToken cancel)
    {
        var saved = new Dictionary<IpFamily, SavedRules>();
        foreach (var family in families)
        {
            saved[family] = SavedRules.Parse(await programs.SaveCountedAsync(family, cancel));
        }

        var reading = new NftReading();
        if (new TableReader(kernel, Tables, _ => true, reading).Read() is not { } image)
        {
            return null;
        }

        reading.Image = image;
        return new KernelRules(saved, programs.IsNft ? HandlesOf(kernel, saved) : new Dictionary<ChainId, IReadOnlyList<ulong>>(), reading, OthersOf(kernel));
    }

    /// <summary>iptables-save prints a chain's rules in the order in which nf_tables has them.</summary>
    private static Dictionary<ChainId, IReadOnlyList<ulong>> HandlesOf(Nftables kernel, Dictionary<IpFamily, SavedRules> saved)
    {
        var handles = new Dictionary<ChainId, IReadOnlyList<ulong>>();
        foreach (var (family, table) in saved.Keys.SelectMany(family => Enum.GetValues<Table>().Select(table => (family, table))))
        {
            var chains = new Dictionary<string, List<ulong>>(StringComparer.Ordinal);
            var netlink = family == IpFamily.V4 ? Netlink.NftFamily.Ip : Netlink.NftFamily.Ip6;
            kernel.ReadRules(new Netlink.NftTable(netlink, table.ToString().ToLowerInvariant()), null, view =>
            {
                if (!chains.TryGetValue(view.Chain, out var chain))
                {
                    chains.Add(view.Chain, chain = []);
                }

                chain.Add(view.Handle);
            });
            foreach (var (name, chain) in chains.Where(chain => saved[family].Rules(table, chain.Key)?.Count == chain.Value.Count))
            {
                handles[new ChainId(family, table, name)] = chain;
            }
        }

        return handles;
    }

    private static List<string> OthersOf(Nftables kernel)
    {
        var others = new List<string>();
        kernel.ReadTables(Netlink.NftFamily.Unspecified, view =>
        {
            var (family, name) = (view.Family, view.Name);
            var isIptables = family is Netlink.NftFamily.Ip or Netlink.NftFamily.Ip6 && IptablesTables.Contains(name);
            if (!isIptables && !Tables.Any(table => table.Name == name && RuleEncoder.FamilyOf(table.Family) == family))
            {
                others.Add(new Netlink.NftTable(family, name).ToString());
            }
        });
        others.Sort(StringComparer.Ordinal);
        return others;
    }
}
