using Bridgehead.Rules.Iptables;

namespace Bridgehead.Rules.Tracing;

/// <summary>iptables' matches and targets, applied to a packet.</summary>
internal static class IptablesMatching
{
    private static readonly Effect Passed = new Effect.Passed();

    public static Effect Try(Rule rule, Passing passing) => rule.When.All(match => Holds(match, passing)) ? EffectOf(rule.Then) : Passed;

    private static bool Holds(Match match, Passing passing)
    {
        var packet = passing.Packet;
        return match switch
        {
            Match.From from => from.Range.Contains(packet.Source),
            Match.To to => to.Range.Contains(packet.Destination),
            Match.In input => passing.Input == input.Device,
            Match.Out output => passing.Output == output.Device,
            Match.Protocol protocol => packet.Protocol == NumberOf(protocol.Name),
            Match.Ports ports => (ports.Source is null || packet.SourcePort == ports.Source) && (ports.Destination is null || packet.DestinationPort == ports.Destination),
            Match.PortRange range => packet.DestinationPort >= range.First && packet.DestinationPort <= range.Last,
            Match.Icmp icmp => packet.IcmpType == icmp.Type && (icmp.Code is null || packet.IcmpCode == icmp.Code),
            Match.State state => state.List.Split(',').Any(name => Is(name, passing)),
            Match.CtState state => state.List.Split(',').Any(name => Is(name, passing)) != state.Not,
            Match.ToLocal => passing.Host.IsOwn(packet.Destination),
            _ => throw new TraceException($"the condition {match} is not known"),
        };
    }

    private static bool Is(string state, Passing passing) => state switch
    {
        "NEW" => passing.Packet.State == ConnectionState.New,
        "ESTABLISHED" => passing.Packet.State == ConnectionState.Established,
        "RELATED" => passing.Packet.State == ConnectionState.Related,
        "INVALID" => passing.Packet.State == ConnectionState.Invalid,
        "DNAT" => passing.HasDestination,
        _ => throw new TraceException($"the connection state {state} is not known"),
    };

    private static Effect EffectOf(Verdict verdict) => verdict switch
    {
        Verdict.Accept => new Effect.Accept(),
        Verdict.Drop or Verdict.Jump { Chain: "REJECT" } => new Effect.Drop(),
        Verdict.Jump jump => new Effect.Jump(jump.Chain),
        Verdict.Dnat dnat => new Effect.Destination(dnat.To, dnat.Port),
        Verdict.Snat snat => new Effect.Source(snat.To),
        Verdict.Redirect redirect => new Effect.Redirect(redirect.Port),
        Verdict.ChecksumFill => new Effect.Went(),
        _ => throw new TraceException($"the target {verdict} is not known"),
    };

    private static byte NumberOf(string protocol) => protocol switch
    {
        "icmp" => Packet.Icmp,
        "tcp" => Packet.Tcp,
        "udp" => Packet.Udp,
        "ipv6-icmp" => Packet.Icmp6,
        _ => throw new TraceException($"the protocol {protocol} is not known"),
    };
}
