using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Host;

/// <summary>
/// Puts the IPv4 addresses that an interface has in one subnet into an order. The kernel's order is that of their coming, and when the first goes, it takes the others along; so
/// they have to be taken off and put on again. The loopback interface keeps those that stay meanwhile: at every moment the host answers for them, connections
/// over them live on, and after a crash they are found there.
/// </summary>
internal sealed class AddressOrder(LinkReader reader, LinkWriter writer)
{
    /// <summary>Makes the address the first of its subnet; the others keep their order behind it.</summary>
    public async Task PutFirstAsync(DeviceName device, IPAddress address, IPNetwork network, CancellationToken cancel)
    {
        var (here, kept) = await LookAsync(device, network, cancel);
        if (kept.Count > 0 || here.Count == 0 || !here[0].Address.Equals(address))
        {
            var first = here.FirstOrDefault(a => a.Address.Equals(address)) ?? LinkAddress.Of(address, network);
            await RearrangeAsync(device, here, kept, [first, .. Others(here, kept, address)], cancel);
        }
    }

    /// <summary>Takes the address off; nothing happens when it is not there.</summary>
    public async Task RemoveAsync(DeviceName device, IPAddress address, IPNetwork network, CancellationToken cancel)
    {
        var (here, kept) = await LookAsync(device, network, cancel);
        if (kept.Count > 0 || (here.Count > 1 && here[0].Address.Equals(address)))
        {
            await RearrangeAsync(device, here, kept, Others(here, kept, address), cancel);
        }
        else if (here.FirstOrDefault(a => a.Address.Equals(address)) is { } there)
        {
            await writer.ApplyAsync([there.DeleteFrom(device)], cancel);
        }
    }

    /// <summary>In the order in which they were kept, which is that before the crash.</summary>
    private static List<LinkAddress> Others(IReadOnlyList<LinkAddress> here, IReadOnlyList<LinkAddress> kept, IPAddress address) =>
        [.. kept.Where(k => !here.Any(a => a.Address.Equals(k.Address))).Concat(here).Where(a => !a.Address.Equals(address)).OrderBy(a => Order(kept, a))];

    private static int Order(IReadOnlyList<LinkAddress> kept, LinkAddress address) =>
        kept.Select((k, i) => k.Address.Equals(address.Address) ? i : int.MaxValue).DefaultIfEmpty(int.MaxValue).Min();

    /// <summary>The interface's addresses in the subnet, and those that a killed process left on the loopback interface.</summary>
    private async Task<(IReadOnlyList<LinkAddress> Here, IReadOnlyList<LinkAddress> Kept)> LookAsync(DeviceName device, IPNetwork network, CancellationToken cancel)
    {
        bool Belongs(LinkAddress a) => a.PrefixLength == network.PrefixLength && network.Contains(a.Address);
        var here = (await reader.AddressesAsync(device, cancel)).Where(a => Belongs(a) && a.IsGlobal).ToList();
        var kept = (await reader.AddressesAsync(LinkAddress.Loopback, cancel)).Where(a => Belongs(a) && a.IsKept).Select(a => LinkAddress.Of(a.Address, network)).ToList();
        return (here, kept);
    }

    private Task RearrangeAsync(DeviceName device, IReadOnlyList<LinkAddress> here, IReadOnlyList<LinkAddress> kept, IReadOnlyList<LinkAddress> wanted, CancellationToken cancel)
    {
        if (here.Count == 0 && kept.Count == 0)
        {
            return writer.ApplyAsync([.. wanted.Select(a => a.AddTo(device))], cancel);
        }

        var staying = here.Where(a => wanted.Contains(a)).ToList();

        // An interface without any address would lose its routes.
        var guard = wanted.Take(1).Select(a => $"{a.Address}/32").ToList();
        return writer.ApplyAsync(
            [
                .. staying.Where(a => !kept.Any(k => k.Address.Equals(a.Address))).Select(a => $"address add {a.Text} dev {LinkAddress.Loopback} scope host noprefixroute"),
                .. guard.Select(a => $"address replace {a} dev {device}"),
                .. here.Reverse().Select(a => a.DeleteFrom(device)),
                .. wanted.Select(a => a.AddTo(device)),
                .. guard.Select(a => $"address del {a} dev {device}"),
                .. kept.Concat(staying).DistinctBy(a => a.Address).Reverse().Select(a => a.DeleteFrom(LinkAddress.Loopback)),
            ],
            cancel);
    }
}
