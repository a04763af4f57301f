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
        .Doc("Lists the project's floating addresses.", query: ["limit", "offset"])
        .Map("POST", $"{V}/os-floating-ips", Access.User, CreateAsync, Last)
        .Doc("Gives the project an address of a pool.", example: """{"pool":"nova"}""")
        .Map("GET", $"{V}/os-floating-ips/{{id}}", Access.User, call => WithAsync(call, floating => AnswerAsync(call, floating)), Last)
        .Doc("Shows a floating address.")
        .Map("DELETE", $"{V}/os-floating-ips/{{id}}", Access.User, call => WithAsync(call, async floating =>
            await call.DoneAsync(await call.Services.FloatingIps.ReleaseAsync(call.Caller, floating, call.Cancel), 202)), Last)
        .Doc("Gives an address back to its pool; it is taken from its server first.", status: 202)
        .Map("GET", $"{V}/os-floating-ip-pools", Access.User, PoolsAsync, Last)
        .Doc("Lists pools.")
        .Map("GET", $"{V}/os-floating-ips-bulk", Access.Admin, BulkAsync, Last)
        .Doc("Lists all floating addresses.")
        .Map("GET", $"{V}/os-floating-ips-bulk/{{host}}", Access.Admin, BulkAsync, Last)
        .Doc("Lists the floating addresses that a host serves.")
        .Map("POST", $"{V}/os-floating-ips-bulk", Access.Admin, BulkCreateAsync, Last)
        .Doc("Adds the addresses of a range to a pool.", example: """{"floating_ips_bulk_create":{"ip_range":"192.168.77.0/30","pool":"p","interface":"eth0"}}""")
        .Map("PUT", $"{V}/os-floating-ips-bulk/delete", Access.Admin, BulkDeleteAsync, Last)
        .Doc("Removes the addresses of a range.", example: """{"ip_range":"192.168.77.0/30"}""")
        .Map("PUT", $"{V}/os-floating-ips-bulk/{{action}}", Access.Admin, call => Errors.WriteAsync(call, 404, $"There is no such action: {call.Segment("action")}"), Last)
        .Doc("Refused: delete is the only action.", status: 404);

    private static async Task ListAsync(ApiCall call)
    {
        if (!Paging.Limit(call, int.MaxValue).Succeeded(out var limit, out var problem) || !Paging.Offset(call).Succeeded(out var offset, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        var list = await call.Services.Store.ReadAsync(s => s.FloatingIps.PageAsync(call.Caller.ProjectId, offset, limit, call.Cancel), call.Cancel);
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
        var list = await call.Services.Store.ReadAsync(s => host.Length == 0 ? s.FloatingIps.ListAsync(call.Cancel) : s.FloatingIps.ListAsync(host, call.Cancel), call.Cancel);
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
        bulk.Only("ip_range", "pool", "interface");
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
        body.Only("ip_range");
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
