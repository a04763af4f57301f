using System.Net;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Bridgehead.Testing;

namespace Bridgehead.Kernel.Tests.Differential;

/// <summary>A packet that is sent for real, with what the tracer says of it.</summary>
internal sealed record Shot(SampleCloud Cloud, Packet Packet, Trace Trace, ulong Token, bool IsReply = false)
{
    /// <summary>Where it should arrive; null where nobody should see it.</summary>
    public string? Place => Trace.Fate switch
    {
        Fate.Delivered => Wire.Host,
        Fate.Sent when Trace.Output == SampleCloud.Uplink => Topology.UplinkCable,
        Fate.Sent => Cloud.NicOf(Trace.Final.Destination) is { } nic ? Topology.CableOf(nic) : throw new InvalidOperationException($"nobody is at {Trace.Final.Destination}"),
        _ => null,
    };

    public void Send(Wire wire)
    {
        if (Packet.Input is not { } input)
        {
            wire.SendFromHost(Packet, Token);
            return;
        }

        var nic = Cloud.NicOf(Packet.Source);
        var (cable, mac) = input == SampleCloud.Uplink ? (Topology.UplinkCable, Topology.OutsideMac) : (Topology.CableOf(nic!), nic!.Nic.Mac);
        wire.Send(cable, Frame.Of(mac, NextHop(input), Packet, Token, IsReply));
    }

    /// <summary>What is wrong with what was seen; null when it is as it should be.</summary>
    /// <param name="all">What was seen of it, anywhere.</param>
    /// <param name="destination">A reply's is translated back by connection tracking, which the filter does not see.</param>
    public string? Compare(IEnumerable<Seen> all, (IPAddress Source, IPAddress Destination)? destination = null)
    {
        var seen = Find(all);
        if (Place != seen?.Place)
        {
            return $"{Packet} by {Packet.Input}: the tracer says {Trace.Fate} at {Place ?? "nobody"}, and it was seen at {seen?.Place ?? "nobody"}";
        }

        if (seen is null)
        {
            return null;
        }

        var (from, to) = destination ?? (Trace.Final.Source, Trace.Final.Destination);
        var port = Trace.Final.DestinationPort ?? Packet.IcmpType ?? 0;
        var right = seen.Source.Equals(from) && (seen.Destination.Equals(to) || IsUnknown(seen)) && ((IsReply && !IsIcmp) || seen.DestinationPort == port);
        return right ? null : $"{Packet}: the tracer says it becomes {from} -> {to}:{port}, and it was {seen.Source} -> {seen.Destination}:{seen.DestinationPort}";
    }

    public Seen? Find(IEnumerable<Seen> all) => all.LastOrDefault(seen => seen.Token == Token && (!IsIcmp || seen.DestinationPort == Packet.IcmpType));

    /// <summary>The answer to it, with the addresses that the packet filter sees; null for what has no answer that could be seen.</summary>
    public Shot? Reply(Seen seen, PacketTracer tracer, ulong token)
    {
        if (Trace.Fate != Fate.Sent || Packet.Input is null)
        {
            return null;
        }

        var nic = Cloud.NicOf(Trace.Final.Destination);
        var answer = new Packet
        {
            Source = Trace.Final.Destination,
            Destination = Packet.Source,
            Protocol = Packet.Protocol,
            SourcePort = IsIcmp ? Packet.SourcePort : seen.DestinationPort,
            DestinationPort = IsIcmp ? null : Packet.SourcePort,
            IcmpType = Packet.IcmpType switch { 8 => 0, 13 => 14, 128 => 129, _ => null },
            IcmpCode = Packet.IcmpCode,
            Input = Trace.Output,
            Port = nic?.Nic.TapName,
            SourceMac = nic?.Nic.Mac,
            State = ConnectionState.Established,
        };
        var onTheWire = answer with { Destination = seen.Source, DestinationPort = IsIcmp ? null : seen.SourcePort };
        return new Shot(Cloud, onTheWire, tracer.Trace(answer), token, IsReply: true);
    }

    private bool IsIcmp => Packet.Protocol is Packet.Icmp or Packet.Icmp6;

    private static bool IsUnknown(Seen seen) => seen.Place == Wire.Host && seen.Destination.Equals(IPAddress.IPv6Any);

    private MacAddress NextHop(DeviceName input)
    {
        if (input == SampleCloud.Uplink)
        {
            return Topology.UplinkMac;
        }

        return Cloud.Host.IsBridged(Packet) ? Cloud.NicOf(Packet.Destination)!.Nic.Mac : Topology.MacOf(input);
    }
}
