namespace Bridgehead.Host;

/// <summary>Kernel settings of this network namespace, under <c>/proc/sys</c>. Written only when they differ.</summary>
public sealed class Sysctls(IHostFiles files, string root = "/proc/sys")
{
    /// <summary>Routing between bridges and the outside.</summary>
    public Task EnsureForwardingAsync(bool ipv6, CancellationToken cancel) => EnsureAsync(ipv6 ? ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"] : ["net/ipv4/ip_forward"], cancel);

    /// <summary>
    /// Bridged packets pass iptables: without it, instances of one bridge reach each other past their security groups. Throws with a sentence when br_netfilter is missing.
    /// </summary>
    public async Task EnsureBridgeFilterAsync(bool ipv6, CancellationToken cancel)
    {
        const string Setting = "net/bridge/bridge-nf-call-iptables";
        if (!File.Exists(Path.Combine(root, Setting)))
        {
            throw new CommandFailedException("the kernel does not pass bridged packets to iptables, so instances of one bridge would be unfiltered: run 'modprobe br_netfilter'");
        }

        await EnsureAsync(ipv6 ? [Setting, "net/bridge/bridge-nf-call-ip6tables"] : [Setting], cancel);
    }

    private async Task EnsureAsync(IReadOnlyList<string> settings, CancellationToken cancel)
    {
        foreach (var setting in settings)
        {
            var path = Path.Combine(root, setting);
            if ((await File.ReadAllTextAsync(path, cancel)).Trim() != "1")
            {
                files.Set(path, "1");
            }
        }
    }
}
