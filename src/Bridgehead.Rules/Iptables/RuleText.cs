using System.Text;

namespace Bridgehead.Rules.Iptables;

/// <summary>
/// A rule in the words and order in which iptables-save prints it back, so that desired and observed rules compare as plain lines. Without the leading <c>-A chain</c>.
/// </summary>
internal static class RuleText
{
    private const int LastPlace = 5;

    public static string Of(IReadOnlyList<Match> when, Verdict then)
    {
        var text = new StringBuilder();
        for (var place = 0; place <= LastPlace; place++)
        {
            for (var i = 0; i < when.Count; i++)
            {
                if (Place(when[i]) == place && Of(when[i]) is { Length: > 0 } match)
                {
                    text.Append(match).Append(' ');
                }
            }
        }

        return text.Append(Of(then)).ToString();
    }

    /// <summary>iptables prints source, destination, interfaces and protocol first, then the modules in the order given.</summary>
    private static int Place(Match match) => match switch
    {
        Match.From => 0,
        Match.To => 1,
        Match.In => 2,
        Match.Out => 3,
        Match.Protocol => 4,
        _ => LastPlace,
    };

    private static string Of(Match match) => match switch
    {
        Match.From { Range.PrefixLength: 0 } or Match.To { Range.PrefixLength: 0 } => "",
        Match.From from => $"-s {from.Range}",
        Match.To to => $"-d {to.Range}",
        Match.In input => $"-i {input.Device}",
        Match.Out output => $"-o {output.Device}",
        Match.Protocol protocol => $"-p {protocol.Name}",
        Match.Ports ports => Of(ports),
        Match.PortRange range => $"-m multiport --dports {range.First}:{range.Last}",
        Match.Icmp icmp => Of(icmp),
        Match.State state => $"-m state --state {state.List}",
        Match.CtState state => $"-m conntrack {(state.Not ? "! " : "")}--ctstate {state.List}",
        Match.ToLocal => "-m addrtype --dst-type LOCAL",
        _ => throw new NotSupportedException($"no iptables text for {match}"),
    };

    private static string Of(Match.Ports ports) =>
        $"-m {ports.Name}{(ports.Source is { } source ? $" --sport {source}" : "")}{(ports.Destination is { } destination ? $" --dport {destination}" : "")}";

    private static string Of(Match.Icmp icmp) => icmp.V6
        ? $"-m icmp6 --icmpv6-type {icmp.Type}{(icmp.Code is { } code6 ? $"/{code6}" : "")}"
        : $"-m icmp --icmp-type {icmp.Type}{(icmp.Code is { } code4 ? $"/{code4}" : "")}";

    private static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Accept => "-j ACCEPT",
        Verdict.Drop => "-j DROP",
        Verdict.Jump jump => $"-j {jump.Chain}",
        Verdict.Dnat dnat => $"-j DNAT --to-destination {dnat.To}{(dnat.Port is { } port ? $":{port}" : "")}",
        Verdict.Snat snat => $"-j SNAT --to-source {snat.To}",
        Verdict.Redirect redirect => $"-j REDIRECT --to-ports {redirect.Port}",
        Verdict.ChecksumFill => "-j CHECKSUM --checksum-fill",
        _ => throw new NotSupportedException($"no iptables text for {verdict}"),
    };
}
