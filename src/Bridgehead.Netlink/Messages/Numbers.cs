namespace Bridgehead.Netlink;

/// <summary>Address families of tables, by the kernel's numbers.</summary>
public enum NftFamily
{
    Unspecified = 0,
    Inet = 1,
    Ip = 2,
    Arp = 3,
    NetDev = 5,
    Bridge = 7,
    Ip6 = 10,
}

/// <summary>Messages of nf_tables, by the kernel's numbers.</summary>
public enum NftMessage
{
    NewTable,
    GetTable,
    DeleteTable,
    NewChain,
    GetChain,
    DeleteChain,
    NewRule,
    GetRule,
    DeleteRule,
    NewSet,
    GetSet,
    DeleteSet,
    NewElement,
    GetElement,
    DeleteElement,
    NewGeneration,
    GetGeneration,
    Trace,
    NewObject,
    GetObject,
    DeleteObject,
    GetObjectReset,
    NewFlowTable,
    GetFlowTable,
    DeleteFlowTable,
}

/// <summary>Numbers of netlink itself.</summary>
internal static class Wire
{
    public const int Error = 2;
    public const int Done = 3;
    public const int BatchBegin = 16;
    public const int BatchEnd = 17;
    public const int NftablesSubsystem = 10;
    public const int Nftables = NftablesSubsystem << 8;

    public const int Request = 1;
    public const int Acknowledge = 4;
    public const int Echo = 8;
    public const int DumpInterrupted = 0x10;
    public const int Replace = 0x100;
    public const int Create = 0x400;
    public const int Append = 0x800;
    public const int Dump = 0x300;
    public const int AcknowledgeAttributes = 0x200;
}
