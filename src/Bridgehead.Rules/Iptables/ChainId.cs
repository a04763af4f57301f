namespace Bridgehead.Rules.Iptables;

public enum IpFamily
{
    V4,
    V6,
}

public enum Table
{
    Filter,
    Nat,
    Mangle,
}

/// <summary>A chain of a table, by its full name, such as <c>nova-compute-inst-1</c>.</summary>
public readonly record struct ChainId(IpFamily Family, Table Table, string Name);
