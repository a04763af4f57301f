using System.Security.Cryptography;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Servers: create, show, change, delete.</summary>
internal static class ServersApi
{
    private const string Base = "/compute/v2.1/servers";
    private const int Description = 19;

    public static void Map(Routes routes) => routes
        .Map("POST", Base, Access.User, CreateAsync)
        .Doc(
            "Boots one server, or several of the same kind.",
            status: 202,
            example: """
                {"server":{"name":"web","imageRef":"IMAGE","flavorRef":"1","key_name":null,"networks":[{"uuid":"NETWORK","fixed_ip":null,"port":null}],"security_groups":[{"name":"default"}],
                "min_count":1,"max_count":1,"return_reservation_id":false,"metadata":{"role":"web"},"user_data":"IyEvYmluL3NoCg==","config_drive":false,"availability_zone":"nova","adminPass":"secret",
                "accessIPv4":"192.0.2.1","accessIPv6":"2001:db8::1","OS-DCF:diskConfig":"AUTO","personality":[{"path":"/etc/motd","contents":"aGVsbG8K"}],"block_device_mapping_v2":[]},
                "os:scheduler_hints":{"group":null,"different_host":["SERVER"],"same_host":"SERVER"}}
                """)
        .Map("GET", $"{Base}/{{id}}", Access.User, ShowAsync)
        .Doc("Shows a server.")
        .Map("PUT", $"{Base}/{{id}}", Access.User, UpdateAsync)
        .Doc("Changes a server's name, description, access addresses or kind of disk.", example: """{"server":{"name":"web","accessIPv4":"192.0.2.1","accessIPv6":"2001:db8::1","OS-DCF:diskConfig":"AUTO"}}""")
        .Map("DELETE", $"{Base}/{{id}}", Access.User, async call => await call.DoneAsync(await call.Services.Servers.DeleteAsync(call.Caller, Id(call), call.Cancel), 204))
        .Doc("Deletes a server; its fixed addresses go back to their networks, its floating ones stay the project's.", status: 204);

    /// <summary>The path's id; an id that is none finds nothing.</summary>
    public static Guid Id(ApiCall call) => Guid.TryParseExact(call.Segment("id"), "D", out var uuid) ? uuid : Guid.Empty;

    /// <summary>Answers with what hangs on the path's server, when it is the caller's.</summary>
    public static async Task WithAsync(ApiCall call, Func<InstanceDetails, Task> work)
    {
        var details = await call.Services.Store.ReadAsync(
            async s => await s.Instances.FindAsync(Id(call), call.Cancel) is { } i && (i.ProjectId == call.Caller.ProjectId || call.Caller.IsAdmin)
                ? await s.DetailsAsync(i, call.Cancel)
                : null,
            call.Cancel);
        await (details is null ? Errors.WriteAsync(call, 404, $"Instance {call.Segment("id")} could not be found.") : work(details));
    }

    /// <summary>A password for whoever gave none; nova's length.</summary>
    public static string Password() => RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 12);

    private static Task ShowAsync(ApiCall call) => WithAsync(call, async details =>
    {
        var view = await ServerView.ForAsync(call);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("server");
            view.Full(w, details);
            w.WriteEndObject();
        });
    });

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        if (!BootBody.Read(body, call.Microversion).Succeeded(out var request, out var problem)
            || !(await call.Services.Boot.RunAsync(call.Caller, request, call.Cancel)).Succeeded(out var created, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        var (server, first) = (body.Object("server"), created[0]);
        await (server.TryBool("return_reservation_id") == true
            ? call.AnswerAsync(202, w => w.WriteString("reservation_id", first.ReservationId))
            : AnswerCreatedAsync(call, first, request.SecurityGroups, server.TryText("adminPass")));
    }

    private static Task AnswerCreatedAsync(ApiCall call, Instance first, IReadOnlyList<string> groups, string? password)
    {
        call.Http.Response.Headers.Location = $"{call.Root}{Base}/{first.Uuid}";
        return call.AnswerAsync(202, w =>
        {
            w.WriteStartObject("server");
            w.WriteString("id", first.Uuid);
            Views.Links(w, call, $"servers/{first.Uuid}");
            w.WriteString("adminPass", password ?? Password());
            Views.SecurityGroups(w, groups.Count == 0 ? [SecurityGroup.DefaultName] : groups);
            w.WriteString("OS-DCF:diskConfig", first.DiskConfig);
            w.WriteEndObject();
        });
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var server = body.Object("server");
        IReadOnlyCollection<string> known = ["name", "accessIPv4", "accessIPv6", "OS-DCF:diskConfig"];
        server.Only(call.Microversion >= Description ? [.. known, "description"] : known);
        var (name, v4, v6, disk) = (server.TryText("name"), BootBody.Address(server, "accessIPv4"), BootBody.Address(server, "accessIPv6"), BootBody.DiskConfig(server));
        var (described, description) = (server.Keys.Contains("description"), server.TryText("description"));
        var problem = body.Wrong ?? (name is null ? null : Text.CheckServerName(name)) ?? (description is null ? null : Text.CheckDescription("Description", description));
        if (problem is not null)
        {
            await call.RefuseAsync(problem);
            return;
        }

        var changed = await call.Services.Servers.UpdateAsync(
            call.Caller,
            Id(call),
            i => i with
            {
                DisplayName = name ?? i.DisplayName,
                AccessIPv4 = v4 ?? i.AccessIPv4,
                AccessIPv6 = v6 ?? i.AccessIPv6,
                DiskConfig = disk ?? i.DiskConfig,
                Description = described ? description : i.Description,
            },
            call.Cancel);
        await (changed.Problem is { } refused ? call.RefuseAsync(refused) : ShowChangedAsync(call, 200));
    }

    /// <summary>The server as it is after a change, with its new password when it got one.</summary>
    public static Task ShowChangedAsync(ApiCall call, int status, string? password = null) => WithAsync(call, async details =>
    {
        var view = await ServerView.ForAsync(call);
        await call.AnswerAsync(status, w =>
        {
            w.WriteStartObject("server");
            view.Changed(w, details);
            if (password is not null)
            {
                w.WriteString("adminPass", password);
            }

            w.WriteEndObject();
        });
    });
}
