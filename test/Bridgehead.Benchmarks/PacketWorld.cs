using System.Diagnostics;
using System.Globalization;
using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Benchmarks;

/// <summary>
/// A host between an instance, on its bridge, and the network outside, as on the way of a packet to an instance's fixed address: each end is a process in a namespace of its own, joined by a pair of
/// interfaces; the host is the namespace that this process is in.
/// </summary>
internal sealed class PacketWorld : IDisposable
{
    public static readonly DeviceName Tap = DeviceName.Parse("vnet1");
    public static readonly MacAddress Mac = MacAddress.Parse("02:16:3e:00:00:01");
    private readonly Process _instance;
    private readonly Process _outside;
    private readonly IPAddress _address;

    /// <param name="address">The instance's.</param>
    public PacketWorld(IPAddress address)
    {
        _address = address;
        (_instance, _outside) = (Open("server", cpu: 1), Open("client", cpu: 0));
        var (bits, gateway) = (EngineCloud.Range.PrefixLength, EngineCloud.Range.At(1));
        Self.Require("ip", ["-batch", "-"], $"""
            link set lo up
            link add br100 type bridge
            link set br100 up
            address add {gateway}/{bits} dev br100
            link add {Tap} type veth peer name eth0 address {Mac} netns {_instance.Id}
            link set {Tap} master br100 up
            link add eth0 type veth peer name eth0 netns {_outside.Id}
            link set eth0 up
            address add 192.168.1.90/24 dev eth0

            """);
        Dress(_instance, $"{address}/{bits}", gateway);
        Dress(_outside, "192.168.1.1/24", Ip.Parse("192.168.1.90"));
        File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
        File.WriteAllText("/proc/sys/net/bridge/bridge-nf-call-iptables", "1");

        // Connections of one run are not the next one's burden.
        File.WriteAllText("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close", "1");
    }

    /// <summary>
    /// How much of the load came through for a second of processor: its own count, or for what nobody answers the packets that went out to the instance. The kernel forwards in the name of the end
    /// that sends, so both ends' time is all that the packets cost; what others do on the same cores meanwhile is no part of it.
    /// </summary>
    public double Run(string load, int milliseconds)
    {
        var (packets, time) = (Delivered(), Processor());
        var count = long.Parse(Ask(_outside, $"{load} {_address} {milliseconds}"), CultureInfo.InvariantCulture);
        (packets, time) = (Delivered() - packets, Processor() - time);
        return packets > 0 ? (load == LoadClient.Unanswered ? packets : count) / time : throw new InvalidOperationException($"nothing of '{load}' reached the instance");
    }

    public void Dispose()
    {
        foreach (var end in new[] { _outside, _instance })
        {
            end.StandardInput.Close();
            end.WaitForExit();
            end.Dispose();
        }
    }

    private static Process Open(string role, int cpu)
    {
        var process = Self.Start("taskset", ["--cpu-list", $"{cpu}", "unshare", "--net", .. Self.Command, "--load", role]);
        return process.StandardOutput.ReadLine() == "ready" ? process : throw new InvalidOperationException($"the {role} did not start");
    }

    private static void Dress(Process end, string address, IPAddress gateway)
    {
        Ask(end, "ip link set lo up");
        Ask(end, $"ip address add {address} dev eth0");
        Ask(end, "ip link set eth0 up");
        Ask(end, $"ip route add default via {gateway}");
    }

    private static string Ask(Process end, string words)
    {
        end.StandardInput.WriteLine(words);
        end.StandardInput.Flush();
        return end.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"no answer to '{words}'");
    }

    /// <summary>Seconds that both ends have used.</summary>
    private double Processor() => new[] { _instance, _outside }.Sum(end => double.Parse(Ask(end, "cpu"), CultureInfo.InvariantCulture));

    /// <summary>Packets that went out to the instance.</summary>
    private static long Delivered()
    {
        var line = File.ReadLines("/proc/net/dev").First(line => line.Trim().StartsWith($"{Tap}:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[9], CultureInfo.InvariantCulture);
    }
}
