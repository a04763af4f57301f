using System.Net;
using Bridgehead.Model;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>From words on the command line to the packets that are to be followed.</summary>
internal sealed class FilterQuestion(CloudView cloud, TracedHost host)
{
    private static readonly string[] Flags = ["from", "to", "proto", "port", "via", "icmp_type"];

    public Outcome<TraceFilter> Of(ManageCall call)
    {
        if (Flags.Any(call.Has) == call.Has("all"))
        {
            return Problem.Bad(call.Has("all") ? "--all follows every packet: give nothing else." : "Which packets? Give --from, --to, --proto, --port, --icmp_type or --via; or --all for every packet.");
        }

        if (!Ranges(call["from"]).Succeeded(out var from, out var problem) || !Ranges(call["to"]).Succeeded(out var to, out problem) || !Via(call["via"]).Succeeded(out var via, out problem))
        {
            return problem;
        }

        return WithProtocol(new TraceFilter { From = from, To = to, Via = via, Replies = call.Has("replies") }, call);
    }

    /// <summary>An address, a prefix, this host, or a server with all its addresses.</summary>
    private Outcome<IReadOnlyList<IPNetwork>> Ranges(string? text)
    {
        switch (text)
        {
            case null:
                return Array.Empty<IPNetwork>();
            case PacketQuestion.ThisHost:
                return host.Addresses.Select(own => Cidr.Host(own.Address)).ToList();
            case var _ when Ip.TryParse(text, out var address):
                return new List<IPNetwork> { Cidr.Host(address) };
            case var _ when Cidr.TryParse(text, out var range):
                return new List<IPNetwork> { range };
        }

        if (!cloud.Server(text).Succeeded(out var server, out var problem))
        {
            return problem;
        }

        return cloud.AddressesOf(server).Select(Cidr.Host).ToList() is { Count: > 0 } found ? found : Problem.Bad($"Server {text} has no address.");
    }

    /// <summary>A bridge is all its ports as well: the port guard sees those.</summary>
    private Outcome<IReadOnlyList<DeviceName>> Via(string? text)
    {
        if (text is null)
        {
            return Array.Empty<DeviceName>();
        }

        if (cloud.AtPort(text) is var (_, nic))
        {
            return new List<DeviceName> { nic.Nic.TapName };
        }

        if (DeviceName.TryParse(text, out var device) && host.Has(device))
        {
            return new List<DeviceName>([device, .. host.Ports.Where(port => port.Value == device).Select(port => port.Key)]);
        }

        return cloud.Server(text).Succeeded(out var server, out _) && server.Nics.Count > 0 ? server.Nics.Select(nic => nic.Nic.TapName).ToList() : PacketWords.NoInterface(text);
    }

    private static Outcome<TraceFilter> WithProtocol(TraceFilter filter, ManageCall call)
    {
        var name = call["proto"]?.ToLowerInvariant() ?? (call.Has("icmp_type") ? "icmp" : null);
        if (name is "icmp" or "icmpv6" or "ipv6-icmp")
        {
            return call.Has("port") ? PacketWords.NoPorts : WithIcmp(filter, call["icmp_type"], v4: name == "icmp");
        }

        if (name is not (null or "tcp" or "udp"))
        {
            return PacketWords.NoProtocol(name);
        }

        if (call.Has("icmp_type"))
        {
            return Problem.Bad($"{name} has no ICMP type.");
        }

        if (!PacketWords.Port(call, "port").Succeeded(out var port, out var problem))
        {
            return problem;
        }

        byte[] protocols = name switch
        {
            "tcp" => [Packet.Tcp],
            "udp" => [Packet.Udp],
            _ => port is null ? [] : [Packet.Tcp, Packet.Udp],
        };
        return filter with { Protocols = protocols, Port = port };
    }

    /// <summary>Without a type, icmp is that of both families.</summary>
    private static Outcome<TraceFilter> WithIcmp(TraceFilter filter, string? text, bool v4)
    {
        byte own = v4 ? Packet.Icmp : Packet.Icmp6;
        if (text is null)
        {
            return filter with { Protocols = v4 ? [Packet.Icmp, Packet.Icmp6] : [own] };
        }

        return PacketWords.IcmpType(text).Succeeded(out var icmp, out var problem) ? filter with { Protocols = [own], IcmpType = icmp.Type, IcmpCode = icmp.Code } : problem;
    }
}
