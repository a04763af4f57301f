using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>
/// Bridges, taps and addresses of this host, through <c>ip</c>. Each call reads what is there and changes only what differs, so repeating it does nothing. What must happen
/// together goes in one batch.
/// </summary>
/// <param name="lockFile">Between the daemons of this host: two of them may find the same bridge missing.</param>
public sealed class Links(ICommandRunner runner, IHostFiles files, string lockFile, TimeProvider clock)
{
    private static readonly IPAddress MetadataAddress = Ip.Parse("169.254.169.254");
    private readonly LinkReader _reader = new(runner);
    private readonly LinkWriter _writer = new(runner);

    private BridgePort Port => new(_reader, _writer, clock);

    private AddressOrder Order => new(_reader, _writer);

    /// <summary>Makes the bridge if it is not there, without spanning tree and forwarding delay, up; and connects it to the physical interface, whose addresses and routes move along.</summary>
    public Task EnsureBridgeAsync(DeviceName bridge, DeviceName? physical, CancellationToken cancel) => EnsureBridgeAsync(bridge, physical, () => { }, cancel);

    /// <summary>As the other, and calls <paramref name="making"/> before it makes the bridge.</summary>
    public async Task EnsureBridgeAsync(DeviceName bridge, DeviceName? physical, Action making, CancellationToken cancel)
    {
        using var one = await files.LockAsync(lockFile, cancel);
        var link = await _reader.FindAsync(bridge, cancel);
        if (link is null)
        {
            making();

            // The MAC is set so that it does not change when a tap with a lower one joins.
            var mac = MacAddress.ForInstance(Random.Shared.Next(1 << 24));
            await _writer.ApplyAsync([$"link add name {bridge} up address {mac} type bridge forward_delay 0 stp_state 0"], cancel);
        }
        else if (!link.IsUp)
        {
            await _writer.ApplyAsync([$"link set dev {bridge} up"], cancel);
        }

        if (physical is { } device)
        {
            await Port.ConnectAsync(bridge, device, cancel);
        }
    }

    /// <summary>
    /// Makes <paramref name="gateway"/> the bridge's first address of its subnet: dnsmasq answers from the first. Addresses of other subnets stay as they are: which comes first does not
    /// matter between subnets.
    /// </summary>
    public async Task EnsureGatewayAsync(DeviceName bridge, IPAddress gateway, IPNetwork network, CancellationToken cancel)
    {
        using var one = await files.LockAsync(lockFile, cancel);
        await Order.PutFirstAsync(bridge, gateway, network, cancel);
    }

    /// <summary>Gives the loopback interface 169.254.169.254, scope link, so that the host answers for it; calls <paramref name="making"/> before, unless it is there.</summary>
    public async Task EnsureMetadataAddressAsync(Action<IPAddress> making, CancellationToken cancel)
    {
        if (!await HasAsync(LinkAddress.Loopback, MetadataAddress, 32, cancel))
        {
            making(MetadataAddress);
            await _writer.ApplyAsync([$"address add {MetadataAddress}/32 scope link dev {LinkAddress.Loopback}"], cancel);
        }
    }

    /// <summary>Takes the physical interface off the bridge, and gives it back the addresses and routes that moved: all that the bridge has. Nothing happens when another bridge has it, or it is gone.</summary>
    public async Task ReleaseInterfaceAsync(DeviceName bridge, DeviceName physical, CancellationToken cancel)
    {
        using var one = await files.LockAsync(lockFile, cancel);
        await Port.DisconnectAsync(bridge, physical, cancel);
    }

    /// <summary>The interfaces that have the address.</summary>
    public Task<IReadOnlyList<DeviceName>> CarriersAsync(IPAddress address, int prefix, CancellationToken cancel) => _reader.CarriersAsync(address, prefix, cancel);

    /// <summary>Why <see cref="RemoveBridgeAsync"/> leaves it: what is connected to it, and its addresses.</summary>
    public async Task<IReadOnlyList<string>> UsesOfAsync(DeviceName bridge, CancellationToken cancel) =>
        [.. await _reader.PortsAsync(bridge, cancel), .. (await _reader.AddressesAsync(bridge, cancel)).Where(a => a.IsGlobal && a.Address.IsV4()).Select(a => a.Text)];

    public Task EnsureAddressV6Async(DeviceName device, IPAddress address, int prefix, CancellationToken cancel) => AddAsync(device, address, prefix, " nodad", cancel);

    /// <summary>Puts a floating address on the public interface; says whether it was missing.</summary>
    public Task<bool> EnsureHostAddressAsync(DeviceName device, IPAddress address, CancellationToken cancel) => AddAsync(device, address, 32, "", cancel);

    /// <summary>Takes an address off; nothing happens when it, or the interface, is not there.</summary>
    public async Task RemoveAddressAsync(DeviceName device, IPAddress address, int prefix, CancellationToken cancel)
    {
        using var one = await files.LockAsync(lockFile, cancel);
        if (await _reader.FindAsync(device, cancel) is null)
        {
            return;
        }

        if (address.IsV4() && device != LinkAddress.Loopback)
        {
            await Order.RemoveAsync(device, address, Cidr.TryParseMasked($"{address}/{prefix}", out var network, out _) ? network : Cidr.Host(address), cancel);
        }
        else if (await HasAsync(device, address, prefix, cancel))
        {
            await _writer.ApplyAsync([$"address del {address}/{prefix} dev {device}"], cancel);
        }
    }

    /// <summary>Tells the neighbours of an address that just came here (gratuitous ARP).</summary>
    public async Task AnnounceAsync(DeviceName device, IPAddress address, int count, CancellationToken cancel)
    {
        var command = new Command("arping", ["-U", "-A", "-I", device.ToString(), "-c", $"{count}", address.ToString()]) { Timeout = TimeSpan.FromSeconds(count + 10) };
        await runner.RequireAsync(command, cancel);
    }

    /// <summary>Puts a tap onto the bridge and sets it up. In hairpin mode, so that an instance reaches itself under its floating address: the frame goes out where it came in.</summary>
    public Task AttachAsync(DeviceName tap, DeviceName bridge, int? mtu, CancellationToken cancel) => _writer.ApplyAsync(
        [$"link set dev {tap}{(mtu is { } bytes ? $" mtu {bytes}" : "")} master {bridge}", $"link set dev {tap} type bridge_slave hairpin on", $"link set dev {tap} up"], cancel);

    /// <summary>Removes a bridge that nothing is connected to, and that has no address: one with either is in use. Says whether it is gone.</summary>
    public async Task<bool> RemoveBridgeAsync(DeviceName bridge, CancellationToken cancel)
    {
        using var one = await files.LockAsync(lockFile, cancel);
        if (await _reader.FindAsync(bridge, cancel) is null)
        {
            return true;
        }

        if ((await UsesOfAsync(bridge, cancel)).Count > 0)
        {
            return false;
        }

        await _writer.ApplyAsync([$"link del dev {bridge}"], cancel);
        return true;
    }

    private async Task<bool> HasAsync(DeviceName device, IPAddress address, int prefix, CancellationToken cancel) =>
        (await _reader.AddressesAsync(device, cancel)).Any(a => a.Address.Equals(address) && a.PrefixLength == prefix);

    private async Task<bool> AddAsync(DeviceName device, IPAddress address, int prefix, string options, CancellationToken cancel)
    {
        if (await HasAsync(device, address, prefix, cancel))
        {
            return false;
        }

        await _writer.ApplyAsync([$"address add {address}/{prefix}{options} dev {device}"], cancel);
        return true;
    }
}
