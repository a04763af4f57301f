using Bridgehead.Rules.Nftables;

namespace Bridgehead.Rules.Tracing;

/// <summary>What stands in a host's tables, and how a rule of it is tried. Two kinds: <see cref="IptablesRuleset"/> and <see cref="NftRuleset"/>.</summary>
public abstract class Ruleset
{
    /// <summary>The chains that a packet passes at the hook, in order.</summary>
    internal abstract IEnumerable<BaseChain> ChainsAt(NftHook hook, bool v4);

    /// <summary>Whether there is such a chain, and what it does is known.</summary>
    /// <param name="table">A table as people name it: <see cref="BaseChain.Table"/>.</param>
    /// <param name="v4">Of iptables' tables, which are named alike, the family.</param>
    /// <param name="chain">Its chain.</param>
    internal abstract bool Knows(string table, bool v4, string chain);

    /// <summary>The rules of a chain of the same table.</summary>
    internal abstract IEnumerable<TracedRule> RulesOf(BaseChain table, string chain);
}

/// <param name="Table">As people name it: <c>nat</c>, or <c>ip bridgehead</c>.</param>
/// <param name="Nat">Asked for the first packet of a connection only.</param>
/// <param name="DropsAtEnd">The chain's policy.</param>
internal sealed record BaseChain(string Table, string Name, bool V4, bool Nat, bool DropsAtEnd = false)
{
    public string PathOf(string chain) => $"{Table} {chain}";
}

/// <summary>A rule, and what it does to a packet. <see cref="Try"/> is null for somebody else's.</summary>
internal sealed record TracedRule(string Text, string Why, long? GroupRule, Func<Passing, Effect>? Try);

/// <summary>What a tried rule does; the cases below are all there are.</summary>
internal abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>More about why: the element that was found in a set.</summary>
    public ElementReason? Because { get; init; }

    /// <summary>Its conditions did not hold.</summary>
    public sealed record Passed : Effect;

    /// <summary>They held, and the next rule follows.</summary>
    public sealed record Went : Effect;

    public sealed record Accept : Effect;

    public sealed record Drop : Effect;

    public sealed record Jump(string Chain) : Effect;

    public sealed record Goto(string Chain) : Effect;

    public sealed record Destination(System.Net.IPAddress Address, int? Port) : Effect;

    public sealed record Source(System.Net.IPAddress Address) : Effect;

    public sealed record Redirect(int Port) : Effect;
}

/// <summary>Why an element is in a set or map.</summary>
internal sealed record ElementReason(string Why, long? GroupRule);
