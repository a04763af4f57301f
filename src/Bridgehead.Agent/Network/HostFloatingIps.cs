using System.Collections.Concurrent;
using System.Net;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Store;
using Microsoft.Extensions.Logging;

namespace Bridgehead.Agent;

/// <summary>Floating addresses on this host: the address on the public interface, its translation, and the end of its connections when it goes.</summary>
internal sealed partial class HostFloatingIps(NovaSettings settings, Database store, NetworkAppliers appliers, ILogger<HostFloatingIps> log)
{
    private readonly ConcurrentDictionary<IPAddress, FloatingIp> _here = [];

    public async Task EnsureAddressesAsync(IReadOnlyList<FloatingIp> floating, CancellationToken cancel)
    {
        foreach (var address in floating)
        {
            await BindAsync(address, cancel);
        }
    }

    public async Task LookAsync(IPAddress address, CancellationToken cancel)
    {
        var floating = await store.ReadAsync(session => session.FloatingIps.FindAsync(address, cancel), cancel);
        var wanted = floating is { FixedAddress: not null } && floating.Host == settings.Host ? floating : null;
        if (_here.TryGetValue(address, out var before) && !Equals(before.FixedAddress, wanted?.FixedAddress))
        {
            await UnbindAsync(before, wanted is null, cancel);
        }

        if (wanted is not null)
        {
            // The translation first: the address answers only once it leads somewhere.
            await appliers.Firewall.ApplyAsync([NetworkPlanner.Floating(wanted, settings)!], [], cancel);
            await BindAsync(wanted, cancel);
        }
    }

    private async Task BindAsync(FloatingIp floating, CancellationToken cancel)
    {
        _here[floating.Address] = floating;
        if (NetworkPlanner.DeviceOf(floating, settings) is not { } device)
        {
            return;
        }

        if (await appliers.Links.EnsureHostAddressAsync(device, floating.Address, cancel) && settings is { SendArpForHa: true, SendArpForHaCount: > 0 })
        {
            _ = AnnounceAsync(device, floating.Address, cancel);
        }
    }

    private async Task UnbindAsync(FloatingIp floating, bool leaves, CancellationToken cancel)
    {
        if (leaves)
        {
            if (NetworkPlanner.DeviceOf(floating, settings) is { } device)
            {
                await appliers.Links.RemoveAddressAsync(device, floating.Address, 32, cancel);
            }

            await appliers.Firewall.ApplyAsync([], [NetworkPlanner.Floating(floating, settings)!.Key], cancel);
            _here.TryRemove(floating.Address, out _);
        }

        await appliers.Conntrack.ForgetFloatingAsync(floating.Address, cancel);
    }

    /// <summary>Neighbours learn the address sooner by it; without it they ask.</summary>
    private async Task AnnounceAsync(DeviceName device, IPAddress address, CancellationToken cancel)
    {
        try
        {
            await appliers.Links.AnnounceAsync(device, address, settings.SendArpForHaCount, cancel);
        }
        catch (CommandFailedException problem)
        {
            NotAnnounced(log, address, problem.Message);
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Warning, Message = "{Address} was not announced to its neighbours: {Reason}")]
    private static partial void NotAnnounced(ILogger log, IPAddress address, string reason);
}
