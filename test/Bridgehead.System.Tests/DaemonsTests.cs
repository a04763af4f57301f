using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>The three daemons as processes of their own, over either database.</summary>
public sealed class DaemonsTests
{
    private const string Start =
        "for daemon in nova-network nova-compute nova-api; do $daemon >>$SANDBOX_LOG 2>&1 </dev/null & done; until nova service-list 2>/dev/null | grep -c ' up ' | grep -qx 5; do sleep 0.05; done";

    [Fact]
    public async Task Three_processes_make_the_same_host_as_one()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await BootAsync(cloud);
        var together = await ListingAsync(cloud);
        await cloud.RunAsync("kill $(pgrep -f '^bridgehead up'); while pgrep -f '^bridgehead up'; do sleep 0.05; done");
        await cloud.RunAsync("iptables-save | grep -v '^#' | sed '/^[:-].*nova/d' | iptables-restore");
        await cloud.RunAsync(Start);
        await cloud.UntilAsync("iptables-save | grep -e 'nova-compute-local -d 10.10.10.2'");
        (await ListingAsync(cloud)).Should().Be(together);
        await cloud.BootAsync("two");
        await cloud.RunAsync("console two ping -c 1 -W 1 10.10.10.2");
        await cloud.RunAsync("nova delete one; nova delete two");
        await cloud.UntilAsync("! iptables-save | grep inst-");
    }

    [Fact]
    public async Task Over_PostgreSQL_they_do_the_same()
    {
        var start = await File.ReadAllTextAsync(Path.Combine(Bridgehead.Testing.Golden.Root, "test", "with-postgres"), TestContext.Current.CancellationToken);
        start.Should().Contain("pg_ctl");
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("kill $(pgrep -f '^bridgehead up'); while pgrep -f '^bridgehead up'; do sleep 0.05; done");
        await cloud.RunAsync($"{Path.Combine(Bridgehead.Testing.Golden.Root, "test", "with-postgres")} sh -c 'echo \"$BRIDGEHEAD_TEST_POSTGRES\" >/run/postgres; sleep 600' & until [ -s /run/postgres ]; do sleep 0.05; done");
        await cloud.RunAsync("export BRIDGEHEAD_CONNECTION=\"$(cat /run/postgres)\"");
        await cloud.RunAsync(Start);
        await BootAsync(cloud);
        (await ListingAsync(cloud)).Should().Contain("-A nova-compute-local -d 10.10.10.2/32 -j nova-compute-inst-1");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.UntilAsync("iptables-save | grep -e '-A nova-compute-inst-1 -p icmp -j ACCEPT'");
        await cloud.RunAsync("kill -KILL $(pgrep -f '^nova-compute'); nova delete one");
        await cloud.RunAsync("nova-compute >>$SANDBOX_LOG 2>&1 </dev/null & true");
        await cloud.UntilAsync("! iptables-save | grep inst-");
        await cloud.RunAsync("kill $(pgrep -f 'sleep 600'); while pgrep -f pg_ctl; do sleep 0.05; done; while pgrep -x postgres; do sleep 0.05; done; while [ -e \"$(sed 's/^Host=//; s/;.*//' /run/postgres)\" ]; do sleep 0.05; done");
    }

    private static async Task BootAsync(SandboxCloud cloud)
    {
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.BootAsync("one");
    }

    /// <summary>Without the built-in chains: in which order workers hook in depends on who came first.</summary>
    private static Task<string> ListingAsync(SandboxCloud cloud) => cloud.RunAsync("iptables-save | grep '^-A' | sort");
}
