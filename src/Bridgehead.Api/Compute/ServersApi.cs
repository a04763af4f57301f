using System.Text.Json;
using System.Text.RegularExpressions;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Servers: list, show, create, change, delete, and what hangs on one.</summary>
internal static class ServersApi
{
    private const string Base = "/compute/v2.1/servers";
    private const int MostPerPage = 1000;
    private const int InvalidStatusRefused = 38;

    /// <summary>The state of no server, for a status that is none.</summary>
    private const string NoState = "none";

    public static void Map(Routes routes) => routes
        .Map("GET", Base, Access.User, call => ListAsync(call, detail: false))
        .Map("GET", $"{Base}/detail", Access.User, call => ListAsync(call, detail: true))
        .Map("POST", Base, Access.User, CreateAsync)
        .Map("GET", $"{Base}/{{id}}", Access.User, ShowAsync)
        .Map("PUT", $"{Base}/{{id}}", Access.User, UpdateAsync)
        .Map("DELETE", $"{Base}/{{id}}", Access.User, call => DoAsync(call, "delete", 204, call.Services.Servers.DeleteAsync))
        .Map("GET", $"{Base}/{{id}}/ips", Access.User, call => WithAsync(call, details => call.AnswerAsync(200, w =>
        {
            w.WritePropertyName("addresses");
            Views.Addresses(w, details, extended: false);
        })))
        .Map("GET", $"{Base}/{{id}}/os-security-groups", Access.User, SecurityGroupsApi.OfServerAsync)
        .Map("GET", $"{Base}/{{id}}/os-virtual-interfaces", Access.User, call => WithAsync(call, details => call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("virtual_interfaces");
            foreach (var nic in details.Nics)
            {
                w.WriteStartObject();
                w.WriteString("id", nic.Nic.Uuid);
                w.WriteString("mac_address", $"{nic.Nic.Mac}");
                if (call.Microversion >= 12)
                {
                    w.WriteString("net_id", nic.Network.Uuid);
                }

                w.WriteEndObject();
            }

            w.WriteEndArray();
        })))
        .Map("GET", $"{Base}/{{id}}/metadata", Access.User, call => WithAsync(call, details => call.AnswerAsync(200, w => Views.Texts(w, "metadata", details.Metadata))))
        .Map("POST", $"{Base}/{{id}}/metadata", Access.User, (call, body) => MetadataAsync(call, body, replace: false))
        .Map("PUT", $"{Base}/{{id}}/metadata", Access.User, (call, body) => MetadataAsync(call, body, replace: true))
        .Map("DELETE", $"{Base}/{{id}}/metadata/{{key}}", Access.User, async call =>
            await call.DoneAsync(await call.Services.Servers.RemoveMetadataAsync(call.Caller, Id(call), call.Segment("key"), call.Cancel), 204));

    /// <summary>The path's id; an id that is none finds nothing.</summary>
    public static Guid Id(ApiCall call) => Guid.TryParseExact(call.Segment("id"), "D", out var uuid) ? uuid : Guid.Empty;

    /// <summary>Does something to the path's server and keeps that in its history.</summary>
    public static async Task DoAsync(ApiCall call, string action, int status, Func<Caller, Guid, CancellationToken, Task<Outcome<Done>>> work)
    {
        var done = await work(call.Caller, Id(call), call.Cancel);
        if (done.Problem is null)
        {
            await ServerPartsApi.RecordAsync(call, Id(call), action);
        }

        await call.DoneAsync(done, status);
    }

    public static async Task WithAsync(ApiCall call, Func<InstanceDetails, Task> work)
    {
        var details = await call.Services.Store.ReadAsync(
            async s => await s.Instances.FindAsync(Id(call), call.Cancel) is { } i && (i.ProjectId == call.Caller.ProjectId || call.Caller.IsAdmin)
                ? await s.DetailsAsync(i, call.Cancel)
                : null,
            call.Cancel);
        await (details is null ? Errors.WriteAsync(call, 404, $"Instance {call.Segment("id")} could not be found.") : work(details));
    }

    private static Task ShowAsync(ApiCall call) => WithAsync(call, details => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("server");
        Views.Server(w, call, details);
        w.WriteEndObject();
    }));

    private static async Task ListAsync(ApiCall call, bool detail)
    {
        var all = call.Query("all_tenants") is { } asked && asked is not ("0" or "False" or "false");
        if (all && !call.Caller.IsAdmin)
        {
            await Errors.WriteAsync(call, 403, "Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed.");
            return;
        }

        if (!Page(call).Succeeded(out var limit, out var problem) || !Pattern(call.Query("name")).Succeeded(out var name, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        if (call.Microversion >= InvalidStatusRefused && StateOf(call.Query("status")) == NoState)
        {
            await Errors.WriteAsync(call, 400, $"Invalid status value: {call.Query("status")}");
            return;
        }

        DateTimeOffset since = default;
        if (call.Query("changes-since") is { } text && !DateTimeOffset.TryParse(text, out since))
        {
            await Errors.WriteAsync(call, 400, "Invalid changes-since value");
            return;
        }

        var filter = new InstanceFilter
        {
            ProjectId = all ? call.Query("tenant_id") ?? call.Query("project_id") : call.Caller.ProjectId,
            VmState = StateOf(call.Query("status")),
            FlavorId = call.Query("flavor"),
            ImageId = call.Query("image"),
            Host = call.Caller.IsAdmin ? call.Query("host") : null,
            KeyName = call.Query("key_name"),
            ReservationId = call.Query("reservation_id"),
            ChangedSince = call.Query("changes-since") is null ? null : since,
            Deleted = call.Caller.IsAdmin && call.Query("deleted") is "1" or "True" or "true",
        };
        await AnswerListAsync(call, filter, name, limit, detail);
    }

    private static async Task AnswerListAsync(ApiCall call, InstanceFilter filter, Regex? name, int limit, bool detail)
    {
        var marker = call.Query("marker");
        var page = await call.Services.Store.ReadAsync(s => FindPageAsync(s, call, filter, name, limit), call.Cancel);
        if (page is null)
        {
            await Errors.WriteAsync(call, 400, $"marker [{marker}] not found");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("servers");
            foreach (var details in page)
            {
                w.WriteStartObject();
                WriteServer(w, call, details, detail);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            if (limit > 0 && page.Count == limit)
            {
                w.WriteStartArray("servers_links");
                Views.Link(w, "next", $"{call.Root}{call.Http.Request.Path}?limit={limit}&marker={page[^1].Instance.Uuid}");
                w.WriteEndArray();
            }
        });
    }

    private static void WriteServer(Utf8JsonWriter w, ApiCall call, InstanceDetails details, bool detail)
    {
        if (detail)
        {
            Views.Server(w, call, details);
            return;
        }

        w.WriteString("id", details.Instance.Uuid);
        w.WriteString("name", details.Instance.DisplayName);
        Views.Links(w, call, $"servers/{details.Instance.Uuid}");
    }

    /// <summary>Up to <paramref name="limit"/> servers after the marker; null when the marker is not the caller's. Patterns are matched here, so pages are read until enough match.</summary>
    private static async Task<List<InstanceDetails>?> FindPageAsync(Session s, ApiCall call, InstanceFilter filter, Regex? name, int limit)
    {
        Instance? after = null;
        if (call.Query("marker") is { } marker)
        {
            after = await s.Instances.FindAnyAsync(Guid.TryParse(marker, out var uuid) ? uuid : Guid.Empty, call.Cancel);
            if (after is null || (after.ProjectId != call.Caller.ProjectId && !call.Caller.IsAdmin))
            {
                return null;
            }
        }

        var ip = call.Query("ip")?.Trim('^', '$');
        var size = name is null && ip is null ? limit : MostPerPage;
        var page = new List<InstanceDetails>();
        while (page.Count < limit)
        {
            var found = await s.Instances.ListAsync(filter, after, size, call.Cancel);
            page.AddRange((await s.DetailsAsync([.. found.Where(i => name is null || name.IsMatch(i.DisplayName))], call.Cancel)).Where(d => ip is null || HasAddress(d, ip)));
            if (found.Count < size)
            {
                break;
            }

            after = found[^1];
        }

        return [.. page.Take(limit)];
    }

    private static bool HasAddress(InstanceDetails details, string part) =>
        details.Nics.Any(nic => nic.Fixed.Any(f => f.Address.ToString().Contains(part, StringComparison.Ordinal)));

    private static Outcome<int> Page(ApiCall call)
    {
        if (call.Query("limit") is not { } text)
        {
            return MostPerPage;
        }

        return int.TryParse(text, out var limit) && limit >= 0 ? Math.Min(limit, MostPerPage) : Problem.Bad($"limit param must be a non-negative integer: {text}");
    }

    private static Outcome<Regex?> Pattern(string? text)
    {
        try
        {
            // Without backtracking, so that no pattern of a stranger's can cost more than a pass over the name.
            return text is null ? (Regex?)null : new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            return Problem.Bad($"'{text}' is not a pattern for names.");
        }
    }

    private static string? StateOf(string? status) => status?.ToUpperInvariant() switch
    {
        null => null,
        "ACTIVE" => VmState.Active,
        "BUILD" => VmState.Building,
        "SHUTOFF" => VmState.Stopped,
        "ERROR" => VmState.Error,
        "DELETED" => VmState.Deleted,
        _ => NoState,
    };

    private static async Task CreateAsync(ApiCall call)
    {
        if (!(await call.BodyAsync()).Succeeded(out var body, out var problem) || !BootBody.Read(body, call.Microversion).Succeeded(out var request, out problem))
        {
            await call.RefuseAsync(problem!);
            return;
        }

        if (!(await call.Services.Boot.RunAsync(call.Caller, request, call.Cancel)).Succeeded(out var created, out problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        foreach (var instance in created)
        {
            await ServerPartsApi.RecordAsync(call, instance.Uuid, "create");
        }

        var first = created[0];
        if (body.Object("server").TryBool("return_reservation_id") == true)
        {
            await call.AnswerAsync(202, w => w.WriteString("reservation_id", first.ReservationId));
            return;
        }

        await AnswerCreatedAsync(call, first.Uuid, request.SecurityGroups, body.Object("server").TryText("adminPass"));
    }

    private static Task AnswerCreatedAsync(ApiCall call, Guid uuid, IReadOnlyList<string> groups, string? password)
    {
        call.Http.Response.Headers.Location = $"{call.Root}/compute/v2.1/servers/{uuid}";
        return call.AnswerAsync(202, w =>
        {
            w.WriteStartObject("server");
            w.WriteString("id", uuid);
            Views.Links(w, call, $"servers/{uuid}");
            w.WriteString("adminPass", password ?? Guid.NewGuid().ToString("N")[..12]);
            Views.SecurityGroups(w, groups.Count == 0 ? [SecurityGroup.DefaultName] : groups);
            w.WriteString("OS-DCF:diskConfig", "MANUAL");
            w.WriteEndObject();
        });
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var server = body.Object("server");
        var (name, v4, v6, description) = (server.TryText("name"), BootBody.Address(server, "accessIPv4"), BootBody.Address(server, "accessIPv6"), server.TryText("description"));
        var problem = body.Wrong ?? (name is null ? null : Text.CheckName("Server name", name));
        if (problem is not null)
        {
            await call.RefuseAsync(problem);
            return;
        }

        var changed = await call.Services.Servers.UpdateAsync(
            call.Caller,
            Id(call),
            i => i with { DisplayName = name ?? i.DisplayName, AccessIPv4 = v4 ?? i.AccessIPv4, AccessIPv6 = v6 ?? i.AccessIPv6, Description = description ?? i.Description },
            call.Cancel);
        await (changed.Problem is { } refused ? call.RefuseAsync(refused) : ShowAsync(call));
    }

    private static async Task MetadataAsync(ApiCall call, JsonBody body, bool replace)
    {
        var items = body.Object("metadata").Texts();
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var changed = await call.Services.Servers.SetMetadataAsync(call.Caller, Id(call), items, replace, call.Cancel);
        await (changed.Problem is { } refused
            ? call.RefuseAsync(refused)
            : WithAsync(call, details => call.AnswerAsync(200, w => Views.Texts(w, "metadata", details.Metadata))));
    }
}
