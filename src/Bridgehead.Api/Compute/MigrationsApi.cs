using System.Globalization;
using System.Text.Json;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>os-migrations: resizes, since drivers here move no server to another host; and of each server the live migrations that are under way, which are none.</summary>
internal static class MigrationsApi
{
    private const string V = "/compute/v2.1";
    private const string OfServer = $"{V}/servers/{{id}}/migrations";

    /// <summary>From here on each is shown with its type, and those of a server are to be had.</summary>
    private const int Types = 23;

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/os-migrations", Access.Admin, ListAsync)
        .Doc("Lists resizes of servers, the newest first: drivers here move no server to another host.", query: ["status", "host", "instance_uuid", "migration_type"])
        .Map("GET", OfServer, Access.Admin, call => ServersApi.WithAsync(call, _ => call.AnswerAsync(200, w => Views.List(w, "migrations", []))), since: Types)
        .Doc("Lists live migrations of a server that are under way: there are none.")
        .Map("GET", $"{OfServer}/{{migration}}", Access.Admin, call => ServersApi.WithAsync(call, details => MissingAsync(call, details.Instance)), since: Types)
        .Doc("Shows a live migration that is under way: there is none.", status: 404);

    private static Task MissingAsync(ApiCall call, Instance server) => Errors.WriteAsync(call, 404, $"Migration {call.Segment("migration")} for server {server.Uuid} is not a live migration that is under way.");

    private static async Task ListAsync(ApiCall call)
    {
        var filter = new MigrationFilter(call.Query("host"), call.Query("status"), call.Query("instance_uuid")?.ToLowerInvariant());
        var migrations = call.Query("migration_type") is null or "resize" ? await call.Services.Store.ReadAsync(s => s.ServerMigrations.ListAsync(filter, call.Cancel), call.Cancel) : [];
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("migrations");
            foreach (var migration in migrations)
            {
                w.WriteStartObject();
                Write(w, migration, typed: call.Microversion >= Types);
                w.WriteEndObject();
            }

            w.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter w, ServerMigration m, bool typed)
    {
        w.WriteNumber("id", m.Id);
        w.WriteString("instance_uuid", m.InstanceUuid);
        w.WriteString("status", m.Status);
        foreach (var place in new[] { "source_compute", "source_node", "dest_compute", "dest_node" })
        {
            w.WriteString(place, m.Host);
        }

        w.WriteNull("dest_host");
        Flavor(w, "old_instance_type_id", m.OldFlavor);
        Flavor(w, "new_instance_type_id", m.NewFlavor);
        w.WriteString("created_at", Views.DbTime(m.CreatedAt));
        w.WriteString("updated_at", m.UpdatedAt is { } updated ? Views.DbTime(updated) : null);
        if (typed)
        {
            w.WriteString("migration_type", "resize");
        }
    }

    /// <summary>It is a number in the interface; flavors whose id is none have none.</summary>
    private static void Flavor(Utf8JsonWriter w, string name, string id)
    {
        if (int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            w.WriteNumber(name, number);
            return;
        }

        w.WriteNull(name);
    }
}
