using System.Net;
using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>instances</c>. A deleted instance stays as a record with vm_state deleted.</summary>
public sealed class Instances(Session session)
{
    internal const string Live = "vm_state <> 'deleted'";

    /// <summary>Instances that the filter lets through, in that order (newest first where none is given), after <paramref name="marker"/>.</summary>
    public Task<List<Instance>> ListAsync(InstanceFilter filter, Instance? marker, int limit, CancellationToken cancel, InstanceOrder? order = null) =>
        new InstanceList(session, filter, order ?? InstanceOrder.NewestFirst).PageAsync(marker, limit, cancel);

    public Task<Instance?> FindAsync(Guid uuid, CancellationToken cancel) => session.Sql.FirstAsync($"select * from instances where uuid = @uuid and {Live}", Read, cancel, ("uuid", uuid));

    /// <summary>Also finds deleted ones.</summary>
    public Task<Instance?> FindAnyAsync(Guid uuid, CancellationToken cancel) => session.Sql.FirstAsync("select * from instances where uuid = @uuid", Read, cancel, ("uuid", uuid));

    /// <summary>Every live instance that has the fixed address: more than one only where networks overlap.</summary>
    public Task<List<Instance>> AllByAddressAsync(IPAddress address, CancellationToken cancel) => session.Sql.ListAsync(
        $"select distinct i.* from fixed_ips f join instances i on i.uuid = f.instance_uuid where f.address = @address and f.allocated = 1 and i.{Live}",
        Read,
        cancel,
        ("address", address));

    public Task<long> CountOnHostAsync(string host, CancellationToken cancel) =>
        session.Sql.NumberAsync($"select count(*) from instances where host = @host and {Live}", cancel, ("host", host));

    /// <summary>Which of these there are.</summary>
    public async Task<HashSet<Guid>> KnownAsync(IEnumerable<Guid> uuids, CancellationToken cancel) => [.. await session.Sql.ListAsync(
        $"select uuid from instances where {session.Sql.IsOneOf("uuid", "uuids")} and {Live}", r => r.Uuid("uuid"), cancel, ("uuids", uuids.Select(uuid => $"{uuid:D}").ToArray()))];

    public Task<List<Instance>> OnHostAsync(string host, CancellationToken cancel) =>
        session.Sql.ListAsync($"select * from instances where host = @host and {Live} order by id", Read, cancel, ("host", host));

    public Task<List<Instance>> InGroupAsync(long group, CancellationToken cancel) => session.Sql.ListAsync(
        $"select i.* from instances i join security_group_members m on m.instance_uuid = i.uuid where m.group_id = @group and i.{Live} order by i.id", Read, cancel, ("group", group));

    /// <summary>Instances, cores and MiB that the project's live instances use; of a resize that may still be reverted, the larger of both flavors.</summary>
    public async Task<(long Instances, long Cores, long Ram)> UsageAsync(string project, CancellationToken cancel) => await session.Sql.FirstAsync(
        $"""
        select count(*) as n, cast(coalesce(sum(case when old_vcpus > vcpus then old_vcpus else vcpus end), 0) as bigint) as c,
          cast(coalesce(sum(case when old_ram > ram then old_ram else ram end), 0) as bigint) as r
        from instances where project_id = @project and {Live}
        """,
        r => (r.Number("n"), r.Number("c"), r.Number("r")),
        cancel,
        ("project", project));

    /// <summary>The up and enabled compute hosts, with the fewest live instances first.</summary>
    public Task<List<string>> HostsByLoadAsync(DateTimeOffset aliveSince, string? zone, CancellationToken cancel) => session.Sql.ListAsync(
        $"""
        select s.host from services s left join (select host, count(*) as n from instances where {Live} group by host) i on i.host = s.host
        where s.binary_name = 'nova-compute' and s.disabled = 0 and s.forced_down = 0 and s.updated_at >= @since
          {(zone is null ? "" : "and exists (select 1 from service_zones z where z.id = s.id and z.zone = @zone)")} order by coalesce(i.n, 0), s.host
        """,
        r => r.Text("host"),
        cancel,
        ("since", aliveSince),
        ("zone", zone));

    public async Task<long> AddAsync(Instance i, CancellationToken cancel)
    {
        var id = await session.Sql.NumberAsync(
            """
            insert into instances (uuid, project_id, user_id, display_name, host_name, description, flavor_id, image_id, key_name, key_data, user_data, availability_zone, reservation_id,
              launch_index, config_drive, access_ipv4, access_ipv6, disk_config, host, running, boot_generation, vm_state, task_state, power_state, fault_message, fault_code, fault_at,
              created_at, updated_at, ram, vcpus)
            values (@uuid, @project, @user, @name, @host_name, @description, @flavor, @image, @key_name, @key_data, @user_data, @zone, @reservation, @launch_index, @config_drive,
              @access4, @access6, @disk_config, @host, 1, 1, @vm_state, @task_state, 0, @fault, @fault_code, @fault_at, @now, @now, @ram, @vcpus)
            returning id
            """,
            cancel,
            ("uuid", i.Uuid), ("project", i.ProjectId), ("user", i.UserId), ("name", i.DisplayName), ("host_name", i.HostName), ("description", i.Description), ("flavor", i.FlavorId),
            ("image", i.ImageId), ("key_name", i.KeyName), ("key_data", i.KeyData), ("user_data", i.UserData), ("zone", i.AvailabilityZone), ("reservation", i.ReservationId),
            ("launch_index", i.LaunchIndex), ("config_drive", i.ConfigDrive), ("disk_config", i.DiskConfig), ("access4", i.AccessIPv4), ("access6", i.AccessIPv6), ("host", i.Host), ("vm_state", i.VmState),
            ("task_state", i.TaskState), ("fault", i.FaultMessage), ("fault_code", i.FaultCode), ("fault_at", i.FaultMessage is null ? null : session.Now), ("now", session.Now),
            ("ram", i.MemoryMb), ("vcpus", i.Vcpus));
        await session.Changes.InstanceAsync(i.Uuid, i.Host, cancel);
        return id;
    }

    /// <summary>Writes what a user may change: names, addresses, lock, wishes, states. Adds a change.</summary>
    public async Task SaveAsync(Instance i, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync(
            """
            update instances set display_name = @name, description = @description, access_ipv4 = @access4, access_ipv6 = @access6, locked = @locked, running = @running,
              boot_generation = @generation, booted_generation = @booted, delete_requested = @delete, vm_state = @vm_state, task_state = @task_state, power_state = @power,
              frozen = @frozen, disk_generation = @disk, made_disk_generation = @made, image_id = @image, flavor_id = @flavor, ram = @ram, vcpus = @vcpus, old_flavor_id = @old_flavor,
              old_ram = @old_ram, old_vcpus = @old_vcpus, locked_by_admin = @locked_by, disk_config = @disk_config, progress = @progress, fault_message = @fault, fault_code = @fault_code, fault_at = @fault_at, host = @host, launched_at = @launched, terminated_at = @terminated,
              updated_at = @now
            where uuid = @uuid
            """,
            cancel,
            ("uuid", i.Uuid), ("name", i.DisplayName), ("description", i.Description), ("access4", i.AccessIPv4), ("access6", i.AccessIPv6), ("locked", i.Locked), ("running", i.Running),
            ("generation", i.BootGeneration), ("booted", i.BootedGeneration), ("delete", i.DeleteRequested), ("vm_state", i.VmState), ("task_state", i.TaskState),
            ("power", (int)i.PowerState), ("frozen", i.Frozen), ("disk", i.DiskGeneration), ("made", i.MadeDiskGeneration), ("image", i.ImageId), ("flavor", i.FlavorId), ("ram", i.MemoryMb),
            ("vcpus", i.Vcpus), ("old_flavor", i.Before?.FlavorId), ("old_ram", i.Before?.MemoryMb), ("old_vcpus", i.Before?.Vcpus), ("locked_by", i.LockedByAdmin),
            ("disk_config", i.DiskConfig), ("progress", i.Progress), ("fault", i.FaultMessage), ("fault_code", i.FaultCode), ("fault_at", i.FaultAt), ("host", i.Host),
            ("launched", i.LaunchedAt), ("terminated", i.TerminatedAt), ("now", session.Now));
        await session.Changes.InstanceAsync(i.Uuid, i.Host, cancel);
    }

    /// <summary>The row, locked against other writers until the transaction ends.</summary>
    public Task<Instance?> LockAsync(Guid uuid, CancellationToken cancel) => session.Sql.FirstAsync(
        $"select * from instances where uuid = @uuid and {Live}{(session.Sql.Postgres ? " for update" : "")}", Read, cancel, ("uuid", uuid));

    public async Task<Dictionary<string, string>> MetadataAsync(Guid uuid, CancellationToken cancel) =>
        (await session.Sql.ListAsync("select key, value from instance_metadata where instance_uuid = @uuid order by key", r => (r.Text("key"), r.Text("value")), cancel, ("uuid", uuid)))
            .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    public Task PutMetadataAsync(Guid uuid, string key, string value, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "insert into instance_metadata (instance_uuid, key, value) values (@uuid, @key, @value) on conflict (instance_uuid, key) do update set value = excluded.value",
        cancel,
        ("uuid", uuid),
        ("key", key),
        ("value", value));

    public async Task<bool> RemoveMetadataAsync(Guid uuid, string key, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "delete from instance_metadata where instance_uuid = @uuid and key = @key", cancel, ("uuid", uuid), ("key", key)) == 1;

    /// <summary>Exactly these items.</summary>
    public async Task ReplaceMetadataAsync(Guid uuid, IReadOnlyDictionary<string, string> items, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from instance_metadata where instance_uuid = @uuid", cancel, ("uuid", uuid));
        foreach (var (key, value) in items)
        {
            await PutMetadataAsync(uuid, key, value, cancel);
        }
    }

    internal static Instance Read(Row r) => WithStates(r, new()
    {
        Id = r.Number("id"),
        Uuid = r.Uuid("uuid"),
        ProjectId = r.Text("project_id"),
        UserId = r.Text("user_id"),
        DisplayName = r.Text("display_name"),
        HostName = r.Text("host_name"),
        Description = r.TextOrNull("description"),
        FlavorId = r.Text("flavor_id"),
        ImageId = r.Uuid("image_id"),
        KeyName = r.TextOrNull("key_name"),
        KeyData = r.TextOrNull("key_data"),
        UserData = r.TextOrNull("user_data"),
        AvailabilityZone = r.Text("availability_zone"),
        ReservationId = r.Text("reservation_id"),
        LaunchIndex = r.Int("launch_index"),
        ConfigDrive = r.Flag("config_drive"),
        AccessIPv4 = r.Text("access_ipv4"),
        AccessIPv6 = r.Text("access_ipv6"),
        Locked = r.Flag("locked"),
        Host = r.TextOrNull("host"),
        VmState = r.Text("vm_state"),
    });

    private static Instance WithStates(Row r, Instance instance) => instance with
    {
        LockedByAdmin = r.Flag("locked_by_admin"),
        DiskConfig = r.Text("disk_config"),
        Running = r.Flag("running"),
        Frozen = r.TextOrNull("frozen"),
        DiskGeneration = r.Number("disk_generation"),
        MadeDiskGeneration = r.Number("made_disk_generation"),
        Before = r.TextOrNull("old_flavor_id") is { } old ? new OldFlavor(old, r.Int("old_ram"), r.Int("old_vcpus")) : null,
        BootGeneration = r.Number("boot_generation"),
        BootedGeneration = r.Number("booted_generation"),
        MemoryMb = r.Int("ram"),
        Vcpus = r.Int("vcpus"),
        DeleteRequested = r.Flag("delete_requested"),
        TaskState = r.TextOrNull("task_state"),
        PowerState = (PowerState)r.Int("power_state"),
        Progress = r.Int("progress"),
        FaultMessage = r.TextOrNull("fault_message"),
        FaultCode = r.IntOrNull("fault_code"),
        FaultAt = r.TimeOrNull("fault_at"),
        CreatedAt = r.Time("created_at"),
        UpdatedAt = r.Time("updated_at"),
        LaunchedAt = r.TimeOrNull("launched_at"),
        TerminatedAt = r.TimeOrNull("terminated_at"),
    };
}
