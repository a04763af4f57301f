using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-floating-ips, their pools, and the administrator's bulk calls.</summary>
internal static class FloatingIpsApi
{
    private const string V = "/compute/v2.1";
    private const int Last = Microversions.LastProxy;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/os-floating-ips", Access.User, ListAsync, Last)
        .Map("POST", $"{V}/os-floating-ips", Access.User, CreateAsync, Last)
        .Map("GET", $"{V}/os-floating-ips/{{id}}", Access.User, call => WithAsync(call, floating => AnswerAsync(call, floating)), Last)
        .Map("DELETE", $"{V}/os-floating-ips/{{id}}", Access.User, call => WithAsync(call, async floating =>
            await call.DoneAsync(await call.Services.FloatingIps.ReleaseAsync(call.Caller, floating, call.Cancel), 202)), Last)
        .Map("GET", $"{V}/os-floating-ip-pools", Access.User, PoolsAsync, Last)
        .Map("GET", $"{V}/os-floating-ips-bulk", Access.Admin, BulkAsync, Last)
        .Map("GET", $"{V}/os-floating-ips-bulk/{{host}}", Access.Admin, BulkAsync, Last)
        .Map("POST", $"{V}/os-floating-ips-bulk", Access.Admin, BulkCreateAsync, Last)
        .Map("PUT", $"{V}/os-floating-ips-bulk/delete", Access.Admin, BulkDeleteAsync, Last);

    private static async Task ListAsync(ApiCall call)
    {
        var list = await call.Services.Store.ReadAsync(s => s.FloatingIps.OfProjectAsync(call.Caller.ProjectId, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("floating_ips");
            foreach (var floating in list)
            {
                w.WriteStartObject();
                Write(w, floating);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task CreateAsync(ApiCall call)
    {
        string? pool = null;
        if (call.HasBody)
        {
            if (!(await call.BodyAsync()).Succeeded(out var body, out var problem))
            {
                await call.RefuseAsync(problem);
                return;
            }

            pool = body.TryText("pool");
            if (body.Wrong is { } wrong)
            {
                await call.RefuseAsync(wrong);
                return;
            }
        }

        var made = await call.Services.FloatingIps.AllocateAsync(call.Caller, pool, call.Cancel);
        await (made.Succeeded(out var floating, out var refused) ? AnswerAsync(call, floating) : call.RefuseAsync(refused));
    }

    /// <summary>By number; an address in its place is understood too, since one client sends it.</summary>
    private static async Task WithAsync(ApiCall call, Func<FloatingIp, Task> work)
    {
        var text = call.Segment("id");
        var floating = long.TryParse(text, out var id) ? await call.Services.Store.ReadAsync(s => s.FloatingIps.FindAsync(id, call.Cancel), call.Cancel)
            : Ip.TryParse(text, out var address) ? await call.Services.Store.ReadAsync(s => s.FloatingIps.FindAsync(address, call.Cancel), call.Cancel) : null;
        var own = floating is not null && floating.ProjectId is not null && (floating.ProjectId == call.Caller.ProjectId || call.Caller.IsAdmin);
        await (own ? work(floating!) : Errors.WriteAsync(call, 404, $"Floating IP not found for ID {text}"));
    }

    private static Task AnswerAsync(ApiCall call, FloatingIp floating) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("floating_ip");
        Write(w, floating);
        w.WriteEndObject();
    });

    private static async Task PoolsAsync(ApiCall call)
    {
        var pools = await call.Services.Store.ReadAsync(s => s.FloatingIps.PoolsAsync(call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("floating_ip_pools");
            foreach (var pool in pools)
            {
                w.WriteStartObject();
                w.WriteString("name", pool);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task BulkAsync(ApiCall call)
    {
        var host = call.Segment("host");
        var list = (await call.Services.Store.ReadAsync(s => s.FloatingIps.ListAsync(call.Cancel), call.Cancel)).Where(f => host.Length == 0 || f.Host == host).ToList();
        if (host.Length > 0 && list.Count == 0)
        {
            await Errors.WriteAsync(call, 404, $"Floating IP not found for host {host}.");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("floating_ip_info");
            foreach (var f in list)
            {
                w.WriteStartObject();
                w.WriteString("address", $"{f.Address}");
                w.WriteString("pool", f.Pool);
                w.WriteString("interface", f.Interface);
                w.WriteString("project_id", f.ProjectId);
                w.WriteString("instance_uuid", f.InstanceUuid?.ToString("D"));
                w.WriteString("fixed_ip", f.FixedAddress?.ToString());
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task BulkCreateAsync(ApiCall call, JsonBody body)
    {
        var bulk = body.Object("floating_ips_bulk_create");
        var (range, pool, device) = (bulk.Text("ip_range"), bulk.TryText("pool"), bulk.TryText("interface"));
        if (body.Wrong is { } wrong || !(await call.Services.FloatingIps.CreateRangeAsync(range, pool, device, call.Cancel)).Succeeded(out _, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("floating_ips_bulk_create");
            w.WriteString("ip_range", range);
            w.WriteString("pool", pool ?? call.Services.Settings.DefaultFloatingPool);
            w.WriteString("interface", device ?? call.Services.Settings.PublicInterface);
            w.WriteEndObject();
        });
    }

    private static async Task BulkDeleteAsync(ApiCall call, JsonBody body)
    {
        var range = body.Text("ip_range");
        if (body.Wrong is { } wrong || !(await call.Services.FloatingIps.DeleteRangeAsync(range, call.Cancel)).Succeeded(out _, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await call.AnswerAsync(200, w => w.WriteString("floating_ips_bulk_delete", range));
    }

    private static void Write(Utf8JsonWriter w, FloatingIp f)
    {
        w.WriteNumber("id", f.Id);
        w.WriteString("ip", $"{f.Address}");
        w.WriteString("pool", f.Pool);
        w.WriteString("fixed_ip", f.FixedAddress?.ToString());
        w.WriteString("instance_id", f.InstanceUuid?.ToString("D"));
    }
}
