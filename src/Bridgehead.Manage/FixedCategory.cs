using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage fixed</c>. Only addresses that are used, reserved or were released are known one by one.</summary>
internal static class FixedCategory
{
    private static readonly Parameter Address = new("address", "the address") { Required = true };
    private static readonly int[] Widths = [18, 15, 15];

    public static ManageCategory Category { get; } = new("fixed", "fixed addresses",
    [
        new ManageAction("list", "list addresses that are or were used, or are reserved", [new Parameter("host", "only those of instances on this host")], ListAsync),
        new ManageAction("get", "tell everything about an address", [Address], GetAsync),
        new ManageAction("reserve", "keep an address from being given to instances", [Address], call => ReserveAsync(call, reserved: true)),
        new ManageAction("unreserve", "give a reserved address back", [Address], call => ReserveAsync(call, reserved: false)),
    ]);

    private static async Task<int> ListAsync(ManageCall call)
    {
        var (networks, rows, instances) = await call.ReadAsync(async s =>
        {
            var all = await s.FixedIps.ListAsync(call.Cancel);
            var found = new Dictionary<Guid, Instance?>();
            foreach (var uuid in all.Where(f => f.InstanceUuid is not null).Select(f => f.InstanceUuid!.Value).Distinct())
            {
                found[uuid] = await s.Instances.FindAnyAsync(uuid, call.Cancel);
            }

            return ((await s.Networks.ListAsync(call.Cancel)).ToDictionary(n => n.Id), all, found);
        });
        var shown = rows.Select(row => (Row: row, Instance: row.InstanceUuid is { } uuid ? instances[uuid] : null))
            .Where(r => call["host"] is not { } host || r.Instance?.Host == host).ToList();
        if (shown.Count == 0)
        {
            await call.Output.WriteLineAsync("No fixed IP found.");
            return 0;
        }

        await call.Output.WriteLineAsync(Layout.Tabs(Widths, "network", "IP address", "hostname", "host"));
        foreach (var (row, instance) in shown)
        {
            if (row.InstanceUuid is { } uuid && instance is null)
            {
                await call.Error.WriteLineAsync($"warning: {row.Address} belongs to instance {uuid}, which does not exist.");
            }

            await call.Output.WriteLineAsync(Layout.Tabs(Widths, networks.GetValueOrDefault(row.NetworkId)?.Cidr, row.Address, instance?.HostName, instance?.Host ?? row.Host));
        }

        return 0;
    }

    private static async Task<int> GetAsync(ManageCall call)
    {
        if (!Ip.TryParse(call["address"], out var address))
        {
            return call.Refuse($"{call["address"]} is not an IP address.", 2);
        }

        var (network, row, instance) = await call.ReadAsync(async s =>
        {
            var found = await s.FixedIps.FindAsync(address, call.Cancel);
            var home = (await s.Networks.ListAsync(call.Cancel)).Find(n => found is null ? n.Cidr?.Contains(address) == true : n.Id == found.NetworkId);
            return (home, found, found?.InstanceUuid is { } uuid ? await s.Instances.FindAnyAsync(uuid, call.Cancel) : null);
        });
        if (network is null)
        {
            return call.Refuse($"Fixed IP {address} not found", 2);
        }

        (string Name, object? Value)[] facts =
        [
            ("address", address), ("network", network.Cidr), ("network uuid", network.Uuid), ("instance", row?.InstanceUuid), ("hostname", instance?.HostName), ("host", instance?.Host ?? row?.Host),
            ("allocated", row?.Allocated ?? false), ("leased", row?.Leased ?? false), ("reserved", row?.Reserved ?? false),
        ];
        foreach (var (name, value) in facts)
        {
            await call.Output.WriteLineAsync(Layout.Tabs([15], name, value));
        }

        return 0;
    }

    private static async Task<int> ReserveAsync(ManageCall call, bool reserved)
    {
        if (!Ip.TryParse(call["address"], out var address))
        {
            return call.Refuse($"{call["address"]} is not an IP address.", 2);
        }

        var outcome = await new NetworkActions(await call.StoreAsync()).ReserveAsync(address, reserved, call.Cancel);
        return outcome.Problem is { } problem ? call.Refuse(problem.Message, 2) : 0;
    }
}
