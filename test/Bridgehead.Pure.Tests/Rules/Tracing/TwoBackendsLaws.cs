using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules.Tracing;

/// <summary>Two back ends, one meaning: whatever the cloud and whatever the packet, both pass or drop it, and translate it alike.</summary>
public sealed class TwoBackendsLaws
{
    private const int Clouds = 400;
    private const int PacketsEach = 40;

    [Fact]
    public void Both_give_a_packet_the_same_way() => CloudGen.Clouds.SelectMany(cloud => PacketGen.Any(cloud).Array[PacketsEach].Select(packets => (Cloud: cloud, Packets: packets))).Sample(
        sample =>
        {
            var (iptables, nftables) = (sample.Cloud.Tracer(NetfilterBackend.Iptables), sample.Cloud.Tracer(NetfilterBackend.Nftables));
            foreach (var packet in sample.Packets.Where(packet => !packet.Source.Equals(packet.Destination)))
            {
                var (one, other) = (iptables.Trace(packet), nftables.Trace(packet));
                (other.Fate, other.Final, other.Output).Should().Be((one.Fate, one.Final, one.Output), $"{packet} by {packet.Input}\n{Tell(one)}\n--\n{Tell(other)}");
            }
        },
        iter: Clouds,
        print: sample => string.Join('\n', sample.Cloud.Policies.Network.Concat(sample.Cloud.Policies.Compute)));

    private static string Tell(Trace trace) => string.Join('\n', trace.Steps.Where(step => step.Kind != TraceKind.Rule || step.Matched).Select(step => $"{new string(' ', step.Depth * 2)}{step.Chain}: {step.Text}"));
}
