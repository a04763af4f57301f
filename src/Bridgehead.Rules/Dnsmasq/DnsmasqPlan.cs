using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Rules;

/// <summary>Where dnsmasq's files of one bridge are.</summary>
public sealed record DnsmasqFiles(string Pid, string Hosts, string Options, string Names, string Script);

/// <summary>A DHCP host: which MAC gets which address, under which name. Every part is of a type, or checked, so that it cannot hold a comma or a line end.</summary>
public sealed record DhcpHost
{
    public DhcpHost(MacAddress mac, string hostName, IPAddress address)
    {
        if (!Model.HostName.IsValid(hostName))
        {
            throw new ArgumentException($"'{hostName}' is not a host name", nameof(hostName));
        }

        (Mac, HostName, Address) = (mac, hostName, address);
    }

    public MacAddress Mac { get; }

    public string HostName { get; }

    public IPAddress Address { get; }

    /// <summary>The name of its file, one per interface.</summary>
    public string FileName => Mac.ToString().Replace(":", "", StringComparison.Ordinal);
}

/// <summary>
/// One dnsmasq per bridge: its arguments and the contents of its files (sections 6.1 to 6.3 of nova-network's behaviour). Unlike nova's, it sends no question about a name in the
/// cloud's domain, nor one for the address of a name without a dot, to other servers: it knows all that there are. (An administrator
/// whose domain has names elsewhere too has <c>server=/DOMAIN/ADDRESS</c> in dnsmasq_config_file.) Pure.
/// </summary>
public static class DnsmasqPlan
{
    public static IReadOnlyList<string> Arguments(DeviceName bridge, IReadOnlyList<Network> networks, NovaSettings settings, DnsmasqFiles files)
    {
        var served = networks.Where(n => n.Cidr is not null && InstancePlanner.DhcpServerOf(n, settings) is not null).OrderBy(n => n.Id).ToList();
        var v6 = settings.UseIpv6 ? networks.Where(n => n.CidrV6 is not null).OrderBy(n => n.Id).ToList() : [];
        var dns = Dns(served, settings);
        var none = Array.Empty<string>();
        return
        [
            "--strict-order",
            "--bind-interfaces",
            $"--conf-file={settings.DnsmasqConfigFile}",
            $"--pid-file={files.Pid}",
            $"--dhcp-optsfile={files.Options}",
            .. served.Select(n => $"--listen-address={InstancePlanner.DhcpServerOf(n, settings)}").Distinct(),
            "--except-interface=lo",
            .. served.Select(n => Range(n, settings)),
            .. v6.Select(n => $"--dhcp-range=set:{Tag(n)},{n.CidrV6!.Value.BaseAddress},ra-only"),
            .. v6.Count > 0 ? ["--enable-ra", $"--interface={bridge}"] : none,
            $"--dhcp-lease-max={Leases(served)}",
            $"--dhcp-hostsdir={files.Hosts}",
            $"--dhcp-script={files.Script}",
            "--no-hosts",
            $"--hostsdir={files.Names}",
            "--leasefile-ro",
            .. settings.DhcpDomain.Length > 0 ? [$"--domain={settings.DhcpDomain}", $"--local=/{settings.DhcpDomain}/"] : none,
            "--domain-needed",
            .. dns.Count > 0 ? ["--no-resolv"] : none,
            .. dns.Select(server => $"--server={server}"),
        ];
    }

    /// <summary>The options file: each network's router, and MTU where it has one.</summary>
    public static string Options(IReadOnlyList<Network> networks)
    {
        var lines = networks.OrderBy(n => n.Id).SelectMany(n => new[]
        {
            n.Gateway is { } gateway ? $"tag:{Tag(n)},option:router,{gateway}" : $"tag:{Tag(n)},option:router",
            n.Mtu is { } mtu ? $"tag:{Tag(n)},option:mtu,{mtu}" : "",
        });
        return string.Concat(lines.Where(line => line.Length > 0).Select(line => line + "\n"));
    }

    /// <summary>A host's file in the hosts folder.</summary>
    public static string HostFile(DhcpHost host, NovaSettings settings) => $"{host.Mac},{FullName(host, settings)},{host.Address}\n";

    /// <summary>A host's file in the names folder, in the form of /etc/hosts.</summary>
    public static string NameFile(DhcpHost host, NovaSettings settings) => $"{host.Address}\t{FullName(host, settings)} {host.HostName}\n";

    private static string FullName(DhcpHost host, NovaSettings settings) => settings.DhcpDomain.Length > 0 ? $"{host.HostName}.{settings.DhcpDomain}" : host.HostName;

    private static string Range(Network network, NovaSettings settings)
    {
        var cidr = network.Cidr!.Value;
        return $"--dhcp-range=set:{Tag(network)},{network.DhcpStart ?? cidr.At(2)},static,{cidr.Netmask()},{settings.DhcpLeaseTime}s";
    }

    /// <summary>A tag from the number: labels are the user's text.</summary>
    private static string Tag(Network network) => $"net{network.Id}";

    private static long Leases(IReadOnlyList<Network> networks) => (long)UInt128.Min(networks.Aggregate(UInt128.Zero, (sum, n) => sum + n.Cidr!.Value.Size()), 1_000_000);

    private static List<IPAddress> Dns(IReadOnlyList<Network> networks, NovaSettings settings) =>
        [.. settings.DnsServer.Concat(settings.UseNetworkDnsServers ? networks.SelectMany(n => new[] { n.Dns1, n.Dns2 }).OfType<IPAddress>() : []).Distinct()];
}
