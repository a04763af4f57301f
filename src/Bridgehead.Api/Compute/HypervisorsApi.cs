using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>
/// os-hypervisors: each compute host is one. What is used comes from the instances; hosts do not report their size, so what is there is told as what is used.
/// </summary>
internal static class HypervisorsApi
{
    private const string V = "/compute/v2.1/os-hypervisors";
    private const int CpuInfoObject = 28;

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.Admin, call => ListAsync(call, detail: false))
        .Map("GET", $"{V}/detail", Access.Admin, call => ListAsync(call, detail: true))
        .Map("GET", $"{V}/statistics", Access.Admin, StatisticsAsync)
        .Map("GET", $"{V}/{{id}}", Access.Admin, ShowAsync)
        .Map("GET", $"{V}/{{id}}/uptime", Access.Admin, call => Errors.WriteAsync(call, 501, "Hosts do not report how long they have been up."))
        .Map("GET", $"{V}/{{id}}/search", Access.Admin, call => NamedAsync(call, servers: false))
        .Map("GET", $"{V}/{{id}}/servers", Access.Admin, call => NamedAsync(call, servers: true));

    private static Task<List<Hypervisor>> LoadAsync(ApiCall call) => call.Services.Store.ReadAsync(
        async s =>
        {
            var hosts = (await s.Services.ListAsync(call.Cancel)).Where(service => service.Binary == Binaries.Compute).ToList();
            var all = new List<Hypervisor>();
            foreach (var host in hosts)
            {
                all.Add(new Hypervisor(host, await s.Instances.OnHostAsync(host.Host, call.Cancel)));
            }

            return all;
        },
        call.Cancel);

    private static async Task ListAsync(ApiCall call, bool detail)
    {
        var all = await LoadAsync(call);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("hypervisors");
            foreach (var one in all)
            {
                w.WriteStartObject();
                Write(w, call, one, detail);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var found = (await LoadAsync(call)).Find(one => $"{one.Service.Id}" == call.Segment("id"));
        await (found is null
            ? Errors.WriteAsync(call, 404, $"Hypervisor with ID '{call.Segment("id")}' could not be found.")
            : call.AnswerAsync(200, w =>
            {
                w.WriteStartObject("hypervisor");
                Write(w, call, found, detail: true);
                w.WriteEndObject();
            }));
    }

    private static async Task NamedAsync(ApiCall call, bool servers)
    {
        var found = (await LoadAsync(call)).Where(one => one.Service.Host.Contains(call.Segment("id"), StringComparison.Ordinal)).ToList();
        if (found.Count == 0)
        {
            await Errors.WriteAsync(call, 404, $"No hypervisor matching '{call.Segment("id")}' could be found.");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("hypervisors");
            foreach (var one in found)
            {
                w.WriteStartObject();
                Write(w, call, one, detail: false);
                if (servers && one.Instances.Count > 0)
                {
                    Servers(w, one.Instances);
                }

                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task StatisticsAsync(ApiCall call)
    {
        var all = (await LoadAsync(call)).Where(one => !one.Service.Disabled).ToList();
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("hypervisor_statistics");
            w.WriteNumber("count", all.Count);
            Use(w, [.. all.SelectMany(one => one.Instances)]);
            w.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter w, ApiCall call, Hypervisor one, bool detail)
    {
        var service = one.Service;
        w.WriteNumber("id", service.Id);
        w.WriteString("hypervisor_hostname", service.Host);
        w.WriteString("state", HostsApi.IsUp(call, service) ? "up" : "down");
        w.WriteString("status", service.Disabled ? "disabled" : "enabled");
        if (!detail)
        {
            return;
        }

        Use(w, one.Instances);
        w.WritePropertyName("cpu_info");
        w.WriteRawValue(call.Microversion >= CpuInfoObject ? "{}" : "\"\"");
        w.WriteNull("host_ip");
        w.WriteString("hypervisor_type", call.Services.Settings.ComputeDriver);
        w.WriteNumber("hypervisor_version", 1);
        w.WriteStartObject("service");
        w.WriteString("host", service.Host);
        w.WriteNumber("id", service.Id);
        w.WriteString("disabled_reason", service.DisabledReason);
        w.WriteEndObject();
    }

    private static void Use(Utf8JsonWriter w, IReadOnlyList<Instance> instances)
    {
        var memory = instances.Sum(i => (long)i.MemoryMb);
        var cores = instances.Sum(i => i.Vcpus);
        w.WriteNumber("current_workload", instances.Count(i => i.TaskState is not null));
        w.WriteNumber("running_vms", instances.Count);
        w.WriteNumber("vcpus", cores);
        w.WriteNumber("vcpus_used", cores);
        w.WriteNumber("memory_mb", memory);
        w.WriteNumber("memory_mb_used", memory);
        foreach (var unknown in new[] { "free_ram_mb", "local_gb", "local_gb_used", "free_disk_gb", "disk_available_least" })
        {
            w.WriteNumber(unknown, 0);
        }
    }

    private static void Servers(Utf8JsonWriter w, IReadOnlyList<Instance> instances)
    {
        w.WriteStartArray("servers");
        foreach (var instance in instances)
        {
            w.WriteStartObject();
            w.WriteString("uuid", instance.Uuid);
            w.WriteString("name", $"instance-{instance.Id:x8}");
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private sealed record Hypervisor(Service Service, IReadOnlyList<Instance> Instances);
}
