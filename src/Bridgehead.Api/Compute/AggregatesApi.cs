using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>os-aggregates: hosts under a name; with an availability zone an aggregate makes its hosts that zone.</summary>
internal static class AggregatesApi
{
    private const string V = "/compute/v2.1/os-aggregates";
    private const int Uuids = 41;

    public static void Map(Routes routes) => routes
        .Map("GET", V, Access.Admin, ListAsync)
        .Doc("Lists aggregates.")
        .Map("POST", V, Access.Admin, CreateAsync)
        .Doc("Makes an aggregate.", example: """{"aggregate":{"name":"a","availability_zone":"z"}}""")
        .Map("GET", $"{V}/{{id}}", Access.Admin, ShowAsync)
        .Doc("Shows an aggregate.")
        .Map("PUT", $"{V}/{{id}}", Access.Admin, UpdateAsync)
        .Doc("Changes an aggregate's name or zone.", example: """{"aggregate":{"name":"a","availability_zone":"z"}}""")
        .Map("DELETE", $"{V}/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Aggregates.DeleteAsync(Id(call), call.Cancel), 200))
        .Doc("Deletes an aggregate that has no hosts.")
        .Map("POST", $"{V}/{{id}}/action", Access.Admin, ActionAsync)
        .Doc("Adds a host (add_host), removes one (remove_host), or sets metadata (set_metadata).", example: """{"set_metadata":{"metadata":{"availability_zone":"z","ssd":"true"}}}""");

    /// <summary>No aggregate has the number 0.</summary>
    private static long Id(ApiCall call) => long.TryParse(call.Segment("id"), out var id) ? id : 0;

    private static async Task ListAsync(ApiCall call)
    {
        var all = await call.Services.Store.ReadAsync(s => s.Aggregates.ListAsync(call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("aggregates");
            foreach (var one in all)
            {
                w.WriteStartObject();
                Write(w, call, one, whole: true);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var found = await call.Services.Store.ReadAsync(s => s.Aggregates.FindAsync(Id(call), call.Cancel), call.Cancel);
        await (found is null ? Errors.WriteAsync(call, 404, $"Aggregate {call.Segment("id")} could not be found.") : AnswerAsync(call, found, whole: true));
    }

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var a = body.Object("aggregate");
        a.Only("name", "availability_zone");
        var (name, zone) = (a.Text("name"), a.TryText("availability_zone"));
        if (body.Wrong is { } wrong || !(await call.Services.Aggregates.CreateAsync(name, zone, call.Cancel)).Succeeded(out var made, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await AnswerAsync(call, made, whole: false);
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var a = body.Object("aggregate");
        a.Only("name", "availability_zone");
        var (name, zone) = (a.TryText("name"), a.TryText("availability_zone"));
        if (name is null && zone is null)
        {
            a.Note("Invalid input for field/attribute aggregate: name or availability_zone is needed.");
        }

        await DoAsync(call, body, () => call.Services.Aggregates.UpdateAsync(Id(call), name, zone, call.Cancel));
    }

    private static async Task ActionAsync(ApiCall call, JsonBody body)
    {
        var keys = body.Keys.ToList();
        if (keys is not [("add_host" or "remove_host" or "set_metadata") and var action])
        {
            await Errors.WriteAsync(call, 400, "There is no such action: add_host, remove_host or set_metadata is needed.");
            return;
        }

        var (aggregates, id, given) = (call.Services.Aggregates, Id(call), body.Object(action));
        if (action == "set_metadata")
        {
            given.Only("metadata");
            var items = Items(given.Object("metadata"));
            await DoAsync(call, body, () => aggregates.SetMetadataAsync(id, items, call.Cancel));
            return;
        }

        given.Only("host");
        var host = given.Text("host");
        await DoAsync(call, body, () => action == "add_host" ? aggregates.AddHostAsync(id, host, call.Cancel) : aggregates.RemoveHostAsync(id, host, call.Cancel));
    }

    private static Dictionary<string, string?> Items(JsonBody metadata) => metadata.Keys.ToDictionary(key => key, metadata.TryText, StringComparer.Ordinal);

    private static async Task DoAsync(ApiCall call, JsonBody body, Func<Task<Outcome<Aggregate>>> work)
    {
        if (body.Wrong is { } wrong || !(await work()).Succeeded(out var aggregate, out wrong))
        {
            await call.RefuseAsync(wrong!);
            return;
        }

        await AnswerAsync(call, aggregate, whole: true);
    }

    private static Task AnswerAsync(ApiCall call, Aggregate aggregate, bool whole) => call.AnswerAsync(200, w =>
    {
        w.WriteStartObject("aggregate");
        Write(w, call, aggregate, whole);
        w.WriteEndObject();
    });

    /// <summary>A new one is shown without hosts and metadata.</summary>
    private static void Write(Utf8JsonWriter w, ApiCall call, Aggregate a, bool whole)
    {
        w.WriteNumber("id", a.Id);
        if (call.Microversion >= Uuids)
        {
            w.WriteString("uuid", a.Uuid);
        }

        w.WriteString("name", a.Name);
        w.WriteString("availability_zone", a.AvailabilityZone);
        if (whole)
        {
            Views.List(w, "hosts", a.Hosts);
            Views.Texts(w, "metadata", a.AvailabilityZone is { } zone ? [new(AggregateActions.ZoneKey, zone), .. a.Metadata] : a.Metadata);
        }

        w.WriteString("created_at", Views.DbTime(a.CreatedAt));
        w.WriteString("updated_at", a.UpdatedAt is { } updated ? Views.DbTime(updated) : null);
        w.WriteBoolean("deleted", false);
        w.WriteNull("deleted_at");
    }
}
