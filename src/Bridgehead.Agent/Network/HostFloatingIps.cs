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
    /// <summary>What each address leads to here.</summary>
    private readonly ConcurrentDictionary<IPAddress, IPAddress> _here = new(appliers.Floating.Read().Where(entry => Ip.TryParse(entry.Value, out _)).ToDictionary(entry => entry.Key, entry => Ip.Parse(entry.Value)));

    public IReadOnlyCollection<IPAddress> Here => [.. _here.Keys];

    public Task<List<FloatingIp>> OfHostAsync(CancellationToken cancel) => store.ReadAsync(session => session.FloatingIps.OnHostAsync(settings.Host, cancel), cancel);

    /// <summary>Their translations are in the packet filter already. What the journal has and is wanted no more, or otherwise, was left by a daemon that was killed.</summary>
    public async Task StartAsync(IReadOnlyList<FloatingIp> wanted, CancellationToken cancel)
    {
        foreach (var floating in wanted.Where(floating => floating.FixedAddress is not null))
        {
            await BindAsync(floating, cancel);
        }

        foreach (var left in Here.Except(wanted.Select(floating => floating.Address)))
        {
            await LookAsync(left, cancel);
        }
    }

    public async Task LookAsync(IPAddress address, CancellationToken cancel)
    {
        var floating = await store.ReadAsync(session => session.FloatingIps.FindAsync(address, cancel), cancel);
        if (floating is { FixedAddress: not null } && floating.Host == settings.Host)
        {
            // The translation first: the address answers only once it leads somewhere.
            await appliers.Firewall.ApplyAsync([NetworkPlanner.Floating(floating, settings)!], [], cancel);
            await BindAsync(floating, cancel);
        }
        else if (_here.ContainsKey(address))
        {
            await UnbindAsync(address, floating, cancel);
        }
    }

    private async Task BindAsync(FloatingIp floating, CancellationToken cancel)
    {
        var (address, target) = (floating.Address, floating.FixedAddress!);
        if (_here.TryGetValue(address, out var before) && !before.Equals(target))
        {
            // After the translation changed, so that no packet can bring the old connections back.
            await appliers.Conntrack.ForgetFloatingAsync(address, cancel);
        }

        appliers.Floating.Put(address, target.ToString());
        _here[address] = target;
        if (NetworkPlanner.DeviceOf(floating, settings) is not { } device)
        {
            return;
        }

        if (await appliers.Links.EnsureHostAddressAsync(device, address, cancel) && settings is { SendArpForHa: true, SendArpForHaCount: > 0 })
        {
            _ = AnnounceAsync(device, address, cancel);
        }
    }

    /// <summary>The journal's entry goes last: until then a new life of the daemon would do all of this again.</summary>
    private async Task UnbindAsync(IPAddress address, FloatingIp? floating, CancellationToken cancel)
    {
        await appliers.Firewall.ApplyAsync([], [Policy.FloatingNat.KeyOf(address)], cancel);
        var device = floating is null ? NetworkPlanner.PublicInterface(settings) : NetworkPlanner.DeviceOf(floating, settings);
        if (device is { } carrier)
        {
            await appliers.Links.RemoveAddressAsync(carrier, address, 32, cancel);
        }

        await appliers.Conntrack.ForgetFloatingAsync(address, cancel);
        appliers.Floating.Remove(address);
        _here.TryRemove(address, out _);
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
