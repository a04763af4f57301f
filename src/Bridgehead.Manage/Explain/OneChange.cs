using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Tracing;

namespace Bridgehead.Manage;

/// <summary>What would let a dropped packet pass. A command is told only when the tracer says that it helps.</summary>
internal sealed class OneChange(CloudView cloud, HostPicture picture, Func<HostPolicies, PacketTracer> tracerFor)
{
    private const long NewRule = long.MaxValue;

    public string For(Trace trace)
    {
        var decision = trace.Steps.LastOrDefault(step => step.Decided);
        if (trace.Fate == Fate.Unroutable)
        {
            return "none in the cloud: it is the host's routing that loses it";
        }

        if (decision is { Kind: TraceKind.Foreign })
        {
            return "none in the cloud: the rule that drops it is somebody else's";
        }

        if (trace.Packet.Port is { } port && decision?.Chain.StartsWith("bridge ", StringComparison.Ordinal) == true)
        {
            return OfPort(port);
        }

        if (trace.Packet.State == ConnectionState.Invalid)
        {
            return "none: it belongs to no connection, and no group's rule lets such a packet in";
        }

        return OfGroup(trace) ?? OfNetwork(trace) ?? (decision is { Kind: TraceKind.Note } policy
            ? $"on the host, not in the cloud: {(trace.Packet.IsV4 ? "iptables" : "ip6tables")} -P {policy.Chain.Split(' ')[^1]} ACCEPT, or a rule of the host's own that accepts it"
            : "none that is known");
    }

    private string OfPort(DeviceName port)
    {
        var guarded = picture.Policies.Ports.FirstOrDefault(known => known.Tap == port);
        return guarded is null
            ? "none: the port is not known"
            : $"none: this port sends with its own MAC {guarded.Mac} and addresses only ({string.Join(", ", guarded.Addresses)}), and no DHCP answers or router advertisements";
    }

    /// <summary>A rule in the first of the server's groups, for exactly this packet.</summary>
    private string? OfGroup(Trace trace)
    {
        if (cloud.At(trace.Final.Destination) is not var (server, _) || server.Groups.Count == 0)
        {
            return cloud.At(trace.Final.Destination) is { } found ? $"server {found.Server.Instance.DisplayName} is in no security group: nova add-secgroup {Word(found.Server.Instance.DisplayName)} GROUP" : null;
        }

        var (group, packet) = (server.Groups[0], trace.Final);
        var (protocol, from, to) = packet.Protocol is Packet.Icmp or Packet.Icmp6 ? ("icmp", (int)packet.IcmpType!, -1) : (Packet.NameOf(packet.Protocol), (int)packet.DestinationPort!, (int)packet.DestinationPort!);
        var rule = new SecurityGroupRule { Id = NewRule, ParentGroupId = group.Id, ProtocolText = protocol, FromPort = from, ToPort = to, Cidr = Cidr.Host(packet.Source) };
        var changed = picture.Policies with
        {
            Compute = [.. picture.Policies.Compute.Select(policy => policy is Policy.GroupRules rules && rules.GroupId == group.Id ? rules with { Rules = [.. rules.Rules, rule] } : policy)],
        };
        return tracerFor(changed).Trace(trace.Packet).Passes
            ? $"nova secgroup-add-rule {Word(group.Name)} {protocol} {from} {to} {rule.Cidr}{(server.Groups.Count > 1 || group.Name == SecurityGroup.DefaultName ? $"   (project {cloud.ProjectOf(group.ProjectId)})" : "")}"
            : null;
    }

    /// <summary>As one word for a shell: a tenant chose it.</summary>
    private static string Word(string text) =>
        text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') && !text.StartsWith('-') ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A network without gateway that the packet comes from or goes to.</summary>
    private string? OfNetwork(Trace trace) => cloud.Networks.FirstOrDefault(network => network.Gateway is null && (network.Bridge == trace.Packet.Input || network.Cidr?.Contains(trace.Final.Destination) == true)) is { } closed
        ? $"none by a command: network {closed.Label} ({closed.Cidr}) was made without a gateway, so its servers are reached and nothing else is; a network with one lets it pass"
        : null;
}
