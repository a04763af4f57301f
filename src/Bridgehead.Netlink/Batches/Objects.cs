namespace Bridgehead.Netlink;

/// <summary>A table's name; names of chains and sets are unique within it.</summary>
public readonly record struct NftTable(NftFamily Family, string Name)
{
    public override string ToString() => $"{Family.ToString().ToLowerInvariant()} {Name}";
}

/// <summary>The kernel's flags of a table.</summary>
[Flags]
public enum TableFlags
{
    None = 0,

    /// <summary>Its chains see no packets.</summary>
    Dormant = 1,

    /// <summary>Nobody but the socket that made it may change it, and it goes when that socket is closed.</summary>
    Owner = 2,
}

/// <summary>What happens to a packet, by the kernel's numbers.</summary>
public enum VerdictCode
{
    Drop = 0,
    Accept = 1,
    Continue = -1,
    Break = -2,
    Jump = -3,
    Goto = -4,
    Return = -5,
}

/// <summary>What happens to a packet; <paramref name="Chain"/> is where <see cref="VerdictCode.Jump"/> and <see cref="VerdictCode.Goto"/> lead.</summary>
public readonly record struct Verdict(VerdictCode Code, string? Chain = null)
{
    public static Verdict Accept => new(VerdictCode.Accept);

    public static Verdict Drop => new(VerdictCode.Drop);

    public static Verdict Return => new(VerdictCode.Return);

    public static Verdict Jump(string chain) => new(VerdictCode.Jump, chain);

    public static Verdict Goto(string chain) => new(VerdictCode.Goto, chain);

    public override string ToString() => Chain is null ? Code.ToString().ToLowerInvariant() : $"{Code.ToString().ToLowerInvariant()} {Chain}";
}

/// <summary>Hooks of ip, ip6, inet and bridge, by the kernel's numbers.</summary>
public enum NftHook
{
    Prerouting,
    Input,
    Forward,
    Output,
    Postrouting,
}

/// <summary>What makes a chain a base chain. <paramref name="Type"/> is <c>filter</c>, <c>nat</c> or <c>route</c>.</summary>
public sealed record BaseChain(string Type, NftHook Hook, int Priority, VerdictCode Policy = VerdictCode.Accept);

/// <summary>Where a new rule goes. A handle is that of a rule that was there before the batch.</summary>
public readonly record struct RulePlace(RulePlaceKind Kind, ulong Handle)
{
    /// <summary>At the chain's end.</summary>
    public static RulePlace Last => default;

    /// <summary>At the chain's beginning.</summary>
    public static RulePlace First => new(RulePlaceKind.First, 0);

    public static RulePlace After(ulong handle) => new(RulePlaceKind.After, handle);

    public static RulePlace Before(ulong handle) => new(RulePlaceKind.Before, handle);

    /// <summary>In the place of that rule; the new one gets a handle of its own.</summary>
    public static RulePlace InsteadOf(ulong handle) => new(RulePlaceKind.InsteadOf, handle);
}

/// <summary>See <see cref="RulePlace"/>.</summary>
public enum RulePlaceKind
{
    Last,
    First,
    After,
    Before,
    InsteadOf,
}
