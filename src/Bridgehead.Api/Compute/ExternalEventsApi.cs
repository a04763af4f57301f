using System.Text.Json;

namespace Bridgehead.Api;

/// <summary>os-server-external-events: other services tell of what happened to servers. Nothing here waits for such news; they are checked and acknowledged as nova does.</summary>
internal static class ExternalEventsApi
{
    private static readonly string[] Names = ["network-changed", "network-vif-plugged", "network-vif-unplugged", "network-vif-deleted"];
    private static readonly string[] Statuses = ["failed", "completed", "in-progress"];

    public static void Map(Routes routes) => routes
        .Map("POST", "/compute/v2.1/os-server-external-events", Access.Admin, RunAsync)
        .Doc("Tells of events of servers.", example: """{"events":[{"name":"network-changed","server_uuid":"SERVER","status":"completed","tag":"t"}]}""");

    private static async Task RunAsync(ApiCall call, JsonBody body)
    {
        body.Only("events");
        var events = body.List("events").Select(Read).ToList();
        if (events.Count is 0 or > Paging.Most)
        {
            body.Note($"Invalid input for field/attribute events: it must be a list of 1 to {Paging.Most} events.");
        }

        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var known = await call.Services.Store.ReadAsync(s => s.Instances.KnownAsync(events.Select(e => e.Server).Distinct(), call.Cancel), call.Cancel);
        if (known.Count == 0)
        {
            await Errors.WriteAsync(call, 404, "No instances found for any event");
            return;
        }

        await call.AnswerAsync(events.TrueForAll(e => known.Contains(e.Server)) ? 200 : 207, w => Write(w, events, known));
    }

    private static Event Read(JsonBody body)
    {
        body.Only("name", "server_uuid", "status", "tag");
        var (name, status) = (body.Text("name"), body.TryText("status") ?? "completed");
        if (!Names.Contains(name) || !Statuses.Contains(status))
        {
            body.Note(Names.Contains(name) ? $"Invalid event status '{status}'" : $"'{name}' is not one of {string.Join(", ", Names)}.");
        }

        if (!body.Has("server_uuid"))
        {
            body.Note("'server_uuid' is a required property");
        }

        return new Event(name, body.TryUuid("server_uuid") ?? Guid.Empty, status, body.TryText("tag"));
    }

    private static void Write(Utf8JsonWriter w, List<Event> events, HashSet<Guid> known)
    {
        w.WriteStartArray("events");
        foreach (var one in events)
        {
            var there = known.Contains(one.Server);
            w.WriteStartObject();
            w.WriteString("name", one.Name);
            w.WriteString("server_uuid", one.Server);
            w.WriteString("status", there ? one.Status : "failed");
            if (one.Tag is not null)
            {
                w.WriteString("tag", one.Tag);
            }

            w.WriteNumber("code", there ? 200 : 404);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private sealed record Event(string Name, Guid Server, string Status, string? Tag);
}
