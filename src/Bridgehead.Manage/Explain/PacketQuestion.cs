using System.Net;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;
using Bridgehead.Store;

namespace Bridgehead.Manage;

/// <summary>From words on the command line to a packet.</summary>
internal sealed class PacketQuestion(CloudView cloud, HostPicture picture, TracedHost host)
{
    private const ushort AnyPort = 40000;

    /// <summary>The word for programs of this host.</summary>
    public const string ThisHost = "host";

    public Outcome<Packet> Of(ManageCall call)
    {
        if (!To(call["to"]!).Succeeded(out var to, out var problem) || !From(call["from"]!, to).Succeeded(out var from, out problem) || !StateOf(call["state"]).Succeeded(out var state, out problem))
        {
            return problem;
        }

        if (from.IsV4() != to.IsV4())
        {
            return Problem.Bad($"{from} and {to} are not of one family.");
        }

        var packet = new Packet { Source = from, Destination = to, Protocol = Packet.Tcp, State = state };
        if (!WithProtocol(packet, call).Succeeded(out packet, out problem))
        {
            return problem;
        }

        return Via(packet, call["from"]!, call["via"]);
    }

    private Outcome<IPAddress> To(string text) => Ip.TryParse(text, out var address) ? address : text == ThisHost ? OwnAddress(v4: true) : ServerAddress(text, v4: true);

    private Outcome<IPAddress> From(string text, IPAddress to) => Ip.TryParse(text, out var address) ? address : text == ThisHost ? OwnAddress(to.IsV4(), to) : ServerAddress(text, to.IsV4());

    private Outcome<IPAddress> ServerAddress(string text, bool v4)
    {
        if (!cloud.Server(text).Succeeded(out var server, out var problem))
        {
            return problem;
        }

        return server.Nics.SelectMany(cloud.AddressesOf).FirstOrDefault(address => address.IsV4() == v4) is { } found
            ? found
            : Problem.Bad($"Server {text} has no {(v4 ? "IPv4" : "IPv6")} address.");
    }

    /// <summary>The one with which the host sends there.</summary>
    private Outcome<IPAddress> OwnAddress(bool v4, IPAddress? to = null)
    {
        var device = to is null ? null : host.DeviceTo(to);
        var own = (device is { } by ? host.AddressOn(by, v4) : null) ?? host.Addresses.FirstOrDefault(address => address.Address.IsV4() == v4 && !IPAddress.IsLoopback(address.Address))?.Address;
        return own is null ? Problem.Bad($"This host has no {(v4 ? "IPv4" : "IPv6")} address.") : own;
    }

    private static Outcome<ConnectionState> StateOf(string? text) => text switch
    {
        null or "new" => ConnectionState.New,
        "established" => ConnectionState.Established,
        "related" => ConnectionState.Related,
        "invalid" => ConnectionState.Invalid,
        _ => Problem.Bad($"--state is new, established, related or invalid, not '{text}'."),
    };

    private static Outcome<Packet> WithProtocol(Packet packet, ManageCall call)
    {
        var name = call["proto"]?.ToLowerInvariant() ?? (call.Has("icmp_type") ? "icmp" : "tcp");
        if (name is "icmp" or "icmpv6" or "ipv6-icmp")
        {
            return call.Has("port") ? PacketWords.NoPorts : WithIcmp(packet, call["icmp_type"]);
        }

        if (name is not ("tcp" or "udp"))
        {
            return PacketWords.NoProtocol(name);
        }

        if (call.Has("icmp_type"))
        {
            return Problem.Bad($"{name} has no ICMP type.");
        }

        if (!PacketWords.Port(call, "port").Succeeded(out var port, out var problem) || !PacketWords.Port(call, "source_port").Succeeded(out var source, out problem))
        {
            return problem;
        }

        return port is null
            ? Problem.Bad($"Which port? Give --port, or --proto icmp.")
            : packet with { Protocol = name == "tcp" ? Packet.Tcp : Packet.Udp, SourcePort = source ?? AnyPort, DestinationPort = port };
    }

    private static Outcome<Packet> WithIcmp(Packet packet, string? text)
    {
        if (!PacketWords.IcmpType(text ?? (packet.IsV4 ? "8" : "128")).Succeeded(out var icmp, out var problem))
        {
            return problem;
        }

        return packet with { Protocol = packet.IsV4 ? Packet.Icmp : Packet.Icmp6, IcmpType = icmp.Type, IcmpCode = icmp.Code ?? 0 };
    }

    private Outcome<Packet> Via(Packet packet, string from, string? via)
    {
        if (via is null)
        {
            return Usual(packet, from);
        }

        if (cloud.AtPort(via) is var (_, nic))
        {
            return AtPort(packet, nic);
        }

        if (DeviceName.TryParse(via, out var device) && host.Has(device))
        {
            return packet with { Input = device };
        }

        return cloud.Server(via).Succeeded(out var server, out _) && server.Nics.Count > 0
            ? AtPort(packet, server.Nics[0])
            : PacketWords.NoInterface(via);
    }

    /// <summary>Where such a packet comes from when nobody lies.</summary>
    private Outcome<Packet> Usual(Packet packet, string from)
    {
        if (from == ThisHost || host.IsOwn(packet.Source))
        {
            return packet;
        }

        if (cloud.At(packet.Source) is var (_, nic) && picture.Policies.Ports.Any(port => port.Tap == nic.Nic.TapName))
        {
            return AtPort(packet, nic);
        }

        var input = host.Bridges.FirstOrDefault(bridge => bridge.Ranges.Any(range => range.Contains(packet.Source)))?.Device ?? host.DeviceTo(packet.Source);
        return input is { } device ? packet with { Input = device } : Problem.Bad($"This host has no route to {packet.Source}: say with --via by which interface it comes in.");
    }

    private static Packet AtPort(Packet packet, NicDetails nic) => packet with { Input = nic.Network.Bridge, Port = nic.Nic.TapName, SourceMac = nic.Nic.Mac };
}
