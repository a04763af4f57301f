using Bridgehead.Model;
using Bridgehead.Rules.Nftables;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Rules.Inventory;

/// <summary>How what is in the kernel stands to what is desired.</summary>
public enum ListedState
{
    /// <summary>Desired, and there.</summary>
    Kept,

    /// <summary>Desired, and not in the kernel.</summary>
    Missing,

    /// <summary>In a chain, set or table of ours, and not desired: somebody put it there, or an earlier life left it.</summary>
    Unexpected,

    /// <summary>A desired rule that stands at another place of its chain than it should.</summary>
    Moved,

    /// <summary>A chain or set that is declared otherwise than it should: another hook, another type.</summary>
    Altered,

    /// <summary>Somebody else's.</summary>
    Foreign,
}

/// <summary>Who keeps the table.</summary>
public enum ListedProgram
{
    Iptables,
    Nftables,
}

public enum ListedKind
{
    Chain,
    Set,
    Map,
}

/// <summary>A table, as its program names it: family <c>ip</c>, <c>ip6</c> or <c>bridge</c>.</summary>
public sealed record ListedTable(ListedProgram Program, string Family, string Name)
{
    /// <summary>As people say it: <c>iptables filter</c>, <c>ip6tables filter</c>, <c>ip bridgehead</c>.</summary>
    public override string ToString() => Program == ListedProgram.Nftables ? $"{Family} {Name}" : Family == "ip" ? $"iptables {Name}" : $"ip6tables {Name}";
}

/// <summary>A rule of a chain, or an element of a set or map.</summary>
/// <param name="Text">In the words of its program.</param>
public sealed record ListedRule(string Text, ListedState State)
{
    /// <summary>Why it is desired; null for what is not.</summary>
    public string? Why { get; init; }

    /// <summary>The security group rule that it comes from.</summary>
    public long? GroupRule { get; init; }

    /// <summary>Null when it does not count, or is not in the kernel.</summary>
    public RuleCount? Count { get; init; }

    /// <summary>The kernel's number for the rule within its table; null where the kernel has none.</summary>
    public ulong? Handle { get; init; }

    /// <summary>Keys of the policies that ask for it.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];
}

/// <summary>A chain with its rules, or a set or map with its elements: those in the kernel in their order, those that are missing where they should stand.</summary>
public sealed record ListedChain(ListedTable Table, string Name, ListedKind Kind, ListedState State, IReadOnlyList<ListedRule> Rules)
{
    /// <summary>What else it is: <c>policy DROP</c>, <c>hook forward, priority 0</c>, <c>type ipv4_addr : mark</c>. Empty for a chain that is only jumped to.</summary>
    public string Declaration { get; init; } = "";

    /// <summary>Where it stands among the chains of its table that packets pass first; null for a chain that is only jumped to, and for sets.</summary>
    internal int? Hook { get; init; }

    /// <summary>Keys of the policies because of which it exists. A class's chain has those of its instances.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>Whether something in it is not as desired.</summary>
    public bool Differs => IsDifferent(State) || Rules.Any(rule => IsDifferent(rule.State));

    public static bool IsDifferent(ListedState state) => state is not (ListedState.Kept or ListedState.Foreign);
}

/// <summary>The packet filter of a host beside what is desired of it.</summary>
/// <param name="OtherTables">Tables of other people in nf_tables, which are not looked into.</param>
public sealed record Listing(IReadOnlyList<ListedChain> Chains, IReadOnlyList<string> OtherTables)
{
    /// <summary>Lays what the kernel holds beside what is desired.</summary>
    /// <param name="policies">What the host's workers should hold.</param>
    /// <param name="settings">The host's.</param>
    /// <param name="workers">Names of the workers that are expected on the host: nothing is desired of others, and what they left is unexpected.</param>
    /// <param name="kernel">What was read.</param>
    /// <param name="printOf">How a native rule compares with one that was read.</param>
    public static Listing Of(HostPolicies policies, NovaSettings settings, IReadOnlyCollection<string> workers, KernelRules kernel, Func<NftFamily, NftRule, string> printOf)
    {
        var iptables = settings.NetfilterBackend == NetfilterBackend.Iptables ? policies.IptablesPlans(settings, workers) : [];
        var native = policies.NativePlans(settings, workers, printOf);
        return new Listing(
            [
                .. new IptablesListing(iptables, settings.UseIpv6, kernel).Chains(),
                .. new NativeListing(native, [.. policies.Network, .. policies.Compute, .. policies.Ports], kernel.Native, printOf).Chains(),
            ],
            kernel.OtherTables)
        {
            Workers = workers,
        };
    }

    /// <summary>Names of the workers of which something is desired here.</summary>
    public IReadOnlyCollection<string> Workers { get; init; } = [];

    public bool Differs => Chains.Any(chain => chain.Differs);

    /// <summary>The rule with this handle, as the kernel's packet traces name it; null when it is not known.</summary>
    public ListedRule? At(string family, string table, string chain, ulong handle) => Chains
        .FirstOrDefault(known => known.Kind == ListedKind.Chain && known.Table.Family == family && known.Table.Name == table && known.Name == chain)
        ?.Rules.FirstOrDefault(rule => rule.Handle == handle);
}
