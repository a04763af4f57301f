using Bridgehead.Rules.Iptables;

namespace Bridgehead.Rules.Inventory;

/// <summary>The packet filter of a host at one moment.</summary>
/// <param name="Iptables">What iptables-save printed of each family that was read, with counters.</param>
/// <param name="Handles">Handles of iptables' rules, each chain's in order, where its tables are in nf_tables.</param>
/// <param name="Native">Our tables in nf_tables.</param>
/// <param name="OtherTables">Tables of other people in nf_tables, by family and name, such as <c>inet firewalld</c>.</param>
public sealed record KernelRules(
    IReadOnlyDictionary<IpFamily, SavedRules> Iptables, IReadOnlyDictionary<ChainId, IReadOnlyList<ulong>> Handles, NftReading Native, IReadOnlyList<string> OtherTables);
