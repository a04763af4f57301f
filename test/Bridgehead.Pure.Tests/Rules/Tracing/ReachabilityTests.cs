using System.Net;
using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Tracing;

/// <summary>Who reaches whom: two networks, a web server and a database, through the rules of either back end.</summary>
public sealed class ReachabilityTests
{
    private static readonly Network First = Sample.Network() with { CidrV6 = Cidr.Parse("fd00:1::/64"), GatewayV6 = Ip.Parse("fd00:1::1") };
    private static readonly Network Second = Sample.Network(2, "10.20.0.0/24") with { Bridge = DeviceName.Parse("br200") };
    private static readonly GroupView Web = Group(1, "web", Sample.Rule("tcp", 80, 80, id: 1), Sample.Rule("icmp", 8, -1, "192.168.1.0/24", id: 2));
    private static readonly GroupView Db = Group(2, "db", Sample.Rule("tcp", 3306, 3306, source: 1, id: 3), Sample.Rule("udp", 5000, 5010, "203.0.113.0/24", id: 4));

    public static TheoryData<NetfilterBackend, RuleProfile> All => new()
    {
        { NetfilterBackend.Iptables, RuleProfile.Article },
        { NetfilterBackend.Iptables, RuleProfile.Ocata },
        { NetfilterBackend.Nftables, RuleProfile.Article },
        { NetfilterBackend.Nftables, RuleProfile.Ocata },
    };

    [Theory, MemberData(nameof(All))]
    public void A_member_of_the_source_group_reaches_the_database_and_a_neighbour_of_it_does_not(NetfilterBackend backend, RuleProfile profile)
    {
        var cloud = Cloud(profile, same: false);
        var packet = Server(1, "tcp", 3306, "10.20.0.3");
        Follow(cloud, backend, packet).Passes.Should().BeTrue();
        Follow(cloud, backend, packet with { Source = Ip.Parse("10.10.10.4"), Port = null }).Fate.Should().Be(Fate.Dropped);
        Follow(cloud, backend, packet with { DestinationPort = 3307 }).Fate.Should().Be(Fate.Dropped);
        Follow(cloud, backend, packet with { Protocol = Packet.Udp }).Fate.Should().Be(Fate.Dropped);
    }

    [Theory, MemberData(nameof(All))]
    public void A_neighbour_of_the_same_network_is_let_in_by_allow_same_net_traffic_alone(NetfilterBackend backend, RuleProfile profile)
    {
        var packet = Server(1, "tcp", 9999, "10.10.10.4");
        var trace = Follow(Cloud(profile), backend, packet);
        (trace.Fate, trace.Output?.ToString()).Should().Be((Fate.Sent, "br100"));
        trace.Steps.Should().Contain(step => step.Decided && step.Why == "allow_same_net_traffic");
        Follow(Cloud(profile, same: false), backend, packet).Fate.Should().Be(Fate.Dropped);
    }

    [Theory, MemberData(nameof(All))]
    public void A_floating_address_leads_to_the_server_where_its_group_lets_the_port_in(NetfilterBackend backend, RuleProfile profile)
    {
        var trace = Follow(Cloud(profile), backend, Outside("tcp", 80, "192.168.1.233"));
        (trace.Fate, trace.Output?.ToString(), trace.Final.Destination).Should().Be((Fate.Sent, "br100", Ip.Parse("10.10.10.2")));
        trace.Steps.Should().ContainSingle(step => step.GroupRule == 1 && step.Decided);
        Follow(Cloud(profile), backend, Outside("tcp", 22, "192.168.1.233")).Fate.Should().Be(Fate.Dropped);
        Follow(Cloud(profile), backend, Outside("tcp", 80, "192.168.1.234")).Final.Destination.Should().Be(Ip.Parse("192.168.1.234"));
    }

    [Theory, MemberData(nameof(All))]
    public void A_server_leaves_with_its_floating_address_and_one_without_with_the_hosts(NetfilterBackend backend, RuleProfile profile)
    {
        Follow(Cloud(profile), backend, Server(1, "tcp", 443, "192.168.1.1")).Final.Source.Should().Be(Ip.Parse("192.168.1.233"));
        Follow(Cloud(profile), backend, Server(2, "tcp", 443, "192.168.1.1")).Final.Source.Should().Be(Ip.Parse("192.168.1.90"));
        Follow(Cloud(profile), backend, Server(1, "tcp", 443, "10.128.0.9")).Final.Source.Should().Be(Ip.Parse("10.10.10.2"));
        Follow(Cloud(profile), backend, Server(1, "tcp", 443, "192.168.1.1") with { State = ConnectionState.Established }).Final.Source.Should().Be(Ip.Parse("10.10.10.2"));
    }

    [Theory, MemberData(nameof(All))]
    public void Metadata_is_this_hosts_service(NetfilterBackend backend, RuleProfile profile)
    {
        var trace = Follow(Cloud(profile), backend, Server(1, "tcp", 80, "169.254.169.254"));
        (trace.Fate, trace.Final.Destination, trace.Final.DestinationPort).Should().Be((Fate.Delivered, Ip.Parse("192.168.1.90"), (ushort)8775));
    }

    [Theory, MemberData(nameof(All))]
    public void A_spoofed_address_ends_at_the_port(NetfilterBackend backend, RuleProfile profile)
    {
        var trace = Follow(Cloud(profile), backend, Server(1, "udp", 9, "10.10.10.4") with { Source = Ip.Parse("10.10.10.77") });
        (trace.Fate, trace.Steps[^1].Chain).Should().Be((Fate.Dropped, "bridge bridgehead_l2 from_vm"));
        Follow(Cloud(profile), backend, Server(1, "udp", 9, "10.10.10.4") with { SourceMac = MacAddress.Parse("fa:16:3e:99:99:99") }).Fate.Should().Be(Fate.Dropped);
        Follow(Cloud(profile), backend, Server(1, "udp", 68, "10.10.10.4") with { SourcePort = 67 }).Fate.Should().Be(Fate.Dropped);
    }

    [Theory, MemberData(nameof(All))]
    public void A_network_without_gateway_is_reached_and_reaches_nothing(NetfilterBackend backend, RuleProfile profile)
    {
        var cloud = Cloud(profile, same: false);
        cloud = cloud with { Networks = [First, Second with { Gateway = null }] };
        Follow(cloud, backend, Server(2, "tcp", 443, "192.168.1.1")).Fate.Should().Be(Fate.Dropped);
        Follow(cloud, backend, Server(1, "tcp", 3306, "10.20.0.3")).Fate.Should().Be(Fate.Sent);
        Follow(cloud, backend, Server(1, "tcp", 3306, "10.20.0.99")).Fate.Should().Be(Fate.Dropped);
    }

    [Theory, MemberData(nameof(All))]
    public void Answers_pass_and_what_belongs_to_no_connection_does_not(NetfilterBackend backend, RuleProfile profile)
    {
        var answer = Outside("tcp", 40000, "10.10.10.2") with { State = ConnectionState.Established };
        Follow(Cloud(profile), backend, answer).Passes.Should().BeTrue();
        Follow(Cloud(profile), backend, answer with { State = ConnectionState.Related }).Passes.Should().BeTrue();
        Follow(Cloud(profile), backend, answer with { State = ConnectionState.Invalid }).Fate.Should().Be(Fate.Dropped);
        Follow(Cloud(profile), backend, answer with { State = ConnectionState.New }).Fate.Should().Be(Fate.Dropped);
    }

    [Theory, MemberData(nameof(All))]
    public void The_host_itself_reaches_a_server_as_its_groups_say(NetfilterBackend backend, RuleProfile profile)
    {
        var packet = Outside("tcp", 80, "192.168.1.233") with { Source = Ip.Parse("192.168.1.90"), Input = null };
        Follow(Cloud(profile), backend, packet).Final.Destination.Should().Be(Ip.Parse("10.10.10.2"));
        Follow(Cloud(profile), backend, packet).Passes.Should().BeTrue();
        Follow(Cloud(profile), backend, packet with { DestinationPort = 81 }).Fate.Should().Be(Fate.Dropped);
        Follow(Cloud(profile), backend, packet with { Destination = Ip.Parse("127.0.0.1") }).Fate.Should().Be(Fate.Delivered);
    }

    [Theory, MemberData(nameof(All))]
    public void Without_bridge_nf_call_neighbours_pass_every_rule_by(NetfilterBackend backend, RuleProfile profile)
    {
        var cloud = Cloud(profile, same: false);
        var tracer = new PacketTracer(cloud.Policies.Rules(cloud.Settings with { NetfilterBackend = backend }), cloud.Host with { FiltersBridgedV4 = false });
        tracer.Trace(Server(1, "tcp", 1, "10.10.10.4")).Steps.Should().ContainSingle(step => step.Text.Contains("bridge-nf-call-iptables"));
        tracer.Trace(Server(1, "tcp", 1, "10.10.10.4")).Fate.Should().Be(Fate.Sent);
    }

    [Theory, MemberData(nameof(All))]
    public void IPv6_has_rules_of_its_own(NetfilterBackend backend, RuleProfile profile)
    {
        var open = Group(1, "web", Sample.Rule("tcp", 80, 80, "::/0", id: 7), Sample.Rule("icmp", 128, -1, "::/0", id: 8));
        var cloud = Cloud(profile) with { Groups = [open, Db] };
        var to = InstancePlanner.AddressesOf(cloud.Servers[0].Nics[0], cloud.Settings)[1];
        var packet = new Packet { Source = Ip.Parse("fd99::1"), Destination = to, Protocol = Packet.Tcp, SourcePort = 4000, DestinationPort = 80, Input = SampleCloud.Uplink };
        Follow(cloud, backend, packet).Passes.Should().BeTrue();
        Follow(cloud, backend, packet with { DestinationPort = 81 }).Fate.Should().Be(Fate.Dropped);
        Follow(cloud, backend, packet with { Protocol = Packet.Icmp6, IcmpType = 128, IcmpCode = 0 }).Passes.Should().BeTrue();
        Follow(cloud, backend, packet with { Protocol = Packet.Icmp6, IcmpType = 129, IcmpCode = 0 }).Fate.Should().Be(Fate.Dropped);
    }

    [Fact]
    public void What_is_not_known_is_said_and_not_guessed()
    {
        var cloud = Cloud(RuleProfile.Article);
        var follow = () => Follow(cloud, NetfilterBackend.Iptables, Server(1, "udp", 5353, "224.0.0.251"));
        follow.Should().Throw<TraceException>().WithMessage("224.0.0.251 is a multicast address: its way is not followed");
    }

    private static Trace Follow(SampleCloud cloud, NetfilterBackend backend, Packet packet) => cloud.Tracer(backend).Trace(packet);

    /// <summary>Servers 1 (web) and 3 (no group) on the first network, 2 (db) on the second; server 1 has a floating address.</summary>
    private static SampleCloud Cloud(RuleProfile profile, bool same = true) => new(
        Sample.Settings(profile) with { AllowSameNetTraffic = same, PublicInterface = "eth0", UseIpv6 = true },
        [First, Second],
        [View(1, First, 1), View(2, Second, 2), View(3, First)],
        [Web, Db],
        [Sample.Floating() with { Interface = "eth0" }],
        []);

    private static InstanceView View(long id, Network network, params long[] groups) => Sample.Server(id, network).View with { Groups = groups };

    private static GroupView Group(long id, string name, params SecurityGroupRule[] rules) => new(Sample.Group().Group with { Id = id, Name = name }, rules);

    private static Packet Server(long id, string protocol, ushort port, string to)
    {
        var network = id == 2 ? Second : First;
        var nic = Sample.Nic(id, network, network.Cidr!.Value.At((UInt128)(id + 1)).ToString());
        return Of(nic.Addresses[0], protocol, port, to) with { Input = network.Bridge, Port = nic.Nic.TapName, SourceMac = nic.Nic.Mac };
    }

    private static Packet Outside(string protocol, ushort port, string to) => Of(Ip.Parse("192.168.1.1"), protocol, port, to) with { Input = SampleCloud.Uplink };

    private static Packet Of(IPAddress from, string protocol, ushort port, string to) => new()
    {
        Source = from,
        Destination = Ip.Parse(to),
        Protocol = protocol == "tcp" ? Packet.Tcp : Packet.Udp,
        SourcePort = 4000,
        DestinationPort = port,
    };
}
