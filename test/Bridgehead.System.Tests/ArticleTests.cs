using AwesomeAssertions;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>The article's walk-through, with the commands as typed there, a real kernel and real packets.</summary>
public sealed class ArticleTests
{
    [Theory]
    [InlineData("nft")]
    [InlineData("legacy")]
    public async Task The_walk_through_comes_out_rule_for_rule_and_packet_for_packet(string variant)
    {
        await using var cloud = await SandboxCloud.StartAsync("--iptables-variant", variant);
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        var image = await cloud.RunAsync("nova image-list | awk '/busybox/ {print $2}'");
        await cloud.RunAsync($"nova boot --image {image} --flavor 1 myserver");
        await cloud.UntilAsync("console myserver timeout 2 wget -q -O - http://169.254.169.254/latest/meta-data/local-ipv4 | grep -x 10.10.10.2");
        (await cloud.AddressAsync("myserver")).Should().Be("10.10.10.2");
        (await cloud.RunAsync("console myserver timeout 2 wget -q -O - http://192.168.1.1/cgi-bin/whoami")).Should().Be("192.168.1.90");

        await FloatingAsync(cloud);
        (await cloud.FailAsync("outside ping -c 1 -W 1 192.168.1.233")).Should().Contain("100% packet loss");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.UntilAsync("outside ping -c 1 -W 1 192.168.1.233");
        await cloud.RunAsync("ping -c 1 -W 2 192.168.1.233");
        (await cloud.FailAsync("outside nc -w 1 192.168.1.233 22")).Should().NotContain("refused", "no rule lets ssh in");

        await RulesAsync(cloud, variant);
        await SecondServerAsync(cloud);
    }

    private static async Task FloatingAsync(SandboxCloud cloud)
    {
        await cloud.RunAsync("nova-manage floating create --ip_range=192.168.1.232/30");
        (await cloud.RunAsync("nova floating-ip-create")).Should().Contain("192.168.1.233");
        var id = await cloud.RunAsync("nova list | awk '/myserver/ {print $2}'");
        await cloud.RunAsync($"nova add-floating-ip {id} 192.168.1.233");
        await cloud.UntilAsync("console myserver timeout 2 wget -q -O - http://192.168.1.1/cgi-bin/whoami | grep -x 192.168.1.233");
        (await cloud.RunAsync("ip -4 -o address show dev eth0")).Should().Contain("192.168.1.233/32");
    }

    /// <summary>The article's lines are there verbatim, and nothing else than the golden listing has.</summary>
    private static async Task RulesAsync(SandboxCloud cloud, string variant)
    {
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(Golden.Root, "test/Bridgehead.System.Tests/golden/article-rules.txt"), TestContext.Current.CancellationToken))
        {
            var words = line.Split(' ', 2);
            await cloud.RunAsync($"iptables-{variant}-save -t {words[0]} | grep -xF -e '{words[1]}'");
        }

        var saved = await cloud.RunAsync($"iptables-{variant}-save | grep '^-A' | sort");
        Golden.Matches(saved + "\n", "test/Bridgehead.System.Tests/golden/article-listing.txt");
    }

    private static async Task SecondServerAsync(SandboxCloud cloud)
    {
        await cloud.BootAsync("second");
        await cloud.UntilAsync("console second ping -c 1 -W 1 10.10.10.2");
        await cloud.RunAsync("console second nslookup myserver 10.10.10.1 | grep 10.10.10.2");
        (await cloud.RunAsync("console second timeout 2 wget -q -O - http://169.254.169.254/latest/meta-data/local-ipv4")).Should().Be(await cloud.AddressAsync("second"));
        (await cloud.RunAsync("console second timeout 2 wget -q --header 'X-Forwarded-For: 10.10.10.2' -O - http://169.254.169.254/latest/meta-data/hostname"))
            .Should().StartWith("second", "a header does not make it another instance");
    }
}
