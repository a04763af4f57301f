using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Store.Tests.Manage;

/// <summary>An operator asks for the way of a packet: a web server with a floating address, and a database that lets nobody in, on one network.</summary>
public sealed class ExplainTests
{
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
            await using var cloud = await OperatedCloud.AtAsync(backend);
            Golden.Matches(await cloud.AskAsync(line), $"test/Bridgehead.Store.Tests/Manage/golden/explain-{name}-{backend.ToString().ToLowerInvariant()}.txt");
        }
    }

    [Fact]
    public async Task Programs_get_the_same_as_JSON()
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables);
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
        await using var cloud = await OperatedCloud.AtAsync(backend);
        (await cloud.AskAsync("explain 192.168.1.1 web --port 22")).Should().Contain("change:  nova secgroup-add-rule web tcp 22 22 192.168.1.1/32\n");
        await cloud.AllowAsync("web", "tcp", 22, 22, "192.168.1.1/32");
        (await cloud.AskAsync("explain 192.168.1.1 web --port 22")).Should().Contain("security group web, project admin: tcp 22 from 192.168.1.1/32\n").And.Contain("verdict: passes");
    }

    /// <summary>A tenant's names come to an operator's terminal, and from there to a shell.</summary>
    [Fact]
    public async Task Names_that_would_be_commands_or_move_the_cursor_are_harmless()
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables);
        await cloud.RenameAsync("web", "a 'b'; reboot\u001b[2J");
        (await cloud.AskAsync("explain 192.168.1.1 web --port 22")).Should().Contain("change:  nova secgroup-add-rule 'a '\\''b'\\''; reboot\\x1b[2J' tcp 22 22 192.168.1.1/32\n").And.NotContain("\u001b");
    }

    [Theory]
    [InlineData(NetfilterBackend.Iptables)]
    [InlineData(NetfilterBackend.Nftables)]
    public async Task Other_peoples_rules_and_policies_stand_where_they_are(NetfilterBackend backend)
    {
        await using var cloud = await OperatedCloud.AtAsync(backend, "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -s 192.0.2.0/24 -j DOCKER\nCOMMIT\n");
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
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables);
        (await cloud.RefusedAsync(line)).Should().Be((2, $"error: {sentence}\n"));
    }
}
