using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>An instance's interface with its network, its fixed addresses, and the floating addresses on those.</summary>
public sealed record NicDetails(VirtualInterface Nic, Network Network, IReadOnlyList<FixedIp> Fixed, IReadOnlyList<FloatingIp> Floating);

/// <summary>An instance with everything that hangs on it.</summary>
public sealed record InstanceDetails(Instance Instance, IReadOnlyList<NicDetails> Nics, IReadOnlyList<SecurityGroup> Groups, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<string> Tags);

/// <summary>Loads what hangs on instances in a number of queries that does not depend on how many there are.</summary>
public static class InstanceDetailsLoader
{
    /// <summary>Instances in one query. SQLite looks for each named parameter among all of the query's, so a larger number takes longer.</summary>
    private const int Most = 100;

    public static async Task<List<InstanceDetails>> DetailsAsync(this Session session, IReadOnlyList<Instance> instances, CancellationToken cancel)
    {
        var details = new List<InstanceDetails>(instances.Count);
        foreach (var chunk in instances.Chunk(Most))
        {
            details.AddRange(await ChunkAsync(session, chunk, cancel));
        }

        return details;
    }

    public static async Task<InstanceDetails> DetailsAsync(this Session session, Instance instance, CancellationToken cancel) =>
        (await session.DetailsAsync([instance], cancel))[0];

    private static async Task<IEnumerable<InstanceDetails>> ChunkAsync(Session session, Instance[] instances, CancellationToken cancel)
    {
        var parameters = instances.Select((instance, i) => ($"u{i}", (object?)instance.Uuid)).ToArray();
        var these = $"in ({string.Join(',', parameters.Select(p => "@" + p.Item1))})";
        var nics = (await session.Sql.ListAsync($"select * from virtual_interfaces where instance_uuid {these} order by id", VirtualInterfaces.Read, cancel, parameters))
            .ToLookup(nic => nic.InstanceUuid);
        var fixedIps = (await session.Sql.ListAsync($"select * from fixed_ips where instance_uuid {these} and allocated = 1 order by id", FixedIps.Read, cancel, parameters))
            .ToLookup(f => f.VirtualInterfaceId);
        var floating = (await session.Sql.ListAsync($"select * from floating_ips where instance_uuid {these} order by address_key", FloatingIps.Read, cancel, parameters))
            .ToLookup(f => f.InstanceUuid);
        var groups = (await session.Sql.ListAsync(
            $"select m.instance_uuid, g.* from security_groups g join security_group_members m on m.group_id = g.id where m.instance_uuid {these} order by g.id",
            r => (Uuid: r.Uuid("instance_uuid"), Group: SecurityGroups.Read(r)),
            cancel,
            parameters)).ToLookup(m => m.Uuid, m => m.Group);
        var metadata = (await session.Sql.ListAsync(
            $"select * from instance_metadata where instance_uuid {these} order by key", r => (Uuid: r.Uuid("instance_uuid"), Key: r.Text("key"), Value: r.Text("value")), cancel, parameters))
            .ToLookup(m => m.Uuid);
        var tags = (await session.Sql.ListAsync(
            $"select * from instance_tags where instance_uuid {these} order by tag", r => (Uuid: r.Uuid("instance_uuid"), Tag: r.Text("tag")), cancel, parameters)).ToLookup(t => t.Uuid, t => t.Tag);
        var networks = (await session.Networks.ListAsync(cancel)).ToDictionary(n => n.Id);
        return instances.Select(instance => new InstanceDetails(
            instance,
            [.. nics[instance.Uuid].Select(nic => new NicDetails(
                nic,
                networks[nic.NetworkId],
                [.. fixedIps[nic.Id]],
                [.. floating[instance.Uuid].Where(f => fixedIps[nic.Id].Any(x => x.Address.Equals(f.FixedAddress)))]))],
            [.. groups[instance.Uuid]],
            metadata[instance.Uuid].ToDictionary(m => m.Key, m => m.Value),
            [.. tags[instance.Uuid]]));
    }
}
