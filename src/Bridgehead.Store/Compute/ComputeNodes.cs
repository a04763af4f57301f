using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Which compute hosts: null means any.</summary>
public sealed record HypervisorFilter
{
    /// <summary>The number of the host's nova-compute.</summary>
    public long? Id { get; init; }

    /// <summary>Part of the host's name, in any case.</summary>
    public string? Name { get; init; }

    /// <summary>The host's name.</summary>
    public string? Host { get; init; }

    /// <summary>The number of the last one of the page before.</summary>
    public long? After { get; init; }

    /// <summary>Only those whose daemon is enabled.</summary>
    public bool Enabled { get; init; }

    public int Limit { get; init; } = int.MaxValue;
}

/// <summary>Table <c>compute_nodes</c>: what hosts have; with what their live instances use of it.</summary>
public sealed class ComputeNodes(Session session)
{
    private const string Use = """
        count(*) as vms, cast(coalesce(sum(i.vcpus), 0) as bigint) as vcpus, cast(coalesce(sum(i.ram), 0) as bigint) as ram,
        cast(coalesce(sum(f.root_gb + f.ephemeral_gb), 0) as bigint) as disk, cast(coalesce(sum(case when i.task_state is null then 0 else 1 end), 0) as bigint) as workload
        """;

    /// <summary>Says what the host has.</summary>
    public Task ReportAsync(ComputeNode n, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into compute_nodes (host, host_ip, hypervisor_type, hypervisor_version, vcpus, memory_mb, local_gb, free_disk_gb, cpu_info, up_since, load_average)
        values (@host, @ip, @type, @version, @vcpus, @memory, @local, @free, @cpu, @since, @load)
        on conflict (host) do update set host_ip = excluded.host_ip, hypervisor_type = excluded.hypervisor_type, hypervisor_version = excluded.hypervisor_version, vcpus = excluded.vcpus,
          memory_mb = excluded.memory_mb, local_gb = excluded.local_gb, free_disk_gb = excluded.free_disk_gb, cpu_info = excluded.cpu_info, up_since = excluded.up_since,
          load_average = excluded.load_average
        """,
        cancel,
        ("host", n.Host),
        ("ip", n.HostIp),
        ("type", n.HypervisorType),
        ("version", n.HypervisorVersion),
        ("vcpus", n.Vcpus),
        ("memory", n.MemoryMb),
        ("local", n.LocalGb),
        ("free", n.FreeDiskGb),
        ("cpu", n.CpuInfo),
        ("since", n.UpSince),
        ("load", n.LoadAverage));

    /// <summary>Hosts that reported, by the number of their nova-compute.</summary>
    public Task<List<Hypervisor>> ListAsync(HypervisorFilter filter, CancellationToken cancel)
    {
        var where = new List<string> { "s.binary_name = 'nova-compute'" };
        Add(where, filter.Id is not null, "s.id = @id");
        Add(where, filter.Name is not null, @"lower(n.host) like @name escape '\'");
        Add(where, filter.Host is not null, "n.host = @host");
        Add(where, filter.After is not null, "s.id > @after");
        Add(where, filter.Enabled, "s.disabled = 0");
        return session.Sql.ListAsync(
            $"""
            with page as (
              select s.id, s.disabled, s.disabled_reason, s.forced_down, s.updated_at, z.zone, n.* from compute_nodes n join services s on s.host = n.host join service_zones z on z.id = s.id
              where {string.Join(" and ", where)} order by s.id limit @limit),
            used as (select i.host, {Use} from instances i left join instance_flavors f on f.instance_uuid = i.uuid and f.former = 0
              where i.host in (select host from page) and i.vm_state <> 'deleted' group by i.host)
            select p.*, coalesce(u.vms, 0) as used_vms, coalesce(u.vcpus, 0) as used_vcpus, coalesce(u.ram, 0) as used_ram, coalesce(u.disk, 0) as used_disk,
              coalesce(u.workload, 0) as used_workload
            from page p left join used u on u.host = p.host order by p.id
            """,
            Read,
            cancel,
            ("id", filter.Id),
            ("host", filter.Host),
            ("name", filter.Name is { } name ? $"%{Escaped(name)}%" : null),
            ("after", filter.After),
            ("limit", filter.Limit));
    }

    /// <summary>What each project uses of a host.</summary>
    public Task<List<(string Project, HostUse Use)>> ByProjectAsync(string host, CancellationToken cancel) => session.Sql.ListAsync(
        $"""
        select i.project_id, {Use} from instances i left join instance_flavors f on f.instance_uuid = i.uuid and f.former = 0
        where i.host = @host and i.vm_state <> 'deleted' group by i.project_id order by i.project_id
        """,
        r => (r.Text("project_id"), new HostUse(r.Int("vms"), r.Int("vcpus"), r.Number("ram"), r.Number("disk"), r.Int("workload"))),
        cancel,
        ("host", host));

    /// <summary>Uuids and numbers of the live instances of the hosts, for the lists of hypervisors with their servers.</summary>
    public Task<List<(string Host, Guid Uuid, long Id)>> ServersAsync(string name, CancellationToken cancel) => session.Sql.ListAsync(
        @"select host, uuid, id from instances where lower(host) like @name escape '\' and vm_state <> 'deleted' order by id",
        r => (r.Text("host"), r.Uuid("uuid"), r.Number("id")),
        cancel,
        ("name", $"%{Escaped(name)}%"));

    private static void Add(List<string> where, bool asked, string condition)
    {
        if (asked)
        {
            where.Add(condition);
        }
    }

    private static string Escaped(string part) =>
        part.ToLowerInvariant().Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    private static Hypervisor Read(Row r)
    {
        var node = new ComputeNode
        {
            Host = r.Text("host"),
            HostIp = r.Text("host_ip"),
            HypervisorType = r.Text("hypervisor_type"),
            HypervisorVersion = r.Int("hypervisor_version"),
            Vcpus = r.Int("vcpus"),
            MemoryMb = r.Number("memory_mb"),
            LocalGb = r.Number("local_gb"),
            FreeDiskGb = r.Number("free_disk_gb"),
            CpuInfo = r.Text("cpu_info"),
            UpSince = r.Time("up_since"),
            LoadAverage = r.Text("load_average"),
        };
        var service = new Service
        {
            Id = r.Number("id"),
            Host = node.Host,
            Binary = Binaries.Compute,
            Zone = r.Text("zone"),
            Disabled = r.Flag("disabled"),
            DisabledReason = r.TextOrNull("disabled_reason"),
            ForcedDown = r.Flag("forced_down"),
            UpdatedAt = r.Time("updated_at"),
        };
        return new Hypervisor(service, node, new HostUse(r.Int("used_vms"), r.Int("used_vcpus"), r.Number("used_ram"), r.Number("used_disk"), r.Int("used_workload")));
    }
}
