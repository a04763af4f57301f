using Bridgehead.Model;
using Bridgehead.Rules;

namespace Bridgehead.Host;

/// <summary>The anti-spoofing table of this host (see <see cref="Rules.Nftables.GuardLayout"/>): the ports of its instances.</summary>
public sealed class PortGuard(IFirewall firewall)
{
    /// <summary>Makes the table hold exactly these ports, in one transaction.</summary>
    public Task StartAsync(IReadOnlyList<GuardedPort> ports, CancellationToken cancel) => firewall.StartAsync(ports, cancel);

    /// <summary>Puts or replaces ports.</summary>
    public Task PutAsync(IReadOnlyList<GuardedPort> ports, CancellationToken cancel) => firewall.ApplyAsync(ports, [], cancel);

    public Task RemoveAsync(IReadOnlyList<DeviceName> taps, CancellationToken cancel) => firewall.ApplyAsync([], [.. taps.Select(GuardedPort.KeyOf)], cancel);
}
