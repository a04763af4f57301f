using System.Net;
using Bridgehead.Host;
using Bridgehead.Instances;

namespace Bridgehead.Agent;

/// <summary>What a host is cleaned with.</summary>
/// <param name="Drivers">Every driver that may have run instances here.</param>
/// <param name="PacketFilters">Every way in which our rules may have come into the kernel.</param>
public sealed record CleanupAppliers(
    IHostFiles Files,
    Links Links,
    BridgeRegister Bridges,
    DnsmasqService Dhcp,
    Conntrack Conntrack,
    AddressJournal Floating,
    AddressJournal Gateways,
    AddressJournal Services,
    IReadOnlyList<IInstanceDriver> Drivers,
    IReadOnlyList<IRetirement> PacketFilters);

/// <summary>
/// Takes everything of ours off a host, by what was written down and by names (docs/ownership.md); the store is not asked and not changed. Nothing else is touched. No daemon may run meanwhile. It may be cut off anywhere
/// and begun again: what tells of a thing goes after the thing.
/// </summary>
/// <param name="retire">Takes rules out of the kernel; a dry run only looks.</param>
public sealed class HostCleanup(string stateFolder, CleanupAppliers appliers, Func<IRetirement, CancellationToken, Task> retire)
{
    /// <summary>Of the state folder; the store and the administrator's password are the cloud's, not the host's.</summary>
    private static readonly string[] Folders = ["networks", "instances", "taps", "floating", "gateways", "services"];

    /// <summary>Returns a sentence for each thing of ours that stays, since somebody else uses it.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancel)
    {
        await EndInstancesAsync(cancel);
        foreach (var bridge in appliers.Dhcp.Bridges())
        {
            await appliers.Dhcp.EnsureAsync(bridge, () => Task.FromResult(new DhcpPicture([], [])), cancel);
        }

        foreach (var packetFilter in appliers.PacketFilters)
        {
            await retire(packetFilter, cancel);
        }

        await RemoveAddressesAsync(cancel);
        var left = await RemoveBridgesAsync(cancel);
        foreach (var folder in Folders.Append(BasesFolder()))
        {
            appliers.Files.DeleteFolder(Path.Combine(stateFolder, folder));
        }

        appliers.Files.Delete(LeaseHelper.SocketOf(stateFolder));
        if (left.Count == 0)
        {
            appliers.Files.DeleteFolder(Path.Combine(stateFolder, "bridges"));
        }

        return left;
    }

    /// <summary>What the netns driver's instances ran from; beside it there may be images, which are the cloud's.</summary>
    private string BasesFolder()
    {
        const string Base = "busybox-base";
        var images = Path.Combine(stateFolder, "images");
        return Directory.Exists(images) && Directory.GetFileSystemEntries(images) is [var only] && Path.GetFileName(only) == Base ? "images" : $"images/{Base}";
    }

    private async Task EndInstancesAsync(CancellationToken cancel)
    {
        foreach (var driver in appliers.Drivers)
        {
            foreach (var instance in await driver.ListAsync(cancel))
            {
                await driver.DestroyAsync(instance.Uuid, cancel);
            }
        }
    }

    private async Task RemoveAddressesAsync(CancellationToken cancel)
    {
        foreach (var floating in appliers.Floating.Read().Keys)
        {
            // Which interface it is on depends on a setting that may have changed since.
            foreach (var device in await appliers.Links.CarriersAsync(floating, 32, cancel))
            {
                await appliers.Links.RemoveAddressAsync(device, floating, 32, cancel);
            }

            await appliers.Conntrack.ForgetFloatingAsync(floating, cancel);
            appliers.Floating.Remove(floating);
        }

        foreach (var journal in new[] { appliers.Gateways, appliers.Services })
        {
            foreach (var (address, place) in journal.Read())
            {
                await RemoveAsync(address, place, cancel);
                journal.Remove(address);
            }
        }
    }

    private async Task RemoveAsync(IPAddress address, string place, CancellationToken cancel)
    {
        if (AddressJournal.PlaceOf(place) is var (device, prefix))
        {
            await appliers.Links.RemoveAddressAsync(device, address, prefix, cancel);
        }
    }

    private async Task<IReadOnlyList<string>> RemoveBridgesAsync(CancellationToken cancel)
    {
        var left = new List<string>();
        foreach (var bridge in appliers.Bridges.Read())
        {
            if (appliers.Bridges.PhysicalOf(bridge) is { } physical)
            {
                await appliers.Links.ReleaseInterfaceAsync(bridge, physical, cancel);
            }

            if (await appliers.Links.RemoveBridgeAsync(bridge, cancel))
            {
                appliers.Bridges.Remove(bridge);
            }
            else
            {
                left.Add($"the bridge {bridge} stays: {string.Join(", ", await appliers.Links.UsesOfAsync(bridge, cancel))} is somebody else's");
            }
        }

        return left;
    }
}
