using System.Text;
using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>
/// The anti-spoofing table in the bridge family, as input for <c>nft -f</c>: what an instance sends must carry its own MAC and addresses, it may not answer DHCP nor advertise
/// routes (nova's nwfilter duties, and the two that nwfilter left out). Sets are keyed by interface name, so a port costs elements, never a chain, and the interface
/// need not exist yet: the entries go in before it does.
/// </summary>
/// <remarks>
/// Priority -310 comes before br_netfilter and connection tracking. Interfaces that are not in the set <c>taps</c> are none of ours and pass: a bridge can carry the
/// operator's own interfaces. A port is put into the set before its interface is put onto the bridge, so ours never pass unguarded.
/// </remarks>
public static class PortGuardText
{
    public const string TableName = "bridgehead_l2";

    private const string Layout =
        """
        table bridge bridgehead_l2 {
          set taps { type ifname; }
          set mac_ok { type ifname . ether_addr; }
          set src_ok { type ifname . ether_addr . ipv4_addr; }
          set src6_ok { type ifname . ether_addr . ipv6_addr; }
          chain from_vm_arp {
            iifname . arp saddr ether . arp saddr ip @src_ok accept
            arp operation request arp saddr ip 0.0.0.0 iifname . arp saddr ether @mac_ok accept
            drop
          }
          chain from_vm_ip {
            udp sport 67 drop
            accept
          }
          chain from_vm_ip6 {
            icmpv6 type { nd-router-advert, nd-redirect } drop
            udp sport 547 drop
            ip6 saddr :: icmpv6 type { nd-neighbor-solicit, mld-listener-report, mld2-listener-report } accept
            iifname . ether saddr . ip6 saddr @src6_ok accept
            drop
          }
          chain from_vm {
            iifname . ether saddr != @mac_ok drop
            ether type arp goto from_vm_arp
            ether type ip iifname . ether saddr . ip saddr @src_ok goto from_vm_ip
            ether type ip ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept
            $IP6
            drop
          }
          chain prerouting {
            type filter hook prerouting priority -310; policy accept;
            iifname @taps goto from_vm
          }
        }

        """;

    /// <summary>Makes the whole table, in place of whatever it was, in one transaction.</summary>
    public static string Whole(IReadOnlyCollection<GuardedPort> ports, bool ipv6)
    {
        // nft 1.0.6 has no destroy: adding first makes the delete succeed either way.
        var text = new StringBuilder($"add table bridge {TableName}\ndelete table bridge {TableName}\n");
        text.Append(Layout.Replace("$IP6", ipv6 ? "ether type ip6 goto from_vm_ip6" : "", StringComparison.Ordinal));
        foreach (var port in ports)
        {
            text.Append(Put(port));
        }

        return text.ToString();
    }

    public static string Put(GuardedPort port) => string.Concat(Elements(port).Select(element => $"add {element}"));

    public static string Remove(GuardedPort port) => string.Concat(Elements(port).Select(element => $"delete {element}"));

    /// <summary>
    /// Only what differs: an element that is deleted and added again in one transaction is, in kernels before 6.18, found by nobody for a moment, and a port that is not in
    /// the set <c>taps</c> passes unguarded.
    /// </summary>
    public static string Change(GuardedPort before, GuardedPort after)
    {
        var (old, wanted) = (Elements(before).ToList(), Elements(after).ToList());
        return string.Concat(old.Except(wanted).Select(element => $"delete {element}")) + string.Concat(wanted.Except(old).Select(element => $"add {element}"));
    }

    /// <summary>The port's elements in all sets, each as the rest of a line after its verb.</summary>
    private static IEnumerable<string> Elements(GuardedPort port) =>
    [
        Element("taps", $"\"{port.Tap}\""),
        Element("mac_ok", $"\"{port.Tap}\" . {port.Mac}"),
        .. port.Addresses.Select(address => Element(address.IsV4() ? "src_ok" : "src6_ok", $"\"{port.Tap}\" . {port.Mac} . {address}")),
        Element("src6_ok", $"\"{port.Tap}\" . {port.Mac} . {port.Mac.Eui64(Cidr.Parse("fe80::/64"))}"),
    ];

    private static string Element(string set, string value) => $"element bridge {TableName} {set} {{ {value} }}\n";
}
