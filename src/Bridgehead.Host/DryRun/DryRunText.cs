using System.Text;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>Changes as people read a diff: a heading for each part of the host, and lines that begin with <c>+</c>, <c>-</c> or <c>~</c>. Pure.</summary>
public static class DryRunText
{
    public static string Of(IReadOnlyList<HostChange> changes)
    {
        var text = new StringBuilder();
        foreach (var part in changes.GroupBy(change => (change.Area, change.Where)).OrderBy(part => part.Key.Area))
        {
            text.Append(NameOf(part.Key.Area)).Append(part.Key.Where is { } place ? $", {place}" : "").Append(":\n");
            foreach (var change in part)
            {
                text.Append(SignOf(change.Sign)).Append("   ").Append(change.What).Append(change.Why is { Length: > 0 } why ? $"   # {why}" : "").Append('\n');
            }
        }

        return text.ToString();
    }

    private static char SignOf(ChangeSign sign) => sign switch
    {
        ChangeSign.Comes => '+',
        ChangeSign.Goes => '-',
        _ => '~',
    };

    private static string NameOf(HostArea area) => area switch
    {
        HostArea.Store => "store",
        HostArea.Settings => "kernel settings",
        HostArea.Interfaces => "interfaces and addresses",
        HostArea.PacketFilter => "packet filter",
        HostArea.Dhcp => "DHCP",
        HostArea.Connections => "connections",
        HostArea.Instances => "instances",
        _ => "files",
    };
}
