using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Instances;

/// <summary>A finished port: the driver puts the instance's NIC on it and knows nothing of networks.</summary>
/// <param name="TapName">Name of the host side of the interface. The driver creates it (down, not on a bridge) in <see cref="IInstanceDriver.PreparePortAsync"/>.</param>
/// <param name="Mtu">Bytes; null leaves the kernel's default.</param>
/// <param name="Dhcp">Whether the guest should ask for its address by DHCP; else <paramref name="Injected"/> tells it.</param>
public sealed record Port(DeviceName TapName, MacAddress Mac, int? Mtu, bool Dhcp, InjectedAddress? Injected);

/// <summary>Configuration written into the guest before boot (Flat mode with injection).</summary>
public sealed record InjectedAddress(IPAddress Address, IPNetwork Network, IPAddress? Gateway, IReadOnlyList<IPAddress> Dns);

/// <summary>Everything a driver needs to run an instance.</summary>
/// <param name="MemoryMb">MiB.</param>
public sealed record InstanceSpec(Guid Uuid, long Id, string HostName, Guid ImageId, int MemoryMb, int Vcpus, IReadOnlyList<Port> Ports);

/// <summary>What the driver finds on this host.</summary>
public sealed record ObservedInstance(Guid Uuid, bool Running);

/// <summary>
/// Runs instances. All calls are idempotent, and safe after a crash of the daemon at any instruction: running instances outlive the daemon and are found again.
/// </summary>
public interface IInstanceDriver
{
    /// <summary>netns, tap, …</summary>
    string Name { get; }

    /// <summary>Sentences that say what is missing on this host for the driver to work; empty when all is there.</summary>
    Task<IReadOnlyList<string>> CheckHostAsync(CancellationToken cancel);

    /// <summary>Creates what must exist before the ports can be put on their bridges: the container of the instance, not yet executing, and the tap devices, down.</summary>
    Task PreparePortAsync(InstanceSpec spec, CancellationToken cancel);

    /// <summary>Lets the prepared instance execute. The caller has put the taps on their bridges, with their filters, and set them up.</summary>
    Task StartAsync(InstanceSpec spec, CancellationToken cancel);

    /// <summary>Ends the instance's processes and its taps; its disk stays.</summary>
    Task StopAsync(Guid uuid, CancellationToken cancel);

    /// <summary>Ends it and removes everything of it from the host.</summary>
    Task DestroyAsync(Guid uuid, CancellationToken cancel);

    /// <summary>Every instance of this driver on this host, running or not.</summary>
    Task<IReadOnlyList<ObservedInstance>> ListAsync(CancellationToken cancel);

    /// <summary>The instance's taps that may be on this host.</summary>
    IReadOnlyList<DeviceName> PortsOf(Guid uuid);

    Task<bool> IsRunningAsync(Guid uuid, CancellationToken cancel);

    /// <summary>The end of the console log, at most <paramref name="maxBytes"/> bytes.</summary>
    Task<string> ReadConsoleAsync(Guid uuid, int maxBytes, CancellationToken cancel);

    /// <summary>The uuid of an instance whose processes ended by themselves.</summary>
    event Action<Guid>? Exited;
}
