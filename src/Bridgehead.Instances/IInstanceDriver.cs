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
/// <param name="Root">What the instance's image holds; null when the image has no content.</param>
public sealed record InstanceSpec(Guid Uuid, long Id, string HostName, Guid ImageId, int MemoryMb, int Vcpus, IReadOnlyList<Port> Ports, RootImage? Root = null);

/// <summary>The content that an instance boots from; of use at its first boot only.</summary>
/// <param name="Path">The file.</param>
/// <param name="MostBytes">What may come of it on the disk.</param>
/// <param name="Missing">Why there is no content to be had, as a sentence; null when there is.</param>
public sealed record RootImage(string Path, long MostBytes, string? Missing = null);

/// <summary>An instance cannot boot from its image; the message says why, for its user.</summary>
public sealed class UnbootableImageException : Exception
{
    public UnbootableImageException()
    {
    }

    public UnbootableImageException(string message)
        : base(message)
    {
    }

    public UnbootableImageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

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

    /// <summary>Throws the disk of an instance that does not run away: its next boot begins with a new one.</summary>
    Task WipeAsync(Guid uuid, CancellationToken cancel);

    /// <summary>Holds the running instance still: none of its programs goes on, and its taps carry nothing.</summary>
    Task FreezeAsync(Guid uuid, CancellationToken cancel);

    /// <summary>Lets it go on.</summary>
    Task ThawAsync(Guid uuid, CancellationToken cancel);

    /// <summary>Whether the running instance is held still; null when a life of the daemon ended between the two.</summary>
    bool? IsFrozen(Guid uuid);

    /// <summary>What the instance uses of the host, by nova's names: cpu times in nanoseconds, memory in KiB, bytes and packets of its interfaces as the instance counts them. Empty when it does not run.</summary>
    Task<IReadOnlyDictionary<string, long>> DiagnoseAsync(Guid uuid, CancellationToken cancel);

    /// <summary>Ends it and removes everything of it from the host.</summary>
    Task DestroyAsync(Guid uuid, CancellationToken cancel);

    /// <summary>Every instance of this driver on this host, running or not.</summary>
    Task<IReadOnlyList<ObservedInstance>> ListAsync(CancellationToken cancel);

    /// <summary>The instance's taps that may be on this host.</summary>
    IReadOnlyList<DeviceName> PortsOf(Guid uuid);

    Task<bool> IsRunningAsync(Guid uuid, CancellationToken cancel);

    /// <summary>
    /// Writes the instance's disk, whether it runs or not, into a file that is there, in a form that the driver boots from; at most <paramref name="mostBytes"/> bytes.
    /// False when the driver has no disks. Throws <see cref="Host.CommandFailedException"/> when it did not come to an end.
    /// </summary>
    Task<bool> ExportAsync(Guid uuid, string path, long mostBytes, CancellationToken cancel);

    /// <summary>The end of the console log, at most <paramref name="maxBytes"/> bytes.</summary>
    Task<string> ReadConsoleAsync(Guid uuid, int maxBytes, CancellationToken cancel);

    /// <summary>The uuid of an instance whose processes ended by themselves.</summary>
    event Action<Guid>? Exited;
}
