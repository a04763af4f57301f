using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Store.Tests.Manage;

/// <summary>An operator follows packets; a kernel told of them once.</summary>
public sealed class TraceTests
{
    [Theory]
    [InlineData("ping-iptables")]
    [InlineData("denied-nftables")]
    [InlineData("answer-iptables")]
    public async Task A_packets_way_reads_as_explain_tells_it(string name)
    {
        var backend = name.EndsWith("iptables", StringComparison.Ordinal) ? NetfilterBackend.Iptables : NetfilterBackend.Nftables;
        await using var cloud = await OperatedCloud.AtAsync(backend, null, Recording.Of(name));
        var (code, output, error) = await cloud.TypeAsync("trace --to web --count 1");
        (code, error).Should().Be((0, "following packets to web; Ctrl-C ends it\n1 packet followed; 2 times the kernel told more than could be taken, so some ways have gaps\n"));
        Golden.Matches(output, $"test/Bridgehead.Store.Tests/Manage/golden/trace-{name}.txt");
    }

    [Fact]
    public async Task Programs_get_an_object_a_line()
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables, null, Recording.Of("ping-iptables"), Recording.Of("denied-iptables"));
        var (_, output, _) = await cloud.TypeAsync("trace --all --seconds 1 --json");
        var packets = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        packets.Select(packet => packet.GetProperty("fate").GetString()).Should().Equal("sent", "dropped");
        packets[0].GetProperty("final").GetProperty("destination").GetString().Should().Be("10.10.10.2");
    }

    [Fact]
    public async Task It_ends_after_the_count_and_after_the_time()
    {
        var packet = Recording.Of("ping-iptables");
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables, null, packet, packet, packet);
        (await cloud.TypeAsync("trace --proto icmp --count 2")).Error.Should().Be("following packets proto icmp; Ctrl-C ends it\n2 packets followed\n");
        (await cloud.TypeAsync("trace --proto icmp --seconds 1 --replies")).Error.Should().StartWith("following packets proto icmp and their answers; Ctrl-C ends it\n3 packets followed");
    }

    [Theory]
    [InlineData("--to web", "from any to 10.10.10.2/32 192.168.1.233/32")]
    [InlineData("--from 203.0.113.0/24 --to db --proto tcp --port 22", "from 203.0.113.0/24 to 10.10.10.3/32 protocols 6 port 22")]
    [InlineData("--from host --port 53", "from 192.168.1.90/32 10.10.10.1/32 to any protocols 6 17 port 53")]
    [InlineData("--icmp_type 3/4 --via br100", "from any to any protocols 1 type 3/4 via br100")]
    [InlineData("--proto icmp", "from any to any protocols 1 58")]
    [InlineData("--proto icmpv6 --icmp_type 128", "from any to any protocols 58 type 128/")]
    [InlineData("fd00::1 db udp", "from fd00::1/128 to 10.10.10.3/32 protocols 17")]
    [InlineData("--all", "from any to any")]
    public async Task Words_become_a_filter(string line, string filter)
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables, null, Recording.Of("ping-iptables"));
        (await cloud.TypeAsync($"trace {line} --count 1")).Code.Should().Be(0);
        Text(cloud.Followed!).Should().Be(filter);
    }

    [Theory]
    [InlineData("trace", "Which packets? Give --from, --to, --proto, --port, --icmp_type or --via; or --all for every packet.")]
    [InlineData("trace --replies", "Which packets? Give --from, --to, --proto, --port, --icmp_type or --via; or --all for every packet.")]
    [InlineData("trace --all --to web", "--all follows every packet: give nothing else.")]
    [InlineData("trace --to nobody", "'nobody' is neither an address nor a server.")]
    [InlineData("trace --to 10.0.0.1/8", "'10.0.0.1/8' is neither an address nor a server.")]
    [InlineData("trace --port 0", "--port is a number from 1 to 65535, not '0'.")]
    [InlineData("trace --proto sctp", "--proto is tcp, udp or icmp, not 'sctp'.")]
    [InlineData("trace --proto icmp --port 1", "icmp has no ports: give --icmp_type.")]
    [InlineData("trace --proto udp --icmp_type 1", "udp has no ICMP type.")]
    [InlineData("trace --via mars", "'mars' is neither an interface of this host nor a server or a server's port.")]
    [InlineData("trace --to web --count 0", "--count must be more than 0.")]
    [InlineData("trace --to web --seconds soon", "seconds must be a whole number, not 'soon'.")]
    public async Task What_cannot_be_followed_is_one_sentence(string line, string sentence)
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables);
        (await cloud.RefusedAsync(line)).Should().Be((2, $"error: {sentence}\n"));
        cloud.Followed.Should().BeNull();
    }

    private static string Text(TraceFilter filter)
    {
        static string Of<T>(IReadOnlyList<T> list) => list.Count == 0 ? "any" : string.Join(' ', list);
        return $"from {Of(filter.From)} to {Of(filter.To)}{(filter.Protocols.Count == 0 ? "" : $" protocols {Of(filter.Protocols)}")}{(filter.Port is { } port ? $" port {port}" : "")}"
            + $"{(filter.IcmpType is { } type ? $" type {type}/{filter.IcmpCode}" : "")}{(filter.Via.Count == 0 ? "" : $" via {Of(filter.Via)}")}";
    }
}
