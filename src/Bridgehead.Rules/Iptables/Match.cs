using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules.Iptables;

/// <summary>One condition of a rule; the cases below are all there are.</summary>
public abstract record Match
{
    private Match()
    {
    }

    /// <summary><c>-s</c></summary>
    public sealed record From(IPNetwork Range) : Match;

    /// <summary><c>-d</c></summary>
    public sealed record To(IPNetwork Range) : Match;

    /// <summary><c>-i</c></summary>
    public sealed record In(DeviceName Device) : Match;

    /// <summary><c>-o</c></summary>
    public sealed record Out(DeviceName Device) : Match;

    /// <summary><c>-p</c> with iptables' name: tcp, udp, icmp, ipv6-icmp.</summary>
    public sealed record Protocol(string Name) : Match;

    /// <summary><c>-m tcp --sport n --dport n</c>; <paramref name="Name"/> is tcp or udp, as in the <see cref="Protocol"/> before it.</summary>
    public sealed record Ports(string Name, int? Source, int? Destination) : Match;

    /// <summary><c>-m multiport --dports first:last</c>.</summary>
    public sealed record PortRange(int First, int Last) : Match;

    /// <summary><c>-m icmp --icmp-type t[/c]</c>, or its icmp6 form.</summary>
    public sealed record Icmp(bool V6, int Type, int? Code) : Match;

    /// <summary><c>-m state --state LIST</c>, in the kernel's order.</summary>
    public sealed record State(string List) : Match;

    /// <summary><c>-m conntrack [!] --ctstate LIST</c>.</summary>
    public sealed record CtState(string List, bool Not) : Match;

    /// <summary><c>-m addrtype --dst-type LOCAL</c>.</summary>
    public sealed record ToLocal() : Match;
}

/// <summary>What a rule does with a packet; the cases below are all there are.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    public sealed record Accept() : Verdict;

    public sealed record Drop() : Verdict;

    /// <summary>Jump to a chain, by its full name.</summary>
    public sealed record Jump(string Chain) : Verdict;

    public sealed record Dnat(IPAddress To, int? Port) : Verdict;

    public sealed record Snat(IPAddress To) : Verdict;

    public sealed record Redirect(int Port) : Verdict;

    /// <summary><c>-j CHECKSUM --checksum-fill</c> (mangle).</summary>
    public sealed record ChecksumFill() : Verdict;
}

/// <summary>A rule: all of <see cref="When"/> must hold. <see cref="Why"/> names the entity and the reason, for people.</summary>
public sealed record Rule(IReadOnlyList<Match> When, Verdict Then, string Why)
{
    /// <summary>As iptables-save prints it (see <see cref="RuleText"/>); rules are compared by it.</summary>
    public string Text { get; } = RuleText.Of(When, Then);

    /// <summary>The security group rule that it comes from.</summary>
    public long? GroupRule { get; init; }
}
