using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>
/// What one entity asks of the packet filter, in the domain's words. A back end turns it into chains and rules (iptables) or maps, sets and chains (nftables).
/// <see cref="Key"/> names the entity: a policy with the same key replaces the earlier one, and removal goes by it.
/// </summary>
public abstract record Policy
{
    private protected Policy(string key) => Key = key;

    public string Key { get; }

    /// <summary>nova-api: instances may reach the metadata service.</summary>
    public sealed record MetadataAccept(IPAddress MetadataHost, int Port) : Policy("host/metadata");

    /// <summary>nova-network, once per host: metadata redirect and, in the article's profile, the range rules of fixed_range.</summary>
    public sealed record NetworkHost(IPAddress MetadataHost, int MetadataPort, RangePolicy? Range) : Policy("host/network");

    /// <summary>nova-network: one network's bridge. <see cref="Range"/> is set in Ocata's profile, where ranges are per network.</summary>
    public sealed record NetworkBridge(long NetworkId, DeviceName Bridge, bool HasGateway, bool Dhcp, RangePolicy? Range) : Policy(KeyOf(NetworkId))
    {
        public static string KeyOf(long networkId) => $"network/{networkId}";
    }

    /// <summary>nova-network: a floating address of a fixed address. <see cref="Device"/> is used by Ocata's profile only.</summary>
    public sealed record FloatingNat(IPAddress Floating, IPAddress Fixed, DeviceName? Device) : Policy(KeyOf(Floating))
    {
        public static string KeyOf(IPAddress floating) => $"floating/{floating}";
    }

    /// <summary>nova-compute, once per host: fallback chain, and in Ocata's profile the accept of DHCP discovers.</summary>
    /// <param name="DropAction">Target for what no group allows: DROP, or a target or chain of the operator's (iptables_drop_action).</param>
    public sealed record ComputeHost(string DropAction = "DROP") : Policy("host/compute");

    /// <summary>nova-compute: a bridge that it ensures for an instance. Instances on one bridge ask for the same rules, which are there until the last of them goes.</summary>
    public sealed record ComputeBridge(DeviceName Bridge, long InstanceId) : Policy(KeyOf(Bridge, InstanceId))
    {
        public static string KeyOf(DeviceName bridge, long instanceId) => $"bridge/{bridge}/{instanceId}";
    }

    /// <summary>nova-compute: a security group in use on the host, with its rules; every instance that is in it has them.</summary>
    public sealed record GroupRules(long GroupId, string Name, IReadOnlyList<SecurityGroupRule> Rules) : Policy(KeyOf(GroupId))
    {
        public static string KeyOf(long groupId) => $"group/{groupId}";
    }

    /// <summary>nova-compute: a live instance, anywhere in the cloud, as a member of a group that is the source of a rule in use on the host.</summary>
    /// <param name="Addresses">Its fixed addresses of both families.</param>
    public sealed record GroupMember(long GroupId, string GroupName, Guid InstanceUuid, IReadOnlyList<IPAddress> Addresses) : Policy(KeyOf(GroupId, InstanceUuid))
    {
        public static string KeyOf(long groupId, Guid instance) => $"member/{groupId}/{instance:D}";
    }

    /// <summary>nova-compute: what one instance of the host receives. Rules of its groups are policies of their own.</summary>
    public sealed record InstanceFilter(
        long InstanceId,
        Guid InstanceUuid,
        IReadOnlyList<IPAddress> Addresses,
        IReadOnlyList<InstanceSubnet> Subnets,
        IReadOnlyList<long> Groups,
        bool AllowSameNetTraffic) : Policy(KeyOf(InstanceId))
    {
        public static string KeyOf(long instanceId) => $"instance/{instanceId}";
    }
}

/// <summary>A fixed range with what its NAT needs. <see cref="SourceIp"/> null: no SNAT.</summary>
public sealed record RangePolicy(
    IPNetwork Range,
    IPAddress? SourceIp,
    DeviceName? PublicInterface,
    IPAddress MetadataHost,
    IReadOnlyList<IPNetwork> DmzCidr,
    IReadOnlyList<IPNetwork> ForceSnatRange,
    bool ExternalGateway);

/// <summary>A subnet an instance has an address in. IPv4 subnets may name a DHCP server, IPv6 subnets a router.</summary>
public sealed record InstanceSubnet(IPNetwork Cidr, IPAddress? DhcpServer, IPAddress? GatewayV6);
