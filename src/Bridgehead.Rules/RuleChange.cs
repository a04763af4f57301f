using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>A rule, chain, set or element that would come into the kernel's packet filter, or go.</summary>
/// <param name="Place">The chain, set or table that it is in, as people name it: <c>filter nova-network-FORWARD</c>, <c>ip bridgehead forward</c>.</param>
/// <param name="Text">In the words of iptables or nft.</param>
/// <param name="Why">The reason of a rule of ours.</param>
public sealed record RuleChange(ChangeSign Sign, string Place, string Text, string? Why = null);
