using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>
/// Bridges, taps and addresses of this host, through <c>ip</c>. Each call reads what is there and changes only what differs, so repeating it does nothing. What must happen
/// together goes in one <c>ip -batch</c>.
/// </summary>
public sealed class Links(ICommandRunner runner)
{
    private static readonly IPNetwork MetadataAddress = Cidr.Parse("169.254.169.254/32");
    private readonly LinkReader _reader = new(runner);
    private readonly SemaphoreSlim _bridges = new(1, 1);

    public Task<bool> ExistsAsync(DeviceName device, CancellationToken cancel) => _reader.ExistsAsync(device, cancel);

    /// <summary>Makes the bridge if it is not there, without spanning tree and forwarding delay, up; and connects it to the physical interface, whose addresses and routes move along.</summary>
    public Task EnsureBridgeAsync(DeviceName bridge, DeviceName? physical, CancellationToken cancel) => EnsureBridgeAsync(bridge, physical, () => { }, cancel);

    /// <summary>As the other, and calls <paramref name="making"/> before it makes the bridge.</summary>
    public async Task EnsureBridgeAsync(DeviceName bridge, DeviceName? physical, Action making, CancellationToken cancel)
    {
        await _bridges.WaitAsync(cancel);
        try
        {
            if (!await _reader.ExistsAsync(bridge, cancel))
            {
                making();
                await MakeBridgeAsync(bridge, cancel);
            }

            if (physical is { } device)
            {
                await ConnectAsync(bridge, device, cancel);
            }
        }
        finally
        {
            _bridges.Release();
        }
    }

    /// <summary>
    /// Makes <paramref name="gateway"/> the first address of the bridge: dnsmasq answers from the first. Others keep their order behind it.
    /// </summary>
    public async Task EnsureGatewayAsync(DeviceName bridge, IPAddress gateway, IPNetwork network, CancellationToken cancel)
    {
        var addresses = await _reader.AddressesAsync(bridge, cancel);
        var wanted = new LinkAddress(gateway, network.PrefixLength, network.Last());
        var others = addresses.Where(a => !a.Address.Equals(gateway)).ToList();
        if (addresses.Any(a => a.Address.Equals(gateway) && a.PrefixLength == network.PrefixLength))
        {
            // Several networks share a bridge: each one's gateway is there, which is first does not matter between subnets.
            return;
        }

        var sameSubnet = others.Where(a => network.Contains(a.Address)).ToList();
        var routes = await _reader.GatewayRoutesAsync(bridge, cancel);
        await BatchAsync(
            [
                .. sameSubnet.Select(a => $"address del {a.Text} dev {bridge}"),
                $"address add {wanted.Text} brd {wanted.Broadcast} dev {bridge}",
                .. sameSubnet.Select(a => $"address add {a.Text} dev {bridge}"),
                .. routes.Select(route => $"route replace {route} dev {bridge}"),
            ],
            cancel);
    }

    /// <summary>Gives the loopback interface 169.254.169.254, scope link, so that the host answers for it.</summary>
    public Task EnsureMetadataAddressAsync(CancellationToken cancel) => AddAsync(DeviceName.Parse("lo"), MetadataAddress, "scope link", cancel);

    public async Task EnsureAddressV6Async(DeviceName device, IPAddress address, int prefix, CancellationToken cancel)
    {
        if (!(await _reader.AddressesAsync(device, v4: false, cancel)).Any(a => a.Address.Equals(address) && a.PrefixLength == prefix))
        {
            await BatchAsync([$"-6 address replace {address}/{prefix} dev {device} nodad"], cancel);
        }
    }

    /// <summary>Puts a floating address on the public interface.</summary>
    public async Task<bool> EnsureHostAddressAsync(DeviceName device, IPAddress address, CancellationToken cancel) => await AddAsync(device, Cidr.Host(address), "", cancel);

    /// <summary>Takes an address off; nothing happens when it, or the interface, is not there.</summary>
    public async Task RemoveAddressAsync(DeviceName device, IPAddress address, int prefix, CancellationToken cancel)
    {
        if (await _reader.ExistsAsync(device, cancel) && (await _reader.AddressesAsync(device, address.IsV4(), cancel)).Any(a => a.Address.Equals(address) && a.PrefixLength == prefix))
        {
            await BatchAsync([$"address del {address}/{prefix} dev {device}"], cancel);
        }
    }

    /// <summary>Addresses of the interface, IPv4, in the kernel's order.</summary>
    public Task<IReadOnlyList<LinkAddress>> AddressesAsync(DeviceName device, CancellationToken cancel) => _reader.AddressesAsync(device, cancel);

    /// <summary>Tells the neighbours of an address that just came here (gratuitous ARP).</summary>
    public async Task AnnounceAsync(DeviceName device, IPAddress address, int count, CancellationToken cancel)
    {
        var command = new Command("arping", ["-U", "-A", "-I", device.ToString(), "-c", $"{count}", address.ToString()]) { Timeout = TimeSpan.FromSeconds(count + 10) };
        await runner.RequireAsync(command, cancel);
    }

    /// <summary>Puts a tap onto the bridge and sets it up. In hairpin mode, so that an instance reaches itself under its floating address: the frame goes out where it came in.</summary>
    public Task AttachAsync(DeviceName tap, DeviceName bridge, int? mtu, CancellationToken cancel) => BatchAsync(
        [$"link set dev {tap}{(mtu is { } bytes ? $" mtu {bytes}" : "")} master {bridge}", $"link set dev {tap} type bridge_slave hairpin on", $"link set dev {tap} up"], cancel);

    /// <summary>Removes a bridge of ours unless something is connected to it; says whether it is gone.</summary>
    public async Task<bool> RemoveBridgeAsync(DeviceName bridge, CancellationToken cancel)
    {
        if (!await _reader.ExistsAsync(bridge, cancel))
        {
            return true;
        }

        if (await _reader.HasPortsAsync(bridge, cancel))
        {
            return false;
        }

        await BatchAsync([$"link del dev {bridge}"], cancel);
        return true;
    }

    /// <summary>One message to the kernel, so that no bridge is ever left half made. Another daemon of this host may be quicker: then it is there as well.</summary>
    private async Task MakeBridgeAsync(DeviceName bridge, CancellationToken cancel)
    {
        // The MAC is set so that it does not change when a tap with a lower one joins.
        var mac = MacAddress.ForInstance(Random.Shared.Next(1 << 24));
        var make = Batch([$"link add name {bridge} address {mac} up type bridge forward_delay 0 stp_state 0"]);
        var result = await runner.RunAsync(make, cancel);
        if (result.ExitCode != 0 && !await _reader.ExistsAsync(bridge, cancel))
        {
            throw CommandFailedException.From(make, result);
        }
    }

    private async Task ConnectAsync(DeviceName bridge, DeviceName device, CancellationToken cancel)
    {
        if (!await _reader.ExistsAsync(device, cancel))
        {
            throw new CommandFailedException($"the interface {device} that {bridge} should be connected to does not exist: correct flat_interface");
        }

        var link = await _reader.LinkAsync(device, cancel);
        if (link.Master != bridge.ToString())
        {
            await BatchAsync([$"link set dev {bridge} address {link.Mac}", $"link set dev {device} master {bridge} up"], cancel);
        }

        await MoveAddressesAsync(bridge, device, cancel);
    }

    /// <summary>
    /// The interface's addresses and routes go to the bridge in one batch. Each address is on the bridge before it leaves the interface, so that a crash in between leaves it
    /// on both, and the next call finishes.
    /// </summary>
    private async Task MoveAddressesAsync(DeviceName bridge, DeviceName device, CancellationToken cancel)
    {
        var addresses = await _reader.AddressesAsync(device, cancel);
        if (addresses.Count == 0)
        {
            return;
        }

        var routes = await _reader.GatewayRoutesAsync(device, cancel);
        var there = await _reader.AddressesAsync(bridge, cancel);
        await BatchAsync(
            [
                .. addresses.Where(a => !there.Contains(a)).Select(a => $"address add {a.Text}{(a.Broadcast is { } brd ? $" brd {brd}" : "")} dev {bridge}"),
                .. routes.Select(route => $"route replace {route} dev {bridge}"),
                .. addresses.Select(a => $"address del {a.Text} dev {device}"),
                .. routes.Select(route => $"route replace {route} dev {bridge}"),
            ],
            cancel);
    }

    private async Task<bool> AddAsync(DeviceName device, IPNetwork address, string options, CancellationToken cancel)
    {
        if ((await _reader.AddressesAsync(device, cancel)).Any(a => a.Address.Equals(address.BaseAddress) && a.PrefixLength == address.PrefixLength))
        {
            return false;
        }

        await BatchAsync([$"address add {address} {options} dev {device}"], cancel);
        return true;
    }

    /// <summary>Names, addresses and numbers of the domain's types only: nothing a user typed can add a word to a line.</summary>
    private static Command Batch(IReadOnlyList<string> lines) => new("ip", ["-batch", "-"]) { Input = string.Concat(lines.Select(line => line + "\n")) };

    private Task BatchAsync(IReadOnlyList<string> lines, CancellationToken cancel) => runner.RequireAsync(Batch(lines), cancel);
}
