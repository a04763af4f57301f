using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>An operator reads the rules of a running cloud, counts packets, and finds what somebody changed while the daemons were away.</summary>
public sealed class RulesTests
{
    private const string Floating = "nova-manage floating create --ip_range=192.168.1.232/30; nova floating-ip-create; nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0";

    [Theory]
    [InlineData(
        "iptables",
        "nova-compute-inst-1",
        "iptables -D nova-compute-inst-1 -p icmp -j ACCEPT; iptables -A nova-compute-local -s 192.0.2.1 -j ACCEPT",
        @"^- +-p icmp -j ACCEPT +rule 1 of security group default, project admin: icmp from 0\.0\.0\.0/0$",
        @"^\+ +0 +0 +-s 192\.0\.2\.1/32 -j ACCEPT +not desired$")]
    [InlineData(
        "nftables",
        "sg-1",
        "nft flush chain ip bridgehead sg-1; nft add rule ip bridgehead sg-1 ip saddr 192.0.2.1 counter accept",
        @"^- +meta l4proto icmp counter accept +rule 1 of security group default, project admin: icmp from 0\.0\.0\.0/0$",
        @"^\+ +0 +0 +ip saddr 192\.0\.2\.1 counter accept +not desired$")]
    public async Task What_the_kernel_holds_and_what_somebody_did_to_it(string backend, string chain, string harm, string missing, string unexpected)
    {
        await using var cloud = await SandboxCloud.StartAsync("--set", $"netfilter_backend={backend}");
        await cloud.RunAsync($"nova-manage network create mynet 10.10.10.0/24; {Floating}");
        await cloud.BootAsync("one");
        await cloud.RunAsync("nova add-floating-ip one 192.168.1.233");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync("nova-manage rules --diff");
        var before = await cloud.RunAsync($"nova-manage rules --chain {chain}");
        before.Should().MatchRegex(@"(?m)^ +[1-9]\d* +[1-9]\d+ +.*icmp.* +rule 1 of security group default, project admin: icmp from 0\.0\.0\.0/0$");
        (await cloud.RunAsync("nova-manage rules --server one")).Should().Contain("floating address 192.168.1.233 of 10.10.10.2 (server one)").And.Contain("The kernel holds what is desired of server one: ");

        await cloud.RunAsync("kill -KILL $(pgrep -f '^bridgehead up')");
        (await cloud.RunAsync($"nova-manage rules --chain {chain}")).Should().Contain("The kernel holds what is desired", "rules outlive daemons");
        await cloud.RunAsync(harm);
        var ran = await cloud.TryAsync("nova-manage rules --diff");
        ran.ExitCode.Should().Be(1, ran.Output);
        ran.Output.Should().MatchRegex($"(?m){missing}").And.MatchRegex($"(?m){unexpected}").And.Contain("The kernel differs from what is desired: ");
        (await cloud.RunAsync("nova-manage rules --json")).Should().Contain("\"state\": \"missing\"").And.Contain("\"state\": \"unexpected\"");

        await cloud.RunAsync("bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done");
        await cloud.UntilAsync("nova-manage rules --diff");
        await cloud.RunAsync("outside ping -c 1 -W 1 192.168.1.233");
    }

    /// <summary>What the other back end left is found after a change of the setting that no daemon has carried out yet.</summary>
    [Fact]
    public async Task Rules_of_the_other_back_end_are_not_desired()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("kill -KILL $(pgrep -f '^bridgehead up')");
        var ran = await cloud.TryAsync("BRIDGEHEAD_NETFILTER_BACKEND=nftables nova-manage rules --diff");
        ran.ExitCode.Should().Be(1, ran.Output);
        ran.Output.Should().Contain("+ iptables filter, chain nova-compute-local, which is not desired").And.Contain("- ip bridgehead, chain to_vm, which is not there");
    }

    [Fact]
    public async Task Who_is_not_root_is_told_so()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        var ran = await cloud.TryAsync("chmod -R a+rwX $(dirname $SANDBOX_LOG); setpriv --reuid=65534 --clear-groups nova-manage rules");
        (ran.ExitCode, ran.Output).Should().Be((2, "error: Only root can read the packet filter: run it as root."));
    }
}
