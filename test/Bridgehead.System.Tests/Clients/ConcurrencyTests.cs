using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests.Clients;

/// <summary>Many users at one moment.</summary>
public sealed class ConcurrencyTests
{
    private const int Boots = 30;

    [Fact]
    public async Task Boots_at_once_all_become_active_with_addresses_of_their_own_and_all_answer()
    {
        await using var cloud = await SandboxCloud.StartAsync("--set", "quota_instances=-1", "--set", "quota_cores=-1", "--set", "quota_ram=-1");
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24; nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.RunAsync($"for i in $(seq {Boots}); do nova boot --image busybox --flavor 1 n$i >/run/boot$i && echo n$i >>/run/booted & done; wait $(jobs -p); [ $(sort -u /run/booted | wc -l) = {Boots} ]");
        await cloud.UntilAsync($"[ $(nova list | grep -c ACTIVE) = {Boots} ]");
        var addresses = (await cloud.RunAsync("nova list | grep -o 'mynet=[0-9.]*' | cut -d= -f2")).Split('\n');
        addresses.Should().HaveCount(Boots).And.OnlyHaveUniqueItems();
        foreach (var address in addresses)
        {
            await cloud.UntilAsync($"ping -c 1 -W 1 {address}");
        }

        await cloud.RunAsync($"for i in $(seq {Boots}); do nova delete n$i >/dev/null & done; wait $(jobs -p)");
        await cloud.UntilAsync("! iptables-save | grep inst-");
    }
}
