using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>
/// Connects a physical interface to a bridge, with the host's addresses and routes: an interface of a bridge no longer receives for itself. First the bridge gets the
/// interface's MAC and the addresses as well; then the interface is connected; and when the bridge runs, one batch leads the routes over it and takes the addresses
/// off. So at every moment the host has its addresses and its routes, what a killed process leaves is finished by the next, and what fails is taken back.
/// </summary>
internal sealed class BridgePort(LinkReader reader, LinkWriter writer, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task ConnectAsync(DeviceName bridge, DeviceName device, CancellationToken cancel)
    {
        var link = await reader.FindAsync(device, cancel)
            ?? throw new CommandFailedException($"the interface {device} that {bridge} should be connected to does not exist: correct flat_interface");
        if (link.Master is { } other && other != bridge.ToString())
        {
            throw new CommandFailedException($"the interface {device} that {bridge} should be connected to is connected to {other}: correct flat_interface, or 'ip link set dev {device} nomaster'");
        }

        var addresses = (await reader.AddressesAsync(device, cancel)).Where(a => a.IsGlobal).ToList();
        if (link.Master is null || addresses.Count > 0)
        {
            var routes = addresses.Count == 0 ? [] : await reader.RoutesAsync(device, HaveV6(addresses), cancel);
            await MoveAsync(new Move(bridge, device, link, addresses, routes), cancel);
        }
    }

    /// <summary>
    /// The way back. First the interface gets the addresses as well; then one batch takes it off the bridge, leads the routes over it, and takes the addresses off the bridge. It may be cut off anywhere and begun
    /// again. Routes that led over the interface while it is the bridge's would have it ask for its neighbours, and the answers are the bridge's: such a question is repeated after a second only.
    /// </summary>
    public async Task DisconnectAsync(DeviceName bridge, DeviceName device, CancellationToken cancel)
    {
        if (await reader.FindAsync(device, cancel) is not { } link || (link.Master is { } master && master != bridge.ToString()) || await reader.FindAsync(bridge, cancel) is null)
        {
            return;
        }

        var addresses = (await reader.AddressesAsync(bridge, cancel)).Where(a => a.IsGlobal).ToList();
        var routes = addresses.Count == 0 ? [] : await reader.RoutesAsync(bridge, HaveV6(addresses), cancel);
        var there = (await reader.AddressesAsync(device, cancel)).Select(a => a.Text).ToList();
        await writer.ApplyAsync([.. addresses.Where(a => !there.Contains(a.Text)).Select(a => a.AddTo(device))], cancel);
        IReadOnlyList<string> disconnect = link.Master is null ? [] : [$"link set dev {device} nomaster"];
        var lost = await LostAsync(routes, device, HaveV6(addresses), cancel);
        await writer.ApplyAsync([.. disconnect, .. Lead(lost, device), .. addresses.AsEnumerable().Reverse().Select(a => a.DeleteFrom(bridge))], cancel);
    }

    private async Task MoveAsync(Move move, CancellationToken cancel)
    {
        var (bridge, device, link, addresses, routes) = move;
        var there = (await reader.AddressesAsync(bridge, cancel)).Select(a => a.Text).ToList();
        var coming = addresses.Where(a => !there.Contains(a.Text)).ToList();
        IReadOnlyList<string> pin = link.Master is null ? [$"link set dev {bridge} address {link.Mac}"] : [];
        try
        {
            await writer.ApplyAsync([.. pin, .. coming.Select(a => a.AddTo(bridge))], cancel);
            if (link.Master is null)
            {
                await writer.ApplyAsync([$"link set dev {device} master {bridge} up"], cancel);
                await WhenRunningAsync(move, cancel);
            }

            var moving = await LostAsync(routes, bridge, HaveV6(addresses), cancel);

            // The last address of a subnet first: the first would take the others along.
            await writer.ApplyAsync([.. Lead(moving, bridge), .. addresses.AsEnumerable().Reverse().Select(a => a.DeleteFrom(device))], cancel);
        }
        catch (CommandFailedException)
        {
            await TakeBackAsync(move, coming, cancel);
            throw;
        }
    }

    /// <summary>
    /// The kernel takes notice of the bridge's carrier a moment after it came, and drops what is sent over the bridge until then. Meanwhile all goes out by the interface, as before.
    /// </summary>
    private async Task WhenRunningAsync(Move move, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        while (move.Link.Runs && await reader.FindAsync(move.Bridge, cancel) is { Runs: false } && clock.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), clock, cancel);
        }
    }

    private async Task TakeBackAsync(Move move, IEnumerable<LinkAddress> came, CancellationToken cancel)
    {
        IReadOnlyList<string> disconnect = move.Link.Master is null ? [$"link set dev {move.Device} nomaster"] : [];
        await writer.RestoreAsync([.. disconnect, .. move.Addresses.Select(a => a.AddTo(move.Device))], cancel);
        var lost = await LostAsync(move.Routes, move.Device, HaveV6(move.Addresses), cancel);
        await writer.RestoreAsync([.. Lead(lost, move.Device), .. came.Reverse().Select(a => a.DeleteFrom(move.Bridge))], cancel);
    }

    /// <summary>Those of the routes that the interface does not have: the kernel makes some by itself for its addresses.</summary>
    private async Task<IEnumerable<LinkRoute>> LostAsync(IReadOnlyList<LinkRoute> routes, DeviceName device, bool ipv6, CancellationToken cancel) =>
        routes.Count == 0 ? [] : routes.Except(await reader.RoutesAsync(device, ipv6, cancel));

    /// <summary>A router must be reachable when its route comes.</summary>
    private static IEnumerable<string> Lead(IEnumerable<LinkRoute> routes, DeviceName device) =>
        routes.OrderBy(route => route.HasRouter).Select(route => $"route replace {route.Words} dev {device}");

    private static bool HaveV6(IEnumerable<LinkAddress> addresses) => addresses.Any(a => !a.Address.IsV4());

    private sealed record Move(DeviceName Bridge, DeviceName Device, LinkState Link, IReadOnlyList<LinkAddress> Addresses, IReadOnlyList<LinkRoute> Routes);
}
