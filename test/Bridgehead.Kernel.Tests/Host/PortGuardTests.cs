using System.Globalization;
using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Nftables;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>The anti-spoofing table with frames: what is sent out of one port, and what of it arrives at another.</summary>
public sealed class PortGuardTests : IDisposable
{
    private const string Other = "10.10.10.3";
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly DeviceName Tap = DeviceName.Parse("tap1");
    private static readonly MacAddress Mac = MacAddress.Parse("fa:16:3e:00:00:01");
    private static readonly MacAddress Target = MacAddress.Parse("fa:16:3e:00:00:02");
    private static readonly MacAddress Foreign = MacAddress.Parse("fa:16:3e:99:99:99");
    private readonly PacketSocket _instance;
    private readonly PacketSocket _victim;
    private readonly PacketSocket _bystander;
    private readonly List<byte[]> _dropped = [];
    private NftablesBackend? _backend;

    public PortGuardTests()
    {
        World.Run(
            """
            set -e
            ip link add br100 type bridge mcast_snooping 0
            for n in 1 2 3; do
              ip link add tap$n type veth peer name vm$n address fa:16:3e:00:00:0$n
              ip link set tap$n addrgenmode none; ip link set vm$n addrgenmode none
              ip link set tap$n master br100 up; ip link set vm$n up
            done
            ip link set br100 up addrgenmode none
            """);
        (_instance, _victim, _bystander) = (new PacketSocket("vm1"), new PacketSocket("vm2"), new PacketSocket("vm3"));
    }

    public void Dispose()
    {
        _backend?.Dispose();
        _instance.Dispose();
        _victim.Dispose();
        _bystander.Dispose();
        World.Run("nft flush ruleset; ip link del br100; for n in 1 2 3; do ip link del tap$n; done");
    }

    [Fact]
    public async Task Of_one_port_only_its_own_addresses_arrive()
    {
        Arrives(Udp(Foreign, "10.10.10.77"), "an interface that is none of ours passes");
        await NewGuard().StartAsync([Port("10.10.10.2", "10.10.10.22")], Never);
        Arrives(Udp(Mac, "10.10.10.2"), "its own address");
        Arrives(Udp(Mac, "10.10.10.22"), "its other address");
        IsDropped(Udp(Mac, "10.10.10.77"), "a foreign address");
        IsDropped(Udp(Mac, "0.0.0.0"), "no address, for something that is not DHCP");
        IsDropped(Udp(Foreign, "10.10.10.2"), "a foreign MAC");
        IsDropped(Frames.Vlan(Udp(Mac, "10.10.10.77"), 7), "a foreign address in a VLAN");
        IsDropped(Frames.Vlan(Udp(Mac, "10.10.10.77"), 0), "a foreign address with a priority");
        IsDropped(Frames.Ethernet(Mac, Target, 0x88cc, 1, 2, 3), "a protocol that is neither ARP nor IP");
        IsDropped(Frames.IcmpV6(Mac, Target, "fe80::f816:3eff:fe00:1", "ff02::1", 128), "IPv6 where the cloud has none");
    }

    [Fact]
    public async Task ARP_is_about_its_own_addresses()
    {
        await NewGuard().StartAsync([Port("10.10.10.2")], Never);
        Arrives(Frames.Arp(Mac, Frames.Everybody, 1, Mac, "10.10.10.2", Other), "a question");
        Arrives(Frames.Arp(Mac, Target, 2, Mac, "10.10.10.2", Other), "an answer");
        Arrives(Frames.Arp(Mac, Frames.Everybody, 1, Mac, "0.0.0.0", "10.10.10.2"), "a probe");
        IsDropped(Frames.Arp(Mac, Target, 2, Mac, "10.10.10.1", Other), "an answer for the gateway");
        IsDropped(Frames.Arp(Mac, Frames.Everybody, 1, Mac, "10.10.10.1", Other), "a question as the gateway");
        IsDropped(Frames.Arp(Mac, Target, 2, Foreign, "10.10.10.2", Other), "an answer with a foreign MAC in it");
        IsDropped(Frames.Arp(Foreign, Target, 2, Mac, "10.10.10.2", Other), "an answer from a foreign MAC");
        IsDropped(Frames.Arp(Mac, Target, 2, Mac, "0.0.0.0", Other), "an answer for nobody");
        IsDropped(Frames.Vlan(Frames.Arp(Mac, Target, 2, Mac, "10.10.10.1", Other), 0), "an answer for the gateway with a priority");
    }

    [Fact]
    public async Task It_asks_for_its_address_and_serves_nobody()
    {
        await NewGuard(ipv6: true).StartAsync([Port("10.10.10.2", "fd00::2")], Never);
        Arrives(Frames.Udp(Mac, Frames.Everybody, "0.0.0.0", "255.255.255.255", 68, 67), "DHCP's question");
        IsDropped(Frames.Udp(Foreign, Frames.Everybody, "0.0.0.0", "255.255.255.255", 68, 67), "DHCP's question of a foreign MAC");
        IsDropped(Frames.Udp(Mac, Target, "10.10.10.2", Other, 67, 68), "DHCP's answer");
        Arrives(Frames.Udp(Mac, Target, "fd00::2", "fd00::3", 9, 9), "its own IPv6 address");
        Arrives(Frames.IcmpV6(Mac, Target, "fe80::f816:3eff:fe00:1", "ff02::1", 135), "its link-local address");
        Arrives(Frames.IcmpV6(Mac, Target, "::", "ff02::1:ff00:2", 135), "a search for its own double");
        IsDropped(Frames.Udp(Mac, Target, "fd00::77", "fd00::3", 9, 9), "a foreign IPv6 address");
        IsDropped(Frames.Udp(Mac, Target, "fd00::2", "fd00::3", 547, 546), "DHCPv6's answer");
        IsDropped(Frames.IcmpV6(Mac, Target, "fe80::f816:3eff:fe00:1", "ff02::1", 134), "a router's advertisement");
        IsDropped(Frames.IcmpV6(Mac, Target, "fe80::f816:3eff:fe00:1", "ff02::1", 137), "a redirection");
    }

    [Fact]
    public async Task Ports_come_change_and_go_and_a_table_that_somebody_flushed_comes_back()
    {
        var guard = NewGuard();
        await guard.StartAsync([], Never);
        Arrives(Udp(Mac, "10.10.10.77"), "nothing is guarded yet");
        await guard.PutAsync([Port("10.10.10.2"), Another], Never);
        IsDropped(Udp(Mac, "10.10.10.77"), "guarded");
        await guard.PutAsync([Port("10.10.10.9")], Never);
        Arrives(Udp(Mac, "10.10.10.9"), "the new address");
        IsDropped(Udp(Mac, "10.10.10.2"), "the old address");
        World.Run("nft flush ruleset");
        await guard.RemoveAsync([Another.Tap], Never);
        Arrives(Udp(Mac, "10.10.10.9"), "the new address still");
        IsDropped(Udp(Mac, "10.10.10.77"), "guarded again");
        await guard.RemoveAsync([Tap], Never);
        Arrives(Udp(Mac, "10.10.10.77"), "no longer ours");
        World.Run("nft list table bridge bridgehead_l2").Should().NotContain("elements");
    }

    [Fact]
    public async Task No_foreign_frame_of_a_flood_slips_through_twenty_restarts_and_changes()
    {
        World.Run("nft 'table netdev probe { chain forged { type filter hook ingress device vm2 priority 0; ip saddr 10.10.10.77 counter; }; }'");
        Arrives(Udp(Mac, "10.10.10.77"), "nothing is guarded yet");
        Forged().Should().Be(1, "the counter counts");
        await NewGuard().StartAsync([Port("10.10.10.2"), Another], Never);
        using var stop = new CancellationTokenSource();
        var flood = Task.Factory.StartNew(() => Flood(Udp(Mac, "10.10.10.77"), stop.Token), Never, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await RestartAsync(20);
        await stop.CancelAsync();
        (await flood).Should().BeGreaterThan(1000);
        Forged().Should().Be(1, "not one more reached vm2");
    }

    [Fact]
    public async Task No_good_frame_is_lost_in_twenty_restarts_and_changes()
    {
        await NewGuard().StartAsync([Port("10.10.10.2"), Another], Never);
        using var stop = new CancellationTokenSource();
        var sent = 0;
        var talk = Task.Factory.StartNew(
            () =>
            {
                for (var frame = Udp(Mac, "10.10.10.2"); !stop.IsCancellationRequested; sent++)
                {
                    Arrives(frame, $"number {sent}");
                }
            },
            Never,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await RestartAsync(20);
        while (Volatile.Read(ref sent) <= 1000 && !talk.IsCompleted)
        {
            await RestartAsync(1);
        }

        await stop.CancelAsync();
        await talk;
        sent.Should().BeGreaterThan(1000);
    }

    private static GuardedPort Another => new(DeviceName.Parse("tap3"), MacAddress.Parse("fa:16:3e:00:00:03"), [Ip.Parse("10.10.10.4")]);

    private static GuardedPort Port(params string[] addresses) => new(Tap, Mac, [.. addresses.Select(Ip.Parse)]);

    /// <summary>A daemon's next life; the one before is over, or it would restore what it believes in.</summary>
    private PortGuard NewGuard(bool ipv6 = false)
    {
        _backend?.Dispose();
        _backend = new NftablesBackend(new GuardLayout(ipv6));
        return new PortGuard(new FirewallWriter(_backend, TimeProvider.System, NullLogger<FirewallWriter>.Instance));
    }

    private static byte[] Udp(MacAddress from, string source) => Frames.Udp(from, Target, source, Other, 9, 9);

    /// <summary>How many forged frames reached vm2. Only those: what else it receives (the kernel's own multicast) depends on sysctls.</summary>
    private static int Forged() => int.Parse(World.Run("nft list table netdev probe").Split("counter packets ")[1].Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>New lives of the daemon, each of which also changes the port and others.</summary>
    private async Task RestartAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var guard = NewGuard();
            await guard.StartAsync([Port("10.10.10.2"), Another], Never);
            await guard.PutAsync([Port("10.10.10.2", "10.10.10.22")], Never);
            await guard.RemoveAsync([Another.Tap], Never);
            await guard.PutAsync([Port("10.10.10.2"), Another], Never);
        }
    }

    private long Flood(byte[] frame, CancellationToken stop)
    {
        var sent = 0L;
        for (; !stop.IsCancellationRequested; sent++)
        {
            _instance.Send(frame);
        }

        return sent;
    }

    private void Arrives(byte[] frame, string what)
    {
        _dropped.RemoveAll(frame.SequenceEqual);
        _instance.Send(frame);
        Await(frame, what);
    }

    /// <summary>A good frame behind it is waited for; should it overtake the other, then that is found at the next.</summary>
    private void IsDropped(byte[] frame, string what)
    {
        _dropped.Add(frame);
        _instance.Send(frame);
        var good = Frames.Udp(MacAddress.Parse("fa:16:3e:00:00:03"), Target, "10.10.10.4", Other, 9, 9);
        _bystander.Send(good);
        Await(good, what);
    }

    private void Await(byte[] frame, string what)
    {
        while (true)
        {
            var got = _victim.Receive();
            _dropped.Should().NotContain(bad => got.SequenceEqual(bad), what);
            if (got.SequenceEqual(frame))
            {
                return;
            }
        }
    }
}
