using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>What hangs on one server: single metadata items, addresses of one network, its history, the password it posted.</summary>
internal static class ServerPartsApi
{
    private const string Base = "/compute/v2.1/servers/{id}";
    private const int DeletedToo = 21;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{Base}/ips/{{label}}", Access.User, AddressesAsync)
        .Map("GET", $"{Base}/os-interface", Access.User, call => ServersApi.WithAsync(call, details => call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("interfaceAttachments");
            foreach (var nic in details.Nics)
            {
                w.WriteStartObject();
                Interface(w, details.Instance, nic);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        })))
        .Map("POST", $"{Base}/os-interface", Access.User, call => Errors.WriteAsync(call, 501, "Interfaces can be attached with Neutron only; use the action addFixedIp."))
        .Map("GET", $"{Base}/metadata/{{key}}", Access.User, MetaAsync)
        .Map("PUT", $"{Base}/metadata/{{key}}", Access.User, SetMetaAsync)
        .Map("GET", $"{Base}/os-instance-actions", Access.User, call => HistoryAsync(call, AnswerListAsync))
        .Map("GET", $"{Base}/os-instance-actions/{{request}}", Access.User, call => HistoryAsync(call, AnswerOneAsync))
        .Map("GET", $"{Base}/os-server-password", Access.User, call => ServersApi.WithAsync(call, async details =>
        {
            var password = await call.Services.Store.ReadAsync(s => s.ServerPasswords.FindAsync(details.Instance.Uuid, call.Cancel), call.Cancel);
            await call.AnswerAsync(200, w => w.WriteString("password", password ?? ""));
        }))
        .Map("DELETE", $"{Base}/os-server-password", Access.User, call => ServersApi.WithAsync(call, async details =>
        {
            await call.Services.Store.WriteAsync(s => s.ServerPasswords.RemoveAsync(details.Instance.Uuid, call.Cancel), call.Cancel);
            await call.AnswerAsync(204);
        }));

    /// <summary>Adds a line to the server's history, under this request's id.</summary>
    public static Task RecordAsync(ApiCall call, Guid server, string action) => call.Services.Store.WriteAsync(
        s => s.ServerEvents.AddAsync(server, action, call.RequestId, call.Caller.UserId, call.Caller.ProjectId, call.Cancel), call.Cancel);

    private static Task AddressesAsync(ApiCall call) => ServersApi.WithAsync(call, details =>
    {
        var label = call.Segment("label");
        var nics = details.Nics.Where(nic => nic.Network.Label == label).ToList();
        return nics.Count == 0
            ? Errors.WriteAsync(call, 404, $"Instance {details.Instance.Uuid} is not a member of network {label}.")
            : call.AnswerAsync(200, w => Views.AddressList(w, label, nics, extended: false));
    });

    /// <summary>There are no ports and subnets: an interface's id stands for the first, its network's for the second.</summary>
    private static void Interface(Utf8JsonWriter w, Instance instance, NicDetails nic)
    {
        w.WriteString("port_id", nic.Nic.Uuid);
        w.WriteString("net_id", nic.Network.Uuid);
        w.WriteString("mac_addr", $"{nic.Nic.Mac}");
        w.WriteString("port_state", instance.VmState == VmState.Active ? "ACTIVE" : "DOWN");
        w.WriteStartArray("fixed_ips");
        foreach (var own in nic.Fixed)
        {
            w.WriteStartObject();
            w.WriteString("subnet_id", nic.Network.Uuid);
            w.WriteString("ip_address", $"{own.Address}");
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static Task MetaAsync(ApiCall call) => ServersApi.WithAsync(call, details =>
        details.Metadata.TryGetValue(call.Segment("key"), out var value)
            ? call.AnswerAsync(200, w => Views.Texts(w, "meta", [new(call.Segment("key"), value)]))
            : Errors.WriteAsync(call, 404, "Metadata item was not found"));

    private static async Task SetMetaAsync(ApiCall call, JsonBody body)
    {
        var key = call.Segment("key");
        var items = body.Object("meta").Texts();
        if (items.Count != 1 || !items.ContainsKey(key))
        {
            body.Note("Request body and URI mismatch: the body must have the one item that the path names.");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var changed = await call.Services.Servers.SetMetadataAsync(call.Caller, ServersApi.Id(call), items, replace: false, call.Cancel);
        await (changed.Problem is { } refused ? call.RefuseAsync(refused) : call.AnswerAsync(200, w => Views.Texts(w, "meta", items)));
    }

    private static async Task HistoryAsync(ApiCall call, Func<ApiCall, IReadOnlyList<ServerEvent>, Task> answer)
    {
        var id = ServersApi.Id(call);
        var found = await call.Services.Store.ReadAsync(
            async s =>
            {
                var instance = call.Microversion >= DeletedToo ? await s.Instances.FindAnyAsync(id, call.Cancel) : await s.Instances.FindAsync(id, call.Cancel);
                return instance is not null && (instance.ProjectId == call.Caller.ProjectId || call.Caller.IsAdmin) ? await s.ServerEvents.OfInstanceAsync(id, call.Cancel) : null;
            },
            call.Cancel);
        await (found is null ? Errors.WriteAsync(call, 404, $"Instance {call.Segment("id")} could not be found.") : answer(call, found));
    }

    private static Task AnswerListAsync(ApiCall call, IReadOnlyList<ServerEvent> events) => call.AnswerAsync(200, w =>
    {
        w.WriteStartArray("instanceActions");
        foreach (var one in events)
        {
            w.WriteStartObject();
            Write(w, one);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    });

    private static Task AnswerOneAsync(ApiCall call, IReadOnlyList<ServerEvent> events)
    {
        var one = events.FirstOrDefault(e => e.RequestId == call.Segment("request"));
        return one is null
            ? Errors.WriteAsync(call, 404, $"Action for request_id {call.Segment("request")} on instance {call.Segment("id")} not found")
            : call.AnswerAsync(200, w =>
            {
                w.WriteStartObject("instanceAction");
                Write(w, one);
                if (call.Caller.IsAdmin)
                {
                    w.WriteStartArray("events");
                    w.WriteEndArray();
                }

                w.WriteEndObject();
            });
    }

    private static void Write(Utf8JsonWriter w, ServerEvent e)
    {
        w.WriteString("action", e.Action);
        w.WriteString("instance_uuid", e.InstanceUuid);
        w.WriteNull("message");
        w.WriteString("project_id", e.ProjectId);
        w.WriteString("request_id", e.RequestId);
        w.WriteString("start_time", Views.DbTime(e.At));
        w.WriteString("user_id", e.UserId);
    }
}
