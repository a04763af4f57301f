using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Agent;
using Bridgehead.Control;
using Bridgehead.Manage;
using Bridgehead.Model;
using Bridgehead.Rules.Inventory;
using Bridgehead.Rules.Iptables;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Store.Tests.Manage;

/// <summary>An operator asks for the way of a packet: a web server with a floating address, and a database that lets nobody in, on one network.</summary>
public sealed class ExplainTests
{
    private static readonly CancellationToken Cancel = CancellationToken.None;

    [Theory]
    [InlineData("floating-open", "explain 192.168.1.1 192.168.1.233 --port 80")]
    [InlineData("floating-closed", "explain 192.168.1.1 192.168.1.233 --port 22")]
    [InlineData("outward", "explain web 192.168.1.1 --port 443")]
    [InlineData("neighbours", "explain web db tcp 3306")]
    [InlineData("metadata", "explain db 169.254.169.254 --port 80")]
    [InlineData("discover", "explain 0.0.0.0 255.255.255.255 udp 67 --source_port 68 --via db")]
    [InlineData("spoofed", "explain 10.10.10.77 db --port 80 --via web")]
    [InlineData("ping-everything", "explain 192.168.1.1 web icmp --all")]
    public async Task The_whole_way_reads_like_this(string name, string line)
    {
        foreach (var backend in Enum.GetValues<NetfilterBackend>())
        {
            await using var cloud = await ExplainedCloud.AtAsync(backend);
            Golden.Matches(await cloud.AskAsync(line), $"test/Bridgehead.Store.Tests/Manage/golden/explain-{name}-{backend.ToString().ToLowerInvariant()}.txt");
        }
    }

    [Fact]
    public async Task Programs_get_the_same_as_JSON()
    {
        await using var cloud = await ExplainedCloud.AtAsync(NetfilterBackend.Iptables);
        using var json = JsonDocument.Parse(await cloud.AskAsync("explain 192.168.1.1 192.168.1.233 --port 22 --json"));
        json.RootElement.GetProperty("fate").GetString().Should().Be("dropped");
        json.RootElement.GetProperty("change").GetString().Should().StartWith("nova secgroup-add-rule web tcp 22 22 192.168.1.1/32");
        json.RootElement.GetProperty("final").GetProperty("destination").GetString().Should().Be("10.10.10.2");
        json.RootElement.GetProperty("steps").EnumerateArray().Last(step => step.GetProperty("decided").GetBoolean()).GetProperty("text").GetString().Should().Be("-j DROP");
    }

    /// <summary>What the change says is done; then the packet passes.</summary>
    [Theory]
    [InlineData(NetfilterBackend.Iptables)]
    [InlineData(NetfilterBackend.Nftables)]
    public async Task The_one_change_lets_it_pass(NetfilterBackend backend)
    {
        await using var cloud = await ExplainedCloud.AtAsync(backend);
        (await cloud.AskAsync("explain 192.168.1.1 web --port 22")).Should().Contain("change:  nova secgroup-add-rule web tcp 22 22 192.168.1.1/32\n");
        await cloud.AllowAsync("web", "tcp", 22, 22, "192.168.1.1/32");
        (await cloud.AskAsync("explain 192.168.1.1 web --port 22")).Should().Contain("security group web, project admin: tcp 22 from 192.168.1.1/32\n").And.Contain("verdict: passes");
    }

    /// <summary>A tenant's names come to an operator's terminal, and from there to a shell.</summary>
    [Fact]
    public async Task Names_that_would_be_commands_or_move_the_cursor_are_harmless()
    {
        await using var cloud = await ExplainedCloud.AtAsync(NetfilterBackend.Iptables);
        await cloud.RenameAsync("web", "a 'b'; reboot\u001b[2J");
        (await cloud.AskAsync("explain 192.168.1.1 web --port 22")).Should().Contain("change:  nova secgroup-add-rule 'a '\\''b'\\''; reboot?[2J' tcp 22 22 192.168.1.1/32\n").And.NotContain("\u001b");
    }

    [Theory]
    [InlineData(NetfilterBackend.Iptables)]
    [InlineData(NetfilterBackend.Nftables)]
    public async Task Other_peoples_rules_and_policies_stand_where_they_are(NetfilterBackend backend)
    {
        await using var cloud = await ExplainedCloud.AtAsync(backend, "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -s 192.0.2.0/24 -j DOCKER\nCOMMIT\n");
        var story = await cloud.AskAsync("explain 192.168.1.1 192.168.1.232 --port 80");
        story.Should().Contain("  ? -s 192.0.2.0/24 -j DOCKER   (somebody else's rule: not tried)\n").And.Contain("verdict: dropped: no rule decided: the policy of FORWARD is DROP\n");
        story.Should().Contain("change:  on the host, not in the cloud: iptables -P FORWARD ACCEPT, or a rule of the host's own that accepts it\n");
    }

    [Theory]
    [InlineData("explain nobody web --port 1", "'nobody' is neither an address nor a server.")]
    [InlineData("explain web db", "Which port? Give --port, or --proto icmp.")]
    [InlineData("explain web db tcp 0", "--port is a number from 1 to 65535, not '0'.")]
    [InlineData("explain web db sctp 1", "--proto is tcp, udp or icmp, not 'sctp'.")]
    [InlineData("explain web db --icmp_type 8/x", "--icmp_type is a type, or a type and a code such as 3/4, not '8/x'.")]
    [InlineData("explain web db icmp 8", "icmp has no ports: give --icmp_type.")]
    [InlineData("explain web db --port 1 --via mars", "'mars' is neither an interface of this host nor a server or a server's port.")]
    [InlineData("explain web fd00::1 --port 1", "Server web has no IPv6 address.")]
    [InlineData("explain web 224.0.0.1 --port 1", "224.0.0.1 is a multicast address: its way is not followed.")]
    [InlineData("explain web db --port 1 --state old", "--state is new, established, related or invalid, not 'old'.")]
    public async Task A_question_that_cannot_be_asked_is_one_sentence(string line, string sentence)
    {
        await using var cloud = await ExplainedCloud.AtAsync(NetfilterBackend.Iptables);
        (await cloud.RefusedAsync(line)).Should().Be((2, $"error: {sentence}\n"));
    }

    /// <summary>The store's entities, and a host that is as the agents make it.</summary>
    private sealed class ExplainedCloud : IAsyncDisposable, IHostInspection
    {
        private readonly Operator _operator;
        private readonly List<(string Random, string Name)> _names = [];
        private readonly string? _saved;

        private ExplainedCloud(Operator at, string? saved) => (_operator, _saved) = (at, saved);

        public static async Task<ExplainedCloud> AtAsync(NetfilterBackend backend, string? saved = null)
        {
            var at = await Operator.AtAsync("sqlite", settings => settings with { NetfilterBackend = backend, RoutingSourceIp = Ip.Parse("192.168.1.90") });
            var cloud = new ExplainedCloud(at, saved);
            await at.DoAsync("network create mynet 10.10.10.0/24");
            await at.DoAsync("floating create --ip_range 192.168.1.232/30");
            await at.Store.WriteAsync(s => s.Networks.ClaimAsync(1, "node1", Cancel), Cancel);
            var project = await at.ProjectAsync();
            await cloud.ServerAsync(1, "web", project);
            await cloud.ServerAsync(2, "db", project);
            await cloud.AllowAsync("web", "tcp", 80, 80, "0.0.0.0/0");
            var caller = new Caller("", project, IsAdmin: true);
            await new FloatingIpActions(at.Store, at.Settings).AssociateAsync(caller, IdOf(1), (await new FloatingIpActions(at.Store, at.Settings).AllocateAsync(caller, null, Cancel)).Value.Address, null, Cancel);
            return cloud;
        }

        public async Task<string> AskAsync(string line)
        {
            var (code, output, error) = await _operator.TypeAsync(line, this);
            (code, error).Should().Be((0, ""), line);
            return _names.Aggregate(output, (text, name) => text.Replace(name.Random, name.Name, StringComparison.Ordinal));
        }

        public async Task<(int, string)> RefusedAsync(string line)
        {
            var (code, _, error) = await _operator.TypeAsync(line, this);
            return (code, error);
        }

        public async Task AllowAsync(string group, string protocol, int from, int to, string range)
        {
            var project = await _operator.ProjectAsync();
            var found = await _operator.Store.ReadAsync(s => s.SecurityGroups.FindAsync(project, group, Cancel), Cancel);
            await _operator.Store.WriteAsync(
                s => s.SecurityGroups.AddRuleAsync(new SecurityGroupRule { Id = 0, ParentGroupId = found!.Id, ProtocolText = protocol, FromPort = from, ToPort = to, Cidr = Cidr.Parse(range) }, Cancel), Cancel);
        }

        public async Task RenameAsync(string group, string name)
        {
            var project = await _operator.ProjectAsync();
            await _operator.Store.WriteAsync(
                async s => await s.SecurityGroups.RenameAsync((await s.SecurityGroups.FindAsync(project, group, Cancel))!.Id, name, "", Cancel), Cancel);
        }

        public async Task<HostPicture> LookAsync(NovaSettings settings, Database store, CancellationToken cancel) => new(
            await new HostWishes(settings, store).ReadAsync(cancel),
            new TracedHost
            {
                Addresses = [new HostAddress(Ip.Parse("192.168.1.90"), SampleCloud.Uplink), new HostAddress(Ip.Parse("10.10.10.1"), DeviceName.Parse("br100"))],
                Routes = [new HostRoute(Cidr.AnyV4, SampleCloud.Uplink), new HostRoute(Cidr.Parse("10.10.10.0/24"), DeviceName.Parse("br100"))],
            },
            _saved is null ? null : new Dictionary<IpFamily, SavedRules> { [IpFamily.V4] = SavedRules.Parse(_saved) });

        public Task<Listing> ListAsync(NovaSettings settings, Database store, CancellationToken cancel) => throw new NotSupportedException("nobody lists rules here");

        public IPacketTrace Trace(NovaSettings settings, TraceFilter filter, Func<DeviceName, bool> isBridge) => throw new NotSupportedException();

        public Task<RuleBook> RulesAsync(NovaSettings settings, Database store, HostPicture picture, RuleBook? before, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => _operator.DisposeAsync();

        private static Guid IdOf(int number) => new(number, 0, 0, new byte[8]);

        private Task ServerAsync(int number, string name, string project) => _operator.Store.WriteAsync(
            async s =>
            {
                var network = (await s.Networks.FindAsync(1, Cancel))!;
                await s.Instances.AddAsync(Sample.Instance(number) with { Uuid = IdOf(number), ProjectId = project, DisplayName = name, HostName = name, Host = "node1" }, Cancel);
                var nic = (await s.VirtualInterfaces.AddAsync(network.Id, IdOf(number), Cancel))!;
                await s.FixedIps.TakeAsync(network, network.Cidr!.Value.At((UInt128)(number + 1)), nic.Id, IdOf(number), Cancel);
                await s.SecurityGroups.JoinAsync(IdOf(number), await s.SecurityGroups.AddAsync(project, name, "", Cancel), Cancel);
                _names.Add(($"{nic.TapName}", $"tap-of-{name}"));
                _names.Add(($"{nic.Mac}", $"mac-of-{name}"));
                return true;
            },
            Cancel);
    }
}
