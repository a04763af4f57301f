using AwesomeAssertions;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>The cloud on native nftables objects: the same packets pass and are translated as under iptables, and the two can be exchanged under traffic.</summary>
public sealed class NativeRulesTests
{
    [Theory]
    [InlineData("article")]
    [InlineData("ocata")]
    public async Task The_walk_through_packet_for_packet(string profile)
    {
        await using var cloud = await SandboxCloud.StartAsync("--netfilter-backend", "nftables", "--set", $"rule_profile={profile}");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("myserver");
        (await cloud.AddressAsync("myserver")).Should().Be("10.10.10.2");
        await cloud.UntilAsync("console myserver timeout 2 wget -q -O - http://169.254.169.254/latest/meta-data/local-ipv4 | grep -x 10.10.10.2");
        (await cloud.RunAsync("console myserver timeout 2 wget -q -O - http://192.168.1.1/cgi-bin/whoami")).Should().Be("192.168.1.90");
        await cloud.RunAsync("nova-manage floating create --ip_range=192.168.1.232/29; nova floating-ip-create; nova floating-ip-create; nova add-floating-ip myserver 192.168.1.233");
        await cloud.UntilAsync("console myserver timeout 2 wget -q -O - http://192.168.1.1/cgi-bin/whoami | grep -x 192.168.1.233");
        (await cloud.FailAsync("outside ping -c 1 -W 1 192.168.1.233")).Should().Contain("100% packet loss");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync("ping -c 1 -W 2 192.168.1.233");
        await cloud.FailAsync("outside nc -w 1 192.168.1.233 22 </dev/null");

        await cloud.BootAsync("second");
        await cloud.RunAsync("nova add-floating-ip second 192.168.1.234");
        await cloud.UntilAsync("console second ping -c 1 -W 1 10.10.10.2");
        await cloud.UntilAsync("console second ping -c 1 -W 1 192.168.1.233");
        await cloud.UntilAsync("console second ping -c 1 -W 1 192.168.1.234");
        await cloud.RunAsync("nova delete second");
        await cloud.UntilAsync("! nft list ruleset | grep -e 10.10.10.3 -e 192.168.1.234");
        (await cloud.RunAsync("iptables-save")).Should().NotContain("nova");
    }

    [Fact]
    public async Task A_source_group_lets_its_members_in_and_nobody_else()
    {
        await using var cloud = await SandboxCloud.StartAsync("--netfilter-backend", "nftables", "--set", "allow_same_net_traffic=false");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova secgroup-create db databases; nova secgroup-create web servers");
        await cloud.RunAsync("nova secgroup-add-group-rule db web tcp 3306 3306");
        await cloud.BootAsync("base", "--security-groups db");
        await cloud.BootAsync("front", "--security-groups web");
        await cloud.BootAsync("stranger");
        await cloud.RunAsync("(console base nc -ll -p 3306 -e /bin/echo hello >/dev/null 2>&1 &)");
        await cloud.UntilAsync("console front nc -w 1 10.10.10.2 3306 </dev/null | grep hello");
        await cloud.FailAsync("console stranger nc -w 1 10.10.10.2 3306 </dev/null | grep hello");
        await cloud.RunAsync("nova add-secgroup stranger web");
        await cloud.UntilAsync("console stranger nc -w 1 10.10.10.2 3306 </dev/null | grep hello");
        await cloud.RunAsync("nova remove-secgroup stranger web");
        await cloud.UntilAsync("! console stranger nc -w 1 10.10.10.2 3306 </dev/null | grep hello");
        (await cloud.RunAsync("nft list ruleset | grep -A2 'set members-'")).Should().Contain("10.10.10.3").And.NotContain("10.10.10.4");
    }

    [Fact]
    public async Task A_back_end_is_exchanged_for_the_other_under_traffic_and_denied_packets_never_pass()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0; iptables -A INPUT -s 192.0.2.7/32 -j DROP; nft add table ip others");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233; (console one nc -ll -p 80 -e /bin/echo open >/dev/null 2>&1 &)");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync("outside ping -i 0.02 -c 300 -W 1 192.168.1.233 >/run/pings &");
        await cloud.RunAsync("outside sh -c 'for i in $(seq 120); do timeout 0.05 busybox nc 192.168.1.233 80 </dev/null; done; echo done' >/run/denied 2>/dev/null &");
        foreach (var backend in new[] { "nftables", "iptables", "nftables" })
        {
            await cloud.RunAsync("kill -KILL $(pgrep -f '^bridgehead up')");
            await cloud.RunAsync($"BRIDGEHEAD_NETFILTER_BACKEND={backend} bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done");
            await cloud.UntilAsync(backend == "nftables" ? "nft list table ip bridgehead >/dev/null && ! iptables-save | grep nova" : "iptables-save | grep nova-compute-inst-1 >/dev/null && ! nft list table ip bridgehead");
        }

        await cloud.UntilAsync("grep -q transmitted /run/pings && grep -q done /run/denied");
        (await cloud.RunAsync("cat /run/pings")).Should().Contain("300 received, 0% packet loss");
        (await cloud.RunAsync("cat /run/denied")).Should().Be("done", "no rule lets port 80 in");
        await cloud.RunAsync("nova secgroup-add-rule default tcp 80 80 0.0.0.0/0");
        await cloud.UntilAsync("outside sh -c 'timeout 0.2 busybox nc 192.168.1.233 80 </dev/null' | grep open");
        (await cloud.RunAsync("iptables-save")).Should().Contain("-A INPUT -s 192.0.2.7/32 -j DROP");
        await cloud.RunAsync("nft list table ip others");
    }

    /// <summary>An upgrade: the tables are as an earlier program wrote them for the same cloud, with other chains and declarations of maps.</summary>
    [Fact]
    public async Task Tables_of_an_earlier_program_are_taken_over_under_traffic_and_denied_packets_never_pass()
    {
        await using var cloud = await SandboxCloud.StartAsync("--netfilter-backend", "nftables");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0; nova secgroup-add-rule default tcp 80 80 192.168.1.0/24; nova secgroup-add-rule default tcp 22 22 0.0.0.0/0");
        await cloud.BootAsync("web");
        await cloud.RunAsync("nova add-floating-ip web 192.168.1.233; (console web nc -ll -p 23 -e /bin/echo open >/dev/null 2>&1 &)");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync($"({NftObjects}) >/run/tables; outside ping -i 0.02 -c 200 -W 1 192.168.1.233 >/run/pings &");
        await cloud.RunAsync("outside sh -c 'for i in $(seq 60); do timeout 0.05 busybox nc 192.168.1.233 23 </dev/null; done; echo done' >/run/denied 2>/dev/null &");
        await cloud.RunAsync($"kill -KILL $(pgrep -f '^bridgehead up'); nft -f {Golden.Root}/test/Bridgehead.System.Tests/golden/older-tables.nft");
        await cloud.FailAsync($"({NftObjects}) | diff /run/tables -");
        await cloud.RunAsync("bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done");
        await cloud.UntilAsync($"({NftObjects}) | diff /run/tables -");
        await cloud.UntilAsync("grep -q transmitted /run/pings && grep -q done /run/denied");
        (await cloud.RunAsync("cat /run/pings")).Should().Contain("200 received, 0% packet loss");
        (await cloud.RunAsync("cat /run/denied")).Should().Be("done", "no rule lets port 23 in");
        await cloud.RunAsync("nova-manage rules --diff");
    }

    /// <summary>A line for each object, sorted: tables and sets are listed in the order of their making, which says nothing.</summary>
    private const string NftObjects = @"nft -s list ruleset | awk '/^table/ { t = $0; b = """"; next } /^}/ { next } { b = b $0 } /^\t}/ { print t b; b = """" }' | sort";

    [Theory]
    [InlineData("nftables", "nft flush ruleset", NftObjects)]
    [InlineData("nftables", "nft delete table ip bridgehead", NftObjects)]
    [InlineData("iptables", "iptables -F; iptables -t nat -F", "iptables-save | grep -v '^#' | sed 's/ \\[.*//'")]
    public async Task What_somebody_else_flushes_comes_back_and_the_log_says_so(string backend, string harm, string listing)
    {
        await using var cloud = await SandboxCloud.StartAsync("--netfilter-backend", backend);
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync($"({listing}) >/run/before; grep -qE 'bridgehead|nova-compute' /run/before && ({harm})");
        await cloud.UntilAsync($"({listing}) | diff /run/before -");
        await cloud.RunAsync("outside ping -c 1 -W 1 192.168.1.233");
        (await cloud.RunAsync("cat $SANDBOX_LOG")).Should().Contain("somebody else changed the packet filter; restored:");
    }
}
