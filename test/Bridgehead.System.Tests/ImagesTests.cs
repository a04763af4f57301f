using AwesomeAssertions;
using Xunit;

namespace Bridgehead.System.Tests;

/// <summary>Images with Debian's own client, from a file on disk to a server that boots from a copy of another.</summary>
public sealed class ImagesTests
{
    /// <summary>The stock client uploads what it finds on its standard input, so an image that waits for its data is made without it.</summary>
    private const string Tools = """
        TOKEN=$(openstack token issue -f value -c id) U=http://127.0.0.1:8774/image/v2/images
        new() { curl -s -H "X-Auth-Token: $TOKEN" -H 'Content-Type: application/json' -d '{"name":"n","disk_format":"raw","container_format":"bare"}' $U | grep -o '"id":"[^"]*"' | cut -d'"' -f4; }
        """;

    [Fact]
    public async Task A_large_image_goes_up_comes_back_boots_and_its_servers_copy_boots_too()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("mkdir -p /run/root/opt; head -c 110000000 /dev/urandom >/run/root/opt/large; echo of the image >/run/root/opt/mark; tar -C /run/root -czf /run/image.tgz .");
        await cloud.RunAsync("openstack image create --file /run/image.tgz --container-format bare --disk-format raw --property a=b --tag t first");
        (await cloud.RunAsync("openstack image show first -f value -c status")).Should().Be("active");
        (await cloud.RunAsync("openstack image show first -f value -c checksum")).Should().Be(await cloud.RunAsync("md5sum </run/image.tgz | cut -d' ' -f1"));
        (await cloud.RunAsync("openstack image show first -f value -c size")).Should().Be(await cloud.RunAsync("stat -c %s /run/image.tgz"));
        await cloud.RunAsync("openstack image set --name renamed --min-ram 64 --property c=d first");
        (await cloud.RunAsync("openstack image show renamed -f value -c properties")).Should().Contain("'a': 'b'").And.Contain("'c': 'd'");
        (await cloud.RunAsync("openstack image list -f value -c Name")).Split('\n').Should().Equal("busybox", "renamed");
        await cloud.RunAsync("openstack image save --file /run/back renamed && cmp /run/back /run/image.tgz");

        (await cloud.RunAsync("openstack server create --image renamed --flavor m1.tiny --wait one -f value -c status")).Should().Be("ACTIVE");
        await cloud.UntilAsync("console one grep 'of the image' /opt/mark");
        await cloud.RunAsync("console one sh -c 'echo of the server >/root/note; echo too >/opt/note'");
        await cloud.RunAsync("openstack server image create --wait --name copy one");
        (await cloud.RunAsync("openstack server show one -f value -c OS-EXT-STS:task_state")).Should().Be("None");
        await cloud.RunAsync("openstack image delete renamed");
        (await cloud.RunAsync("openstack server create --image copy --flavor m1.tiny --wait two -f value -c status")).Should().Be("ACTIVE");
        await cloud.UntilAsync("console two grep 'of the server' /root/note");
        await cloud.RunAsync("console two sh -c 'cat /opt/note /opt/mark && cmp -n 1000 /opt/large /opt/large'");
        await cloud.UntilAsync("console two ip -4 -o address show dev eth0 | grep -w inet");
        await cloud.RunAsync("nova secgroup-add-rule default icmp -1 -1 0.0.0.0/0");
        await cloud.UntilAsync($"ping -c 1 -W 1 {await cloud.AddressAsync("two")}");
        (await cloud.RunAsync("nova console-log two")).Should().Contain("init: booting two");

        await cloud.RunAsync("openstack image delete copy");
        (await cloud.RunAsync("ls /run/bridgehead/state/images | grep -c '[.]'")).Should().Be("1", "only the busybox's file is left");
    }

    [Fact]
    public async Task What_cannot_be_booted_or_kept_is_said_and_leaves_nothing()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync("nova-manage network create mynet 10.10.10.0/24");
        await cloud.RunAsync("openstack image create --file /etc/services --disk-format qcow2 text");
        await cloud.TryAsync("openstack server create --image text --flavor m1.tiny --wait one");
        (await cloud.RunAsync("openstack server show one -f value -c status -c fault")).Should().Contain("ERROR").And.Contain("tar archive");

        (await cloud.FailAsync("openstack image create --disk-format floppy bad")).Should().NotContain("Traceback");
    }

    [Fact]
    public async Task A_full_disk_is_said_and_leaves_nothing()
    {
        await using var cloud = await SandboxCloud.StartAsync("--set", "filesystem_store_datadir=/run/small");
        await cloud.RunAsync("mount -t tmpfs -o size=16m tmpfs /run/small && ls /run/small");
        await cloud.RunAsync(Tools);
        await cloud.RunAsync("put() { curl -s -o /run/answer -w '%{http_code}' -H \"X-Auth-Token: $TOKEN\" -H 'Content-Type: application/octet-stream' -H 'Expect:' \"$@\"; cat /run/answer; }");
        await cloud.RunAsync("ID=$(new)");
        foreach (var how in new[] { "-T /run/large", "-H 'Transfer-Encoding: chunked' -T /run/large" })
        {
            (await cloud.RunAsync($"head -c 30000000 /dev/zero >/run/large; put {how} $U/$ID/file")).Should().StartWith("413").And.Contain("not enough space");
            (await cloud.RunAsync("ls /run/small | wc -l")).Should().Be("0");
            (await cloud.RunAsync("openstack image show $ID -f value -c status")).Should().Be("queued");
        }

        (await cloud.RunAsync("head -c 1000000 /dev/zero >/run/large; put -T /run/large $U/$ID/file")).Should().StartWith("204");
    }

    [Fact]
    public async Task An_upload_that_dies_with_the_daemon_can_be_repeated_after_its_restart()
    {
        await using var cloud = await SandboxCloud.StartAsync();
        await cloud.RunAsync(Tools);
        await cloud.RunAsync("head -c 50000000 /dev/urandom >/run/content; ID=$(new)");
        await cloud.RunAsync("curl -s --limit-rate 1M -H \"X-Auth-Token: $TOKEN\" -H 'Content-Type: application/octet-stream' -T /run/content $U/$ID/file >/dev/null & sleep 0.1");
        await cloud.UntilAsync("openstack image show $ID -f value -c status | grep saving");
        await cloud.RunAsync("ls /run/bridgehead/state/images | grep $ID");
        await cloud.RunAsync("kill -KILL $(pgrep -f '^bridgehead up'); bridgehead up >>$SANDBOX_LOG 2>&1 </dev/null & until nova list >/dev/null 2>&1; do sleep 0.05; done");
        await cloud.UntilAsync("openstack image show $ID -f value -c status | grep queued");
        await cloud.FailAsync("ls /run/bridgehead/state/images | grep $ID");
        await cloud.RunAsync("TOKEN=$(openstack token issue -f value -c id); curl -s -f -H \"X-Auth-Token: $TOKEN\" -H 'Content-Type: application/octet-stream' -T /run/content $U/$ID/file");
        (await cloud.RunAsync("openstack image show $ID -f value -c checksum")).Should().Be(await cloud.RunAsync("md5sum </run/content | cut -d' ' -f1"));
    }
}
