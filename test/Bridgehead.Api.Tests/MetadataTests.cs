using System.Net;
using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>Two servers on a network of loopback addresses, so that a test can ask from either's own address; and a proxy at another one.</summary>
public sealed class MetadataCloud : Cloud
{
    public static readonly IPAddress Proxy = Ip.Parse("127.9.0.200");

    public static readonly IPAddress Unknown = Ip.Parse("127.9.0.100");

    public IPAddress One { get; private set; } = IPAddress.None;

    public IPAddress Two { get; private set; } = IPAddress.None;

    protected override async Task InhabitAsync()
    {
        await LoopbackNetworkAsync();
        await PostAsync("/compute/v2.1/os-keypairs", """{"keypair":{"name":"my key"}}""");
        await BootAsync("one", $$""","key_name":"my key","user_data":"{{Convert.ToBase64String([0, 255, 10, 13])}}","metadata":{"colour":"red"},"personality":[{"path":"/etc/motd","contents":"aGVsbG8K"},{"path":"/srv/\"x\"","contents":""}]""");
        await BootAsync("two");
        One = await AddressAsync("one");
        Two = await AddressAsync("two");
    }

    protected override NovaSettings Configure(NovaSettings settings) => settings with { UseForwardedFor = true, MetadataTrustedProxies = [Proxy] };

    /// <summary>Asks from an address of this host's loopback network.</summary>
    public async Task<Answer> AskAsync(IPAddress from, string path, string method = "GET", string? body = null, params string[] forwarded)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(Server.Metadata, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://{Server.Metadata}{path}");
        foreach (var value in forwarded)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", value);
        }

        request.Content = body is null ? null : new StringContent(body);
        var message = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await message.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new Answer(message.StatusCode, Encoding.Latin1.GetString(bytes), message);
    }

    /// <summary>Past the API, which refuses loopback ranges.</summary>
    private async Task LoopbackNetworkAsync()
    {
        var planned = new CreateNetwork(Store, Settings).Plan(new NetworkSpec { Label = "loop", Cidr = "10.9.0.0/24" }).Value[0];
        var loopback = planned with { Cidr = Cidr.Parse("127.9.0.0/24"), Gateway = Ip.Parse("127.9.0.1"), DhcpServer = Ip.Parse("127.9.0.1"), DhcpStart = Ip.Parse("127.9.0.2") };
        await WriteAsync(s => s.Networks.AddAsync(loopback, default));
    }

    private Task<IPAddress> AddressAsync(string name) => Store.ReadAsync(
        async s =>
        {
            var instance = (await s.Instances.ListAsync(new InstanceFilter().With(InstanceColumn.DisplayName, name), null, 1, default))[0];
            return (await s.FixedIps.OfInstanceAsync(instance.Uuid, default))[0].Address;
        },
        default);
}

/// <summary>What an instance is told, and that nobody is told another one's.</summary>
public sealed class MetadataTests(MetadataCloud cloud) : IClassFixture<MetadataCloud>
{
    [Fact]
    public async Task Files_given_at_boot_are_named_in_meta_data_and_read_by_number()
    {
        var files = (await cloud.AskAsync(cloud.One, "/openstack/latest/meta_data.json")).Json.GetProperty("files");
        files.EnumerateArray().Select(f => f.GetProperty("path").GetString()).Should().Equal("/etc/motd", "/srv/\"x\"");
        files.EnumerateArray().Select(f => f.GetProperty("content_path").GetString()).Should().Equal("/content/0000", "/content/0001");
        (await cloud.AskAsync(cloud.One, "/openstack/content/0000")).Text.Should().Be("hello\n");
        (await cloud.AskAsync(cloud.One, "/openstack/content/0001")).Text.Should().BeEmpty();
        (await cloud.AskAsync(cloud.One, "/openstack/content/0002")).Code.Should().Be(404);
        (await cloud.AskAsync(cloud.One, "/openstack/content")).Code.Should().Be(404);
        (await cloud.AskAsync(cloud.Two, "/openstack/content/0000")).Code.Should().Be(404);
        (await cloud.AskAsync(cloud.Two, "/openstack/latest/meta_data.json")).Json.TryGetProperty("files", out _).Should().BeFalse();
    }

    [Fact]
    public async Task The_tree_lists_like_EC2()
    {
        (await cloud.AskAsync(cloud.One, "/")).Text.Should().StartWith("1.0\n2007-01-19\n").And.EndWith("2009-04-04\nlatest");
        (await cloud.AskAsync(cloud.One, "/latest/")).Text.Should().Be("meta-data/\nuser-data");
        (await cloud.AskAsync(cloud.Two, "/latest")).Text.Should().Be("meta-data/");
        (await cloud.AskAsync(cloud.One, "/1.0/meta-data/")).Text.Should().Be(
            "ami-id\nami-launch-index\nami-manifest-path\nhostname\ninstance-id\nlocal-ipv4\npublic-keys/\nreservation-id\nsecurity-groups");
        (await cloud.AskAsync(cloud.One, "/latest/meta-data/public-keys/")).Text.Should().Be("0=my key");
        (await cloud.AskAsync(cloud.One, "/latest/meta-data/public-keys/0/")).Text.Should().Be("openssh-key");
        (await cloud.AskAsync(cloud.One, "/latest/meta-data/placement/")).Text.Should().Be("availability-zone");
        (await cloud.AskAsync(cloud.One, "/openstack/2013-10-17/")).Text.Should().Be("meta_data.json\npassword\nuser_data\nvendor_data.json");
    }

    [Fact]
    public async Task An_instance_learns_about_itself()
    {
        (await cloud.AskAsync(cloud.One, "/latest/meta-data/local-ipv4")).Text.Should().Be($"{cloud.One}");
        (await cloud.AskAsync(cloud.One, "/latest/meta-data/hostname")).Text.Should().Be("one.novalocal");
        (await cloud.AskAsync(cloud.One, "//latest//meta-data/instance-type/")).Text.Should().Be("m1.tiny");
        (await cloud.AskAsync(cloud.One, "/latest/meta-data/public-keys/0/openssh-key")).Text.Should().StartWith("ssh-rsa ");
        (await cloud.AskAsync(cloud.One, "/latest/meta-data/security-groups")).Text.Should().Be("default");
        (await cloud.AskAsync(cloud.One, "/2007-01-19/meta-data/instance-type")).Code.Should().Be(404);
    }

    [Fact]
    public async Task User_data_comes_as_the_bytes_that_were_meant()
    {
        (await cloud.AskAsync(cloud.One, "/latest/user-data")).Text.Should().Be("\0ÿ\n\r");
        (await cloud.AskAsync(cloud.One, "/openstack/latest/user_data")).Text.Should().Be("\0ÿ\n\r");
        (await cloud.AskAsync(cloud.Two, "/latest/user-data")).Code.Should().Be(404);
    }

    [Fact]
    public async Task OpenStacks_documents_are_JSON()
    {
        var data = (await cloud.AskAsync(cloud.One, "/openstack/latest/meta_data.json")).Json;
        data.GetProperty("name").GetString().Should().Be("one");
        data.GetProperty("meta").GetProperty("colour").GetString().Should().Be("red");
        data.GetProperty("public_keys").GetProperty("my key").GetString().Should().StartWith("ssh-rsa ");
        var seed = data.GetProperty("random_seed").GetBytesFromBase64();
        seed.Should().HaveCount(512).And.NotBeEquivalentTo(new byte[512]);
        (await cloud.AskAsync(cloud.One, "/openstack/latest/meta_data.json")).Json.GetProperty("random_seed").GetBytesFromBase64().Should().NotEqual(seed, "each answer has another one");
        var network = (await cloud.AskAsync(cloud.One, "/openstack/latest/network_data.json")).Json;
        network.GetProperty("networks")[0].GetProperty("type").GetString().Should().Be("ipv4_dhcp");
        (await cloud.AskAsync(cloud.One, "/openstack/latest/vendor_data2.json")).Text.Should().Be("""{"static":{}}""");
    }

    [Fact]
    public async Task A_password_is_set_once_and_by_its_instance_only()
    {
        const string Path = "/openstack/latest/password";
        (await cloud.AskAsync(cloud.Two, Path, "POST", new string('x', 1021))).Code.Should().Be(400);
        (await cloud.AskAsync(cloud.Two, Path, "POST", "cipher")).Code.Should().Be(200);
        (await cloud.AskAsync(cloud.Two, Path, "POST", "other")).Code.Should().Be(409);
        (await cloud.AskAsync(cloud.Two, Path)).Text.Should().Be("cipher");
        (await cloud.AskAsync(cloud.One, Path)).Text.Should().BeEmpty();
        (await cloud.AskAsync(cloud.Two, Path, "PUT", "x")).Code.Should().Be(400);
        (await cloud.AskAsync(MetadataCloud.Unknown, Path, "POST", "cipher")).Code.Should().Be(404);
    }

    [Fact]
    public async Task An_address_that_is_nobodys_is_told_nothing()
    {
        (await cloud.AskAsync(MetadataCloud.Unknown, "/latest/meta-data/")).Code.Should().Be(404);
        (await cloud.AskAsync(MetadataCloud.Unknown, "/openstack/latest/meta_data.json")).Code.Should().Be(404);
        (await cloud.AskAsync(MetadataCloud.Unknown, "/latest/meta-data/", forwarded: $"{cloud.One}")).Code.Should().Be(404);
    }

    [Fact]
    public async Task An_address_that_two_instances_have_is_told_nothing()
    {
        var shared = Ip.Parse("127.9.0.77");
        var (first, second) = (await cloud.BootAsync("left"), await cloud.BootAsync("right"));
        await cloud.WriteAsync(async s =>
        {
            var network = (await s.Networks.ListAsync(default))[0];
            // Of a project of its own, so that servers of other tests do not get addresses there.
            var twin = network with { Id = 0, Uuid = Guid.NewGuid(), Label = "twin", ProjectId = "nobody" };
            twin = twin with { Id = await s.Networks.AddAsync(twin, default) };
            await s.FixedIps.TakeAsync(network, shared, (await s.VirtualInterfaces.OfInstanceAsync(first, default))[0].Id, first, default);
            return await s.FixedIps.TakeAsync(twin, shared, (await s.VirtualInterfaces.AddAsync(twin.Id, second, default))!.Id, second, default);
        });
        (await cloud.AskAsync(shared, "/latest/meta-data/hostname")).Code.Should().Be(404);
        (await cloud.SendAsync("DELETE", $"/compute/v2.1/servers/{second}", null)).Code.Should().Be(204);
    }

    [Fact]
    public async Task An_address_that_changes_hands_tells_its_new_owner_only()
    {
        var moving = Ip.Parse("127.9.0.88");
        var (first, second) = (await cloud.BootAsync("before"), await cloud.BootAsync("after"));
        await cloud.WriteAsync(s => TakeAsync(s, moving, first));
        (await cloud.AskAsync(moving, "/latest/meta-data/hostname")).Text.Should().Be("before.novalocal");
        await cloud.WriteAsync(async s =>
        {
            await s.FixedIps.ReleaseAsync((await s.FixedIps.FindAsync(moving, default))!.Id, default);
            return default(Done);
        });
        (await cloud.AskAsync(moving, "/latest/meta-data/hostname")).Code.Should().Be(404);
        await cloud.WriteAsync(s => TakeAsync(s, moving, second));
        (await cloud.AskAsync(moving, "/latest/meta-data/hostname")).Text.Should().Be("after.novalocal");
    }

    [Fact]
    public async Task What_anybody_changes_is_told_from_then_on()
    {
        const string Path = "/openstack/latest/meta_data.json";
        var server = await cloud.BootAsync("changing");
        await cloud.ActivateAsync(server);
        var address = await cloud.Store.ReadAsync(async s => (await s.FixedIps.OfInstanceAsync(server, default))[0].Address, TestContext.Current.CancellationToken);
        for (var round = 0; round < 20; round++)
        {
            await cloud.SendAsync("PUT", $"/compute/v2.1/servers/{server}/metadata/round", $$$"""{"meta":{"round":"{{{round}}}"}}""");
            (await cloud.AskAsync(address, Path)).Json.GetProperty("meta").GetProperty("round").GetString().Should().Be($"{round}");
            (await cloud.AskAsync(address, Path)).Json.GetProperty("meta").GetProperty("round").GetString().Should().Be($"{round}");
        }

        await using (var elsewhere = await Database.OpenAsync(cloud.Settings.Connection, TimeProvider.System, TestContext.Current.CancellationToken))
        {
            await elsewhere.WriteAsync(
                async s =>
                {
                    await s.Instances.SaveAsync((await s.Instances.FindAsync(server, default))! with { DisplayName = "renamed" }, default);
                    return default(Done);
                },
                TestContext.Current.CancellationToken);
        }

        (await cloud.AskAsync(address, Path)).Json.GetProperty("name").GetString().Should().Be("renamed");
    }

    private static async Task<bool> TakeAsync(Session s, IPAddress address, Guid instance) => await s.FixedIps.TakeAsync(
        (await s.Networks.ListAsync(default))[0], address, (await s.VirtualInterfaces.OfInstanceAsync(instance, default))[0].Id, instance, default);

    [Fact]
    public async Task An_instance_cannot_speak_for_another_but_a_trusted_proxy_can()
    {
        (await cloud.AskAsync(cloud.Two, "/latest/meta-data/hostname", forwarded: $"{cloud.One}")).Text.Should().Be("two.novalocal");
        (await cloud.AskAsync(MetadataCloud.Proxy, "/latest/meta-data/hostname", forwarded: $"{cloud.One}")).Text.Should().Be("one.novalocal");
        (await cloud.AskAsync(MetadataCloud.Proxy, "/latest/meta-data/hostname", forwarded: $"::ffff:{cloud.One}")).Text.Should().Be("one.novalocal");
        (await cloud.AskAsync(MetadataCloud.Proxy, "/latest/meta-data/hostname")).Code.Should().Be(404);
    }

    [Theory]
    [InlineData("127.9.0.2, 127.9.0.3")]
    [InlineData("127.9.0.002")]
    [InlineData("localhost")]
    [InlineData("127.9.0.2", "127.9.0.3")]
    public async Task A_proxys_header_that_is_not_one_address_is_refused(params string[] forwarded) =>
        (await cloud.AskAsync(MetadataCloud.Proxy, "/latest/meta-data/hostname", "GET", null, forwarded)).Code.Should().Be(400);

    [Theory]
    [InlineData("/identity/v3")]
    [InlineData("/compute/v2.1")]
    [InlineData("/healthz")]
    [InlineData("/openstack/content/0009")]
    [InlineData("/openstack/2030-01-01/meta_data.json")]
    public async Task Nothing_else_is_served_on_the_metadata_port(string path) => (await cloud.AskAsync(cloud.One, path)).Code.Should().Be(404);
}
