using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>os-hosts (until 2.42), and availability zones.</summary>
internal static class HostsApi
{
    private const string V = "/compute/v2.1";
    private const int Last = 42;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/os-availability-zone", Access.User, call => ZonesAsync(call, detail: false))
        .Doc("Lists the zones that servers can be in.")
        .Map("GET", $"{V}/os-availability-zone/detail", Access.Admin, call => ZonesAsync(call, detail: true))
        .Doc("Lists zones with their hosts and daemons.")
        .Map("GET", $"{V}/os-hosts", Access.Admin, HostsAsync, Last)
        .Doc("Lists hosts by daemon.", query: "zone")
        .Map("GET", $"{V}/os-hosts/{{host}}", Access.Admin, HostAsync, Last)
        .Doc("Shows what a compute host has, and what projects use of it.")
        .Map("PUT", $"{V}/os-hosts/{{host}}", Access.Admin, SetAsync, Last)
        .Doc("Enables or disables a compute host.", example: """{"status":"enable"}""")
        .Map("GET", $"{V}/os-hosts/{{host}}/{{power}}", Access.Admin, PowerAsync, Last)
        .Doc("Starts, stops or reboots a host: no driver here can.", status: 501);

    public static Task<List<Service>> ListAsync(ApiCall call) => call.Services.Store.ReadAsync(s => s.Services.ListAsync(call.Cancel), call.Cancel);

    /// <summary>A user sees the zones that servers may be in, an administrator those of all daemons with their state.</summary>
    private static async Task ZonesAsync(ApiCall call, bool detail)
    {
        var services = (await ListAsync(call)).Where(s => detail || s.Binary == Binaries.Compute);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("availabilityZoneInfo");
            foreach (var zone in services.GroupBy(s => s.Zone))
            {
                w.WriteStartObject();
                w.WriteString("zoneName", zone.Key);
                w.WriteStartObject("zoneState");
                w.WriteBoolean("available", zone.Any(s => !s.Disabled));
                w.WriteEndObject();
                if (detail)
                {
                    ZoneHosts(w, call, zone);
                }
                else
                {
                    w.WriteNull("hosts");
                }

                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static void ZoneHosts(Utf8JsonWriter w, ApiCall call, IEnumerable<Service> services)
    {
        w.WriteStartObject("hosts");
        foreach (var host in services.GroupBy(s => s.Host))
        {
            w.WriteStartObject(host.Key);
            foreach (var s in host)
            {
                w.WriteStartObject(s.Binary);
                w.WriteBoolean("active", !s.Disabled);
                w.WriteBoolean("available", ServicesApi.IsUp(call, s));
                w.WriteString("updated_at", Views.DbTime(s.UpdatedAt));
                w.WriteEndObject();
            }

            w.WriteEndObject();
        }

        w.WriteEndObject();
    }

    private static async Task HostsAsync(ApiCall call)
    {
        var services = await ListAsync(call);
        var zone = call.Query("zone");
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("hosts");
            foreach (var s in services.Where(s => zone is null or "" || zone == s.Zone))
            {
                w.WriteStartObject();
                w.WriteString("host_name", s.Host);
                w.WriteString("service", s.Binary["nova-".Length..]);
                w.WriteString("zone", s.Zone);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    /// <summary>What there is, what is used now, what servers could use at most, and what each project uses.</summary>
    private static async Task HostAsync(ApiCall call)
    {
        var host = call.Segment("host");
        var (found, projects) = await call.Services.Store.ReadAsync(
            async s => ((await s.ComputeNodes.ListAsync(new HypervisorFilter { Host = host }, call.Cancel)).FirstOrDefault(), await s.ComputeNodes.ByProjectAsync(host, call.Cancel)),
            call.Cancel);
        if (found is null)
        {
            await MissingAsync(call);
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            var (node, use) = (found.Node, found.Use);
            w.WriteStartArray("host");
            Resource(w, host, "(total)", (node.Vcpus, node.MemoryMb, node.LocalGb));
            Resource(w, host, "(used_now)", (use.Vcpus, use.MemoryMb, use.DiskGb));
            Resource(w, host, "(used_max)", (use.Vcpus, use.MemoryMb, use.DiskGb));
            foreach (var (project, of) in projects)
            {
                Resource(w, host, project, (of.Vcpus, of.MemoryMb, of.DiskGb));
            }

            w.WriteEndArray();
        });
    }

    private static void Resource(Utf8JsonWriter w, string host, string project, (int Cpu, long MemoryMb, long DiskGb) amount)
    {
        w.WriteStartObject();
        w.WriteStartObject("resource");
        w.WriteString("host", host);
        w.WriteString("project", project);
        w.WriteNumber("cpu", amount.Cpu);
        w.WriteNumber("memory_mb", amount.MemoryMb);
        w.WriteNumber("disk_gb", amount.DiskGb);
        w.WriteEndObject();
        w.WriteEndObject();
    }

    /// <summary>Status is the daemon's; maintenance would move servers away, which no driver here can.</summary>
    private static async Task SetAsync(ApiCall call, JsonBody body)
    {
        body.Only("status", "maintenance_mode");
        var (status, maintenance) = (body.TryText("status")?.Trim().ToLowerInvariant(), body.TryText("maintenance_mode")?.Trim().ToLowerInvariant());
        if (status is not (null or "enable" or "disable") || maintenance is not (null or "enable" or "disable") || (status is null && maintenance is null))
        {
            body.Note("status and maintenance_mode must be enable or disable, and one of them must be there.");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var host = call.Segment("host");
        if (maintenance is not null)
        {
            await CannotAsync(call, "host maintenance mode");
            return;
        }

        if (!await call.Services.Store.WriteAsync(s => s.Services.SetDisabledAsync(host, Binaries.Compute, status == "disable", null, call.Cancel), call.Cancel))
        {
            await MissingAsync(call);
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteString("host", host);
            w.WriteString("status", $"{status}d");
        });
    }

    private static Task PowerAsync(ApiCall call) => call.Segment("power") is "startup" or "shutdown" or "reboot"
        ? CannotAsync(call, "host power management")
        : Errors.WriteAsync(call, 404, "The resource could not be found.");

    /// <summary>For a host that there is; of any other it is said that there is none.</summary>
    private static async Task CannotAsync(ApiCall call, string what)
    {
        var known = (await ListAsync(call)).Exists(s => s.Binary == Binaries.Compute && s.Host == call.Segment("host"));
        await (known ? Errors.WriteAsync(call, 501, $"Virt driver does not implement {what}.") : MissingAsync(call));
    }

    private static Task MissingAsync(ApiCall call) => Errors.WriteAsync(call, 404, $"Compute host {call.Segment("host")} could not be found.");
}
