using System.Net;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Tracing;
using CsCheck;

namespace Bridgehead.Testing;

/// <summary>Packets that a cloud's rules have something to say about: its own addresses, those around it, and ports that rules name.</summary>
public static class PacketGen
{
    private static readonly ushort[] Ports = [22, 53, 80, 85, 90, 443, 68, 1000];
    private static readonly IPAddress[] Outside = [Ip.Parse("192.168.1.1"), Ip.Parse("203.0.113.7"), Ip.Parse("203.0.113.200"), Ip.Parse("10.128.0.5")];
    private static readonly IPAddress[] OutsideV6 = [Ip.Parse("fd99::1"), Ip.Parse("2001:db8::7")];

    /// <summary>Packets that begin connections.</summary>
    public static Gen<Packet> New(SampleCloud cloud) => Gen.Select(Gen.Int[0, 5], Gen.Int[0, 99], Gen.Int[0, 99], Gen.Int[0, 5], Gen.Int[0, Ports.Length - 1], Gen.Int[0, 3])
        .Select((family, from, to, protocol, port, kind) => family == 0 && cloud.Settings.UseIpv6 ? OfV6(cloud, from, to, (protocol, port, kind)) : OfV4(cloud, from, to, (protocol, port, kind)));

    /// <summary>Packets of any state, from anywhere.</summary>
    public static Gen<Packet> Any(SampleCloud cloud) => Gen.Select(New(cloud), Gen.Int[0, 7], Gen.Bool, Gen.Int[0, 5], Gen.Int[0, 20]).Select((packet, state, translated, input, spoof) => packet with
    {
        State = state switch { 5 => ConnectionState.Established, 6 => ConnectionState.Related, 7 => ConnectionState.Invalid, _ => ConnectionState.New },
        DestinationTranslated = state > 4 && translated,
        Input = spoof == 0 && packet.Input is not null ? cloud.Networks[input % cloud.Networks.Count].Bridge : packet.Input,
        Port = spoof == 0 ? null : packet.Port,
    });

    private static Packet OfV4(SampleCloud cloud, int from, int to, (int Protocol, int Port, int Kind) what)
    {
        var servers = cloud.Servers.SelectMany(server => server.Nics).SelectMany(nic => nic.Addresses).ToArray();
        IPAddress[] destinations =
        [
            .. servers, .. servers, .. cloud.Floating.Select(floating => floating.Address), .. cloud.Floating.Select(floating => floating.Address), .. Outside, Ip.Parse("169.254.169.254"),
            cloud.Settings.MyIp, .. cloud.Networks.Select(network => network.Cidr!.Value.At(1)),
        ];
        IPAddress[] sources = [.. servers, .. servers, .. Outside, cloud.Settings.MyIp, .. cloud.Networks.Select(network => network.Cidr!.Value.At(1))];
        return Of(cloud, Pick(sources, from), Pick(destinations, to), what);
    }

    private static Packet OfV6(SampleCloud cloud, int from, int to, (int Protocol, int Port, int Kind) what)
    {
        var servers = cloud.Servers.SelectMany(server => server.Nics).SelectMany(nic => InstancePlanner.AddressesOf(nic, cloud.Settings)).Where(address => !address.IsV4()).ToArray();
        return Of(cloud, Pick([.. servers, .. OutsideV6], from), Pick([.. servers, .. servers, .. OutsideV6, Ip.Parse("fd99::90")], to), what);
    }

    private static Packet Of(SampleCloud cloud, IPAddress from, IPAddress to, (int Protocol, int Port, int Kind) what)
    {
        var nic = cloud.NicOf(from);
        var packet = new Packet
        {
            Source = from,
            Destination = to,
            Protocol = Packet.Tcp,
            Input = nic?.Network.Bridge ?? (cloud.Host.IsOwn(from) ? null : SampleCloud.Uplink),
            Port = nic?.Nic.TapName,
            SourceMac = nic?.Nic.Mac,
        };
        return what.Protocol switch
        {
            0 or 1 => packet with { Protocol = from.IsV4() ? Packet.Icmp : Packet.Icmp6, IcmpType = from.IsV4() ? (what.Kind == 0 ? (byte)13 : (byte)8) : (byte)128, IcmpCode = (byte)(what.Kind == 1 ? 1 : 0) },
            2 => packet with { Protocol = Packet.Udp, SourcePort = (ushort)(what.Kind == 0 ? 67 : 4000), DestinationPort = Ports[what.Port] },
            _ => packet with { SourcePort = 4000, DestinationPort = Ports[what.Port] },
        };
    }

    private static T Pick<T>(T[] all, int number) => all[number * all.Length / 100];
}
