using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>An instance's interface with its network, its fixed addresses, and the floating addresses on those.</summary>
public sealed record NicDetails(VirtualInterface Nic, Network Network, IReadOnlyList<FixedIp> Fixed, IReadOnlyList<FloatingIp> Floating);

/// <summary>An instance with everything that hangs on it.</summary>
public sealed record InstanceDetails(Instance Instance, IReadOnlyList<NicDetails> Nics, IReadOnlyList<SecurityGroup> Groups, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<string> Tags);

/// <summary>Loads what hangs on instances in a number of queries that does not depend on how many there are.</summary>
public static class InstanceDetailsLoader
{
    public static async Task<List<InstanceDetails>> DetailsAsync(this Session session, IReadOnlyList<Instance> instances, CancellationToken cancel)
    {
        if (instances.Count == 0)
        {
            return [];
        }

        var these = ("these", (object?)instances.Select(instance => $"{instance.Uuid:D}").ToArray());
        var isOneOfThese = session.Sql.IsOneOf("instance_uuid", "these");
        var nics = (await session.Sql.ListAsync($"select * from virtual_interfaces where {isOneOfThese} order by id", VirtualInterfaces.Read, cancel, these))
            .ToLookup(nic => nic.InstanceUuid);
        var fixedIps = (await session.Sql.ListAsync($"select * from fixed_ips where {isOneOfThese} and allocated = 1 order by id", FixedIps.Read, cancel, these))
            .ToLookup(f => f.VirtualInterfaceId);
        var floating = (await session.Sql.ListAsync($"select * from floating_ips where {isOneOfThese} order by address_key", FloatingIps.Read, cancel, these))
            .ToLookup(f => f.InstanceUuid);
        var groups = (await session.Sql.ListAsync(
            $"select m.instance_uuid, g.* from security_groups g join security_group_members m on m.group_id = g.id where {isOneOfThese} order by g.id",
            r => (Uuid: r.Uuid("instance_uuid"), Group: SecurityGroups.Read(r)),
            cancel,
            these)).ToLookup(m => m.Uuid, m => m.Group);
        var metadata = (await session.Sql.ListAsync(
            $"select * from instance_metadata where {isOneOfThese} order by key", r => (Uuid: r.Uuid("instance_uuid"), Key: r.Text("key"), Value: r.Text("value")), cancel, these))
            .ToLookup(m => m.Uuid);
        var tags = (await session.Sql.ListAsync(
            $"select * from instance_tags where {isOneOfThese} order by tag", r => (Uuid: r.Uuid("instance_uuid"), Tag: r.Text("tag")), cancel, these)).ToLookup(t => t.Uuid, t => t.Tag);
        var networks = (await session.Networks.ListAsync(cancel)).ToDictionary(n => n.Id);
        return [.. instances.Select(instance => new InstanceDetails(
            instance,
            [.. nics[instance.Uuid].Select(nic => new NicDetails(
                nic,
                networks[nic.NetworkId],
                [.. fixedIps[nic.Id]],
                [.. floating[instance.Uuid].Where(f => fixedIps[nic.Id].Any(x => x.Address.Equals(f.FixedAddress)))]))],
            [.. groups[instance.Uuid]],
            metadata[instance.Uuid].ToDictionary(m => m.Key, m => m.Value),
            [.. tags[instance.Uuid]]))];
    }

    public static async Task<InstanceDetails> DetailsAsync(this Session session, Instance instance, CancellationToken cancel) =>
        (await session.DetailsAsync([instance], cancel))[0];
}
