using System.Globalization;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>os-hypervisors: each compute host is one, under the number of its nova-compute. What there is is what the host reports, what is used comes from its instances.</summary>
internal static class HypervisorsApi
{
    private const string V = "/compute/v2.1/os-hypervisors";
    private const int CpuInfoObject = 28;
    private const int Paged = 33;

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.Admin, call => ListAsync(call, detail: false))
        .Doc("Lists compute hosts.", query: ["limit", "marker"])
        .Map("GET", $"{V}/detail", Access.Admin, call => ListAsync(call, detail: true))
        .Doc("Lists compute hosts with what they have.", query: ["limit", "marker"])
        .Map("GET", $"{V}/statistics", Access.Admin, StatisticsAsync)
        .Doc("Sums what enabled compute hosts have.")
        .Map("GET", $"{V}/{{id}}", Access.Admin, call => WithAsync(call, one => AnswerAsync(call, w => Write(w, call, one, detail: true))))
        .Doc("Shows a compute host.")
        .Map("GET", $"{V}/{{id}}/uptime", Access.Admin, call => WithAsync(call, one => UptimeAsync(call, one)))
        .Doc("Shows how long a compute host has been up, and its load.")
        .Map("GET", $"{V}/{{id}}/search", Access.Admin, call => NamedAsync(call, servers: false))
        .Doc("Lists compute hosts with a part of their name.")
        .Map("GET", $"{V}/{{id}}/servers", Access.Admin, call => NamedAsync(call, servers: true))
        .Doc("Lists compute hosts with a part of their name, and their servers.");

    private static async Task ListAsync(ApiCall call, bool detail)
    {
        var paged = call.Microversion >= Paged;
        Outcome<int> limits = paged ? Paging.Limit(call) : int.MaxValue;
        if (!limits.Succeeded(out var limit, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        var marker = paged ? call.Query("marker") : null;
        var page = await call.Services.Store.ReadAsync(
            async s =>
            {
                var after = long.TryParse(marker, out var id) ? (await s.ComputeNodes.ListAsync(new HypervisorFilter { Id = id }, call.Cancel)).FirstOrDefault() : null;
                return marker is not null && after is null ? null : await s.ComputeNodes.ListAsync(new HypervisorFilter { After = after?.Service.Id, Limit = limit }, call.Cancel);
            },
            call.Cancel);
        if (page is null)
        {
            await Errors.WriteAsync(call, 400, $"marker [{marker}] not found");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("hypervisors");
            foreach (var one in page)
            {
                w.WriteStartObject();
                Write(w, call, one, detail);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            Paging.Next(w, call, "hypervisors_links", (page, limit), host => $"{host.Service.Id}");
        });
    }

    private static async Task WithAsync(ApiCall call, Func<Hypervisor, Task> work)
    {
        var found = long.TryParse(call.Segment("id"), out var id)
            ? (await call.Services.Store.ReadAsync(s => s.ComputeNodes.ListAsync(new HypervisorFilter { Id = id }, call.Cancel), call.Cancel)).FirstOrDefault()
            : null;
        await (found is null ? Errors.WriteAsync(call, 404, $"Hypervisor with ID '{call.Segment("id")}' could not be found.") : work(found));
    }

    private static Task AnswerAsync(ApiCall call, Action<Utf8JsonWriter> write) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("hypervisor");
        write(w);
        w.WriteEndObject();
    });

    /// <summary>In the words of the program of that name; nobody is logged in as far as this is concerned.</summary>
    private static Task UptimeAsync(ApiCall call, Hypervisor one)
    {
        if (!ServicesApi.IsUp(call, one.Service))
        {
            return Errors.WriteAsync(call, 400, $"Compute service of {one.Service.Host} is unavailable at this time.");
        }

        var now = call.Services.Store.Now;
        var up = now - one.Node.UpSince;
        var days = up.Days switch { 0 => "", 1 => "1 day, ", var n => string.Create(CultureInfo.InvariantCulture, $"{n} days, ") };
        return AnswerAsync(call, w =>
        {
            Write(w, call, one, detail: false);
            w.WriteString("uptime", string.Create(CultureInfo.InvariantCulture, $" {now:HH:mm:ss} up {days}{up.Hours,2}:{up.Minutes:00},  0 users,  load average: {one.Node.LoadAverage}\n"));
        });
    }

    private static async Task NamedAsync(ApiCall call, bool servers)
    {
        var name = call.Segment("id");
        var (found, on) = await call.Services.Store.ReadAsync(
            async s => (await s.ComputeNodes.ListAsync(new HypervisorFilter { Name = name }, call.Cancel),
                (servers ? await s.ComputeNodes.ServersAsync(name, call.Cancel) : []).ToLookup(server => server.Host)),
            call.Cancel);
        if (found.Count == 0)
        {
            await Errors.WriteAsync(call, 404, $"No hypervisor matching '{name}' could be found.");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("hypervisors");
            foreach (var one in found)
            {
                w.WriteStartObject();
                Write(w, call, one, detail: false);
                if (on[one.Service.Host].Any())
                {
                    Servers(w, on[one.Service.Host]);
                }

                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task StatisticsAsync(ApiCall call)
    {
        var all = await call.Services.Store.ReadAsync(s => s.ComputeNodes.ListAsync(new HypervisorFilter { Enabled = true }, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("hypervisor_statistics");
            w.WriteNumber("count", all.Count);
            Figures(w, all);
            w.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter w, ApiCall call, Hypervisor one, bool detail)
    {
        var (service, node) = (one.Service, one.Node);
        w.WriteNumber("id", service.Id);
        w.WriteString("hypervisor_hostname", service.Host);
        w.WriteString("state", ServicesApi.IsUp(call, service) ? "up" : "down");
        w.WriteString("status", service.Disabled ? "disabled" : "enabled");
        if (!detail)
        {
            return;
        }

        Figures(w, [one]);
        w.WritePropertyName("cpu_info");
        if (call.Microversion >= CpuInfoObject)
        {
            w.WriteRawValue(node.CpuInfo);
        }
        else
        {
            w.WriteStringValue(node.CpuInfo);
        }

        w.WriteString("host_ip", node.HostIp);
        w.WriteString("hypervisor_type", node.HypervisorType);
        w.WriteNumber("hypervisor_version", node.HypervisorVersion);
        w.WriteStartObject("service");
        w.WriteString("host", service.Host);
        w.WriteNumber("id", service.Id);
        w.WriteString("disabled_reason", service.DisabledReason);
        w.WriteEndObject();
    }

    private static void Figures(Utf8JsonWriter w, IReadOnlyList<Hypervisor> hosts)
    {
        long Sum(Func<Hypervisor, long> of) => hosts.Sum(of);
        w.WriteNumber("current_workload", Sum(h => h.Use.Workload));
        w.WriteNumber("running_vms", Sum(h => h.Use.Vms));
        w.WriteNumber("vcpus", Sum(h => h.Node.Vcpus));
        w.WriteNumber("vcpus_used", Sum(h => h.Use.Vcpus));
        w.WriteNumber("memory_mb", Sum(h => h.Node.MemoryMb));
        w.WriteNumber("memory_mb_used", Sum(h => h.Use.MemoryMb));
        w.WriteNumber("free_ram_mb", Sum(h => h.Node.MemoryMb - h.Use.MemoryMb));
        w.WriteNumber("local_gb", Sum(h => h.Node.LocalGb));
        w.WriteNumber("local_gb_used", Sum(h => h.Use.DiskGb));
        w.WriteNumber("free_disk_gb", Sum(h => h.Node.LocalGb - h.Use.DiskGb));
        w.WriteNumber("disk_available_least", Sum(h => h.Node.FreeDiskGb));
    }

    private static void Servers(Utf8JsonWriter w, IEnumerable<(string Host, Guid Uuid, long Id)> servers)
    {
        w.WriteStartArray("servers");
        foreach (var (_, uuid, id) in servers)
        {
            w.WriteStartObject();
            w.WriteString("uuid", uuid);
            w.WriteString("name", $"instance-{id:x8}");
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }
}
