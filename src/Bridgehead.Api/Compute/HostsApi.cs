using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Daemons and hosts as an administrator sees them: os-services, os-availability-zone, os-hosts.</summary>
internal static class HostsApi
{
    private const string V = "/compute/v2.1";
    private const int ForcedDown = 11;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/os-services", Access.Admin, ServicesAsync)
        .Map("PUT", $"{V}/os-services/enable", Access.Admin, (call, body) => SetAsync(call, body, disabled: false, withReason: false))
        .Map("PUT", $"{V}/os-services/disable", Access.Admin, (call, body) => SetAsync(call, body, disabled: true, withReason: false))
        .Map("PUT", $"{V}/os-services/disable-log-reason", Access.Admin, (call, body) => SetAsync(call, body, disabled: true, withReason: true))
        .Map("GET", $"{V}/os-availability-zone", Access.User, call => ZonesAsync(call, detail: false))
        .Map("GET", $"{V}/os-availability-zone/detail", Access.Admin, call => ZonesAsync(call, detail: true))
        .Map("GET", $"{V}/os-hosts", Access.Admin, HostsAsync)
        .Map("GET", $"{V}/os-hosts/{{host}}", Access.Admin, HostAsync)
        .Map("GET", $"{V}/os-aggregates", Access.Admin, call => NoneAsync(call, "aggregates"));

    public static Task<List<Service>> ListAsync(ApiCall call) => call.Services.Store.ReadAsync(s => s.Services.ListAsync(call.Cancel), call.Cancel);

    public static bool IsUp(ApiCall call, Service service) =>
        service.UpdatedAt >= call.Services.Store.Now - TimeSpan.FromSeconds(call.Services.Settings.ServiceDownTime);

    /// <summary>Hosts are not grouped in this cloud, and nothing can make a group: the list that clients read on their way is empty.</summary>
    private static Task NoneAsync(ApiCall call, string name) => call.AnswerAsync(200, w =>
    {
        w.WriteStartArray(name);
        w.WriteEndArray();
    });

    private static async Task ServicesAsync(ApiCall call)
    {
        var services = await ListAsync(call);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("services");
            foreach (var s in services.Where(s => (call.Query("host") ?? s.Host) == s.Host && (call.Query("binary") ?? s.Binary) == s.Binary))
            {
                w.WriteStartObject();
                w.WriteNumber("id", s.Id);
                w.WriteString("binary", s.Binary);
                w.WriteString("host", s.Host);
                w.WriteString("zone", s.Zone);
                w.WriteString("status", s.Disabled ? "disabled" : "enabled");
                w.WriteString("state", IsUp(call, s) ? "up" : "down");
                w.WriteString("updated_at", Views.DbTime(s.UpdatedAt));
                w.WriteString("disabled_reason", s.DisabledReason);
                if (call.Microversion >= ForcedDown)
                {
                    w.WriteBoolean("forced_down", false);
                }

                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task SetAsync(ApiCall call, JsonBody body, bool disabled, bool withReason)
    {
        var (host, binary, reason) = (body.Text("host"), body.Text("binary"), withReason ? body.Text("disabled_reason") : null);
        if (reason is not null && (reason.Length is 0 or > 255 || reason.Any(char.IsControl)))
        {
            body.Note("disabled_reason must be 1 to 255 characters without control characters.");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        if (!await call.Services.Store.WriteAsync(s => s.Services.SetDisabledAsync(host, binary, disabled, reason, call.Cancel), call.Cancel))
        {
            await Errors.WriteAsync(call, 404, $"Could not find binary {binary} on host {host}.");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("service");
            w.WriteString("host", host);
            w.WriteString("binary", binary);
            w.WriteString("status", disabled ? "disabled" : "enabled");
            if (reason is not null)
            {
                w.WriteString("disabled_reason", reason);
            }

            w.WriteEndObject();
        });
    }

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
                w.WriteBoolean("available", IsUp(call, s));
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
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("hosts");
            foreach (var s in services.Where(s => (call.Query("zone") ?? s.Zone) == s.Zone))
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

    /// <summary>What each project uses of a compute host. Hosts do not report their size, so there are no totals.</summary>
    private static async Task HostAsync(ApiCall call)
    {
        var host = call.Segment("host");
        var services = await ListAsync(call);
        if (!services.Exists(s => s.Host == host && s.Binary == Binaries.Compute))
        {
            await Errors.WriteAsync(call, 404, $"Compute host {host} could not be found.");
            return;
        }

        var instances = await call.Services.Store.ReadAsync(s => s.Instances.OnHostAsync(host, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("host");
            Resource(w, host, "(used_now)", instances);
            foreach (var project in instances.GroupBy(i => i.ProjectId))
            {
                Resource(w, host, project.Key, [.. project]);
            }

            w.WriteEndArray();
        });
    }

    private static void Resource(Utf8JsonWriter w, string host, string project, List<Instance> instances)
    {
        w.WriteStartObject();
        w.WriteStartObject("resource");
        w.WriteString("host", host);
        w.WriteString("project", project);
        w.WriteNumber("cpu", instances.Sum(i => i.Vcpus));
        w.WriteNumber("memory_mb", instances.Sum(i => (long)i.MemoryMb));
        w.WriteNumber("disk_gb", 0);
        w.WriteEndObject();
        w.WriteEndObject();
    }
}
