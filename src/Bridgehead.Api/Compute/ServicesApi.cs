using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-services: daemons as an administrator sees them.</summary>
internal static class ServicesApi
{
    private const string V = "/compute/v2.1/os-services";
    private const int ForcedDown = 11;

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.Admin, ListAsync)
        .Doc("Lists daemons with their states.", query: ["host", "binary"])
        .Map("PUT", $"{V}/enable", Access.Admin, (call, body) => SetAsync(call, body, disabled: false, withReason: false))
        .Doc("Lets servers be placed on a host again.", example: """{"host":"h","binary":"nova-compute"}""")
        .Map("PUT", $"{V}/disable", Access.Admin, (call, body) => SetAsync(call, body, disabled: true, withReason: false))
        .Doc("Keeps new servers from a host.", example: """{"host":"h","binary":"nova-compute"}""")
        .Map("PUT", $"{V}/disable-log-reason", Access.Admin, (call, body) => SetAsync(call, body, disabled: true, withReason: true))
        .Doc("Keeps new servers from a host, and says why.", example: """{"host":"h","binary":"nova-compute","disabled_reason":"repair"}""")
        .Map("PUT", $"{V}/force-down", Access.Admin, ForceDownAsync, since: ForcedDown)
        .Doc("Says that a daemon is down, whatever it reports, or no more.", example: """{"host":"h","binary":"nova-compute","forced_down":true}""")
        .Map("DELETE", $"{V}/{{id}}", Access.Admin, DeleteAsync)
        .Doc("Forgets a daemon; it is there again when it reports again.", status: 204);

    public static bool IsUp(ApiCall call, Service service) =>
        !service.ForcedDown && service.UpdatedAt >= call.Services.Store.Now - TimeSpan.FromSeconds(call.Services.Settings.ServiceDownTime);

    private static async Task ListAsync(ApiCall call)
    {
        var services = await HostsApi.ListAsync(call);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("services");
            foreach (var service in services.Where(s => (call.Query("host") ?? s.Host) == s.Host && (call.Query("binary") ?? s.Binary) == s.Binary))
            {
                w.WriteStartObject();
                Write(w, call, service);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter w, ApiCall call, Service s)
    {
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
            w.WriteBoolean("forced_down", s.ForcedDown);
        }
    }

    private static async Task SetAsync(ApiCall call, JsonBody body, bool disabled, bool withReason)
    {
        body.Only("host", "binary", "disabled_reason");
        var (host, binary, reason) = (body.Text("host"), body.Text("binary"), withReason ? body.Text("disabled_reason") : null);
        if (reason is not null && Text.CheckName("disabled_reason", reason) is { } bad)
        {
            body.Note(bad.Message);
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var found = await call.Services.Store.WriteAsync(s => s.Services.SetDisabledAsync(host, binary, disabled, reason, call.Cancel), call.Cancel);
        await AnswerAsync(call, found, (host, binary), w =>
        {
            w.WriteString("status", disabled ? "disabled" : "enabled");
            if (reason is not null)
            {
                w.WriteString("disabled_reason", reason);
            }
        });
    }

    private static async Task ForceDownAsync(ApiCall call, JsonBody body)
    {
        body.Only("host", "binary", "forced_down");
        var (host, binary, down) = (body.Text("host"), body.Text("binary"), body.TryBool("forced_down"));
        if (down is null)
        {
            body.Note("'forced_down' is a required property");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var found = await call.Services.Store.WriteAsync(s => s.Services.ForceDownAsync(host, binary, down == true, call.Cancel), call.Cancel);
        await AnswerAsync(call, found, (host, binary), w => w.WriteBoolean("forced_down", down == true));
    }

    private static Task AnswerAsync(ApiCall call, bool found, (string Host, string Binary) which, Action<Utf8JsonWriter> more) => !found
        ? Errors.WriteAsync(call, 404, $"Could not find binary {which.Binary} on host {which.Host}.")
        : call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("service");
            w.WriteString("host", which.Host);
            w.WriteString("binary", which.Binary);
            more(w);
            w.WriteEndObject();
        });

    private static async Task DeleteAsync(ApiCall call)
    {
        if (!long.TryParse(call.Segment("id"), out var id))
        {
            await Errors.WriteAsync(call, 400, $"Service id must be an integer: {call.Segment("id")}");
            return;
        }

        await call.DoneAsync(await call.Services.Daemons.ForgetAsync(id, call.Cancel), 204);
    }
}
