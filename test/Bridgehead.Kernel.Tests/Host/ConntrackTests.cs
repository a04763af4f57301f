using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Kernel.Tests.Host;

/// <summary>The kernel's connections of instances with floating addresses, made by pings through real translations.</summary>
public sealed class ConntrackTests : IDisposable
{
    private const string Floating = "192.168.1.233";
    private static readonly CancellationToken Never = CancellationToken.None;

    /// <summary>Flows that tests before this one left live on for half a minute.</summary>
    public ConntrackTests() => World.Run(
        """
        set -e
        conntrack -F
        echo 1 >/proc/sys/net/ipv4/ip_forward
        ip link add br100 type bridge; ip address add 10.10.10.1/24 dev br100; ip link set br100 up
        for n in 2 3; do
          ip netns add vm$n; ip link add tap$n type veth peer name eth0 netns vm$n; ip link set tap$n master br100 up
          ip -n vm$n address add 10.10.10.$n/24 dev eth0; ip -n vm$n link set eth0 up; ip -n vm$n route add default via 10.10.10.1
        done
        ip netns add outside; ip link add eth0 type veth peer name eth0 netns outside
        ip address add 192.168.1.90/24 dev eth0; ip link set eth0 up
        ip -n outside address add 192.168.1.1/24 dev eth0; ip -n outside link set eth0 up; ip -n outside route add 10.10.10.0/24 via 192.168.1.90
        for n in 2 3; do
          ip address add 192.168.1.23$((n+1))/32 dev eth0
          iptables-nft -t nat -A PREROUTING -d 192.168.1.23$((n+1)) -j DNAT --to 10.10.10.$n
          iptables-nft -t nat -A POSTROUTING -s 10.10.10.$n -o eth0 -j SNAT --to 192.168.1.23$((n+1))
        done
        """);

    public void Dispose() => World.Run(
        "iptables-nft -t nat -F; conntrack -F; for l in br100 tap2 tap3 eth0; do ip link del $l; done; for n in vm2 vm3 outside; do ip netns del $n; done; echo 0 >/proc/sys/net/ipv4/ip_forward");

    [Fact]
    public async Task Flows_in_and_out_by_the_floating_address_end_and_the_instances_others_stay()
    {
        Ping("outside", Floating);
        Ping("vm2", "192.168.1.1");
        Ping("vm3", Floating);
        var theirs = Flows();
        theirs.Should().HaveCount(3).And.OnlyContain(flow => flow.Contains(Floating, StringComparison.Ordinal));

        Ping("outside", "192.168.1.234");
        Ping("vm3", "192.168.1.1");
        Ping("vm2", "10.10.10.1");
        World.Run("ping -c 1 -W 2 10.10.10.2");
        Ping("outside", "10.10.10.2");
        var others = Flows().Except(theirs).ToList();
        others.Should().HaveCount(5);

        await new Conntrack(new CommandRunner()).ForgetFloatingAsync(Ip.Parse(Floating), Never);
        Flows().Should().BeEquivalentTo(others);
    }

    [Fact]
    public async Task Without_flows_nothing_happens()
    {
        await new Conntrack(new CommandRunner()).ForgetFloatingAsync(Ip.Parse(Floating), Never);
        Flows().Should().BeEmpty();
    }

    [Fact]
    public async Task A_failure_is_no_absence_of_flows() =>
        await FluentActions.Awaiting(() => new Conntrack(new PowerlessRunner()).ForgetFloatingAsync(Ip.Parse(Floating), Never))
            .Should().ThrowAsync<CommandFailedException>().WithMessage("*CAP_NET_ADMIN*");

    private static void Ping(string from, string target) => World.Run($"ip netns exec {from} ping -c 1 -W 2 {target}");

    /// <summary>Each flow's two directions, without what changes by itself.</summary>
    private static List<string> Flows() => [.. World.Run("conntrack -L -p icmp 2>/dev/null | sed -E 's/^icmp +1 [0-9]+ //; s/ (use|mark)=[0-9]+//g'").Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Programs run in a user namespace that has no power over this network.</summary>
    private sealed class PowerlessRunner : ICommandRunner
    {
        public Task<CommandResult> RunAsync(Command command, CancellationToken cancel) =>
            new CommandRunner().RunAsync(command with { Program = "unshare", Arguments = ["--user", command.Program, .. command.Arguments] }, cancel);
    }
}
