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
            return call.Has("port") ? Problem.Bad("icmp has no ports: give --icmp_type.") : WithIcmp(packet, call["icmp_type"]);
        }

        if (name is not ("tcp" or "udp"))
        {
            return Problem.Bad($"--proto is tcp, udp or icmp, not '{name}'.");
        }

        if (call.Has("icmp_type"))
        {
            return Problem.Bad($"{name} has no ICMP type.");
        }

        if (!Port(call, "port").Succeeded(out var port, out var problem) || !Port(call, "source_port").Succeeded(out var source, out problem))
        {
            return problem;
        }

        return port is null
            ? Problem.Bad($"Which port? Give --port, or --proto icmp.")
            : packet with { Protocol = name == "tcp" ? Packet.Tcp : Packet.Udp, SourcePort = source ?? AnyPort, DestinationPort = port };
    }

    private static Outcome<Packet> WithIcmp(Packet packet, string? text)
    {
        var words = (text ?? (packet.IsV4 ? "8" : "128")).Split('/');
        byte code = 0;
        return byte.TryParse(words[0], out var type) && words.Length <= 2 && (words.Length == 1 || byte.TryParse(words[1], out code))
            ? packet with { Protocol = packet.IsV4 ? Packet.Icmp : Packet.Icmp6, IcmpType = type, IcmpCode = code }
            : Problem.Bad($"--icmp_type is a type, or a type and a code such as 3/4, not '{text}'.");
    }

    private static Outcome<ushort?> Port(ManageCall call, string name) => call[name] is not { } text ? (ushort?)null
        : ushort.TryParse(text, out var port) && port > 0 ? port : Problem.Bad($"--{name} is a number from 1 to 65535, not '{text}'.");

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

        if (DeviceName.TryParse(via, out var device) && IsKnown(device))
        {
            return packet with { Input = device };
        }

        return cloud.Server(via).Succeeded(out var server, out _) && server.Nics.Count > 0
            ? AtPort(packet, server.Nics[0])
            : Problem.Bad($"'{via}' is neither an interface of this host nor a server or a server's port.");
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

    private bool IsKnown(DeviceName device) =>
        host.Addresses.Any(address => address.Device == device) || host.Routes.Any(route => route.Device == device) || host.Bridges.Any(bridge => bridge.Device == device);
}
