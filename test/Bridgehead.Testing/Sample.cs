using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Testing;

/// <summary>Entities with the article's values, to be varied with <c>with</c>.</summary>
public static class Sample
{
    public static NovaSettings Settings(RuleProfile profile = RuleProfile.Article) => new()
    {
        Host = "host1",
        MyIp = Ip.Parse("192.168.1.90"),
        StatePath = "/var/lib/nova",
        Connection = "sqlite://",
        MetadataHost = Ip.Parse("192.168.1.90"),
        RoutingSourceIp = Ip.Parse("192.168.1.90"),
        DmzCidr = [Cidr.Parse("10.128.0.0/24")],
        PublicInterface = "wlan0",
        RuleProfile = profile,
    };

    public static Network Network(long id = 1, string cidr = "10.10.10.0/24") => new()
    {
        Id = id,
        Uuid = Uuid(id),
        Label = "mynet",
        Cidr = Cidr.Parse(cidr),
        Gateway = Cidr.Parse(cidr).At(1),
        DhcpServer = Cidr.Parse(cidr).At(1),
        DhcpStart = Cidr.Parse(cidr).At(2),
        Bridge = DeviceName.Parse("br100"),
    };

    public static Instance Instance(long id = 1) => new()
    {
        Id = id,
        Uuid = Uuid(id),
        ProjectId = "p",
        UserId = "u",
        DisplayName = $"server {id}",
        HostName = $"server-{id}",
        FlavorId = "1",
        ImageId = Guid.Empty,
        AvailabilityZone = "nova",
        ReservationId = "r-1",
        Host = "host1",
        VmState = VmState.Active,
    };

    public static NicView Nic(long instance = 1, Network? network = null, params string[] addresses) => new(
        new VirtualInterface
        {
            Id = instance,
            Uuid = Uuid(instance),
            Mac = MacAddress.ForInstance((int)instance),
            NetworkId = (network ?? Network()).Id,
            InstanceUuid = Uuid(instance),
        },
        network ?? Network(),
        [.. addresses.Select(Ip.Parse)]);

    /// <summary>An instance on the network with the address of its number (2 for the first), in these groups.</summary>
    public static SampleServer Server(long id = 1, Network? network = null, params GroupView[] groups) => new(
        new InstanceView(Instance(id), [Nic(id, network, (network ?? Network()).Cidr!.Value.At((UInt128)(id + 1)).ToString())], [.. groups.Select(group => group.Group.Id)]),
        groups,
        []);

    public static GroupView Group(params SecurityGroupRule[] rules) =>
        new(new SecurityGroup { Id = 1, ProjectId = "p", Name = "default", Description = "" }, rules);

    public static SecurityGroupRule Rule(string? protocol, int? from, int? to, string? cidr = "0.0.0.0/0", long? source = null, long id = 1) => new()
    {
        Id = id,
        ParentGroupId = 1,
        ProtocolText = protocol,
        FromPort = from,
        ToPort = to,
        Cidr = source is null && cidr is not null ? Cidr.Parse(cidr) : null,
        SourceGroupId = source,
    };

    public static FloatingIp Floating(string address = "192.168.1.233", string? fixedAddress = "10.10.10.2") => new()
    {
        Id = 1,
        Address = Ip.Parse(address),
        Pool = "nova",
        Interface = "wlan0",
        FixedAddress = fixedAddress is null ? null : Ip.Parse(fixedAddress),
        Host = "host1",
    };

    public static MemberView Member(long group, string name, long instance, Network? network, params string[] addresses) =>
        new(group, name, Uuid(instance), [Nic(instance, network, addresses)]);

    private static Guid Uuid(long id) => new((int)id, 0, 0, new byte[8]);
}

/// <summary>An instance with its groups and the members of the groups that are their rules' sources.</summary>
public sealed record SampleServer(InstanceView View, IReadOnlyList<GroupView> Groups, IReadOnlyList<MemberView> Members)
{
    public IReadOnlyList<Policy> Policies(NovaSettings settings) =>
        [.. Groups.Select(InstancePlanner.Group), .. Members.Select(member => InstancePlanner.Member(member, settings)), InstancePlanner.Filter(View, settings)];
}
