using System.Text.Json;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>os-instance-actions: what was done to a server, by which request; with administrators, how it went.</summary>
internal static class ServerHistoryApi
{
    private const string Base = "/compute/v2.1/servers/{id}/os-instance-actions";
    private const int DeletedToo = 21;

    /// <summary>What nova calls the host's part of each action.</summary>
    private static readonly Dictionary<string, string> Events = new(StringComparer.Ordinal)
    {
        ["create"] = "compute__do_build_and_run_instance",
        ["delete"] = "compute_terminate_instance",
        ["resize"] = "compute_prep_resize",
        ["confirmResize"] = "compute_confirm_resize",
        ["revertResize"] = "compute_revert_resize",
    };

    public static void Map(Routes routes) => routes
        .Map("GET", Base, Access.User, call => WithAsync(call, async () =>
        {
            var events = await call.Services.Store.ReadAsync(s => s.ServerEvents.OfInstanceAsync(ServersApi.Id(call), call.Cancel), call.Cancel);
            await call.AnswerAsync(200, w =>
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
        }))
        .Doc("Lists what was done to a server, newest first.")
        .Map("GET", $"{Base}/{{request}}", Access.User, call => WithAsync(call, () => OneAsync(call)))
        .Doc("Shows one thing that was done to a server, by the id of the request that did it.");

    private static async Task WithAsync(ApiCall call, Func<Task> answer)
    {
        var (id, deleted) = (ServersApi.Id(call), call.Microversion >= DeletedToo);
        var found = await call.Services.Store.ReadAsync(s => deleted ? s.Instances.FindAnyAsync(id, call.Cancel) : s.Instances.FindAsync(id, call.Cancel), call.Cancel);
        await (found is null || (found.ProjectId != call.Caller.ProjectId && !call.Caller.IsAdmin) ? Errors.WriteAsync(call, 404, $"Instance {call.Segment("id")} could not be found.") : answer());
    }

    private static async Task OneAsync(ApiCall call)
    {
        var request = call.Segment("request");
        var one = await call.Services.Store.ReadAsync(s => s.ServerEvents.FindAsync(ServersApi.Id(call), request, call.Cancel), call.Cancel);
        await (one is null
            ? Errors.WriteAsync(call, 404, $"Action for request_id {request} on instance {call.Segment("id")} not found")
            : call.AnswerAsync(200, w =>
            {
                w.WriteStartObject("instanceAction");
                Write(w, one);
                if (call.Caller.IsAdmin)
                {
                    w.WriteStartArray("events");
                    w.WriteStartObject();
                    w.WriteString("event", Events.GetValueOrDefault(one.Action, $"compute_{one.Action}_instance"));
                    w.WriteString("start_time", Views.DbTime(one.At));
                    w.WriteString("finish_time", one.FinishedAt is { } end ? Views.DbTime(end) : null);
                    w.WriteString("result", one.Result);
                    w.WriteString("traceback", one.Details);
                    w.WriteEndObject();
                    w.WriteEndArray();
                }

                w.WriteEndObject();
            }));
    }

    private static void Write(Utf8JsonWriter w, ServerEvent e)
    {
        w.WriteString("action", e.Action);
        w.WriteString("instance_uuid", e.InstanceUuid);
        w.WriteString("message", e.Result == ServerEvents.Error ? "Error" : null);
        w.WriteString("project_id", e.ProjectId);
        w.WriteString("request_id", e.RequestId);
        w.WriteString("start_time", Views.DbTime(e.At));
        w.WriteString("user_id", e.UserId);
    }
}
