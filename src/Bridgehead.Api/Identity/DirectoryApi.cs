using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Who there is: the one domain, the roles, and for administrators the users. Clients turn names into ids here.</summary>
internal static class DirectoryApi
{
    private const string V = "/identity/v3";
    private static readonly string[] Roles = ["admin", "member", "reader"];

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/domains", Access.User, call => ListAsync(call, "domains", ["default"], Domain, _ => "Default"))
        .Map("GET", $"{V}/auth/domains", Access.User, call => ListAsync(call, "domains", ["default"], Domain, _ => "Default"))
        .Map("GET", $"{V}/domains/{{id}}", Access.User, call => OneAsync(call, "domain", call.Segment("id") == "default" ? "default" : null, Domain))
        .Map("GET", $"{V}/roles", Access.User, call => ListAsync(call, "roles", Roles, Role, role => role))
        .Map("GET", $"{V}/roles/{{id}}", Access.User, call => OneAsync(call, "role", Roles.FirstOrDefault(role => role == call.Segment("id")), Role))
        .Map("GET", $"{V}/users", Access.Admin, async call =>
            await ListAsync(call, "users", await call.Services.Store.ReadAsync(s => s.Identities.UsersAsync(call.Cancel), call.Cancel), User, user => user.Name));

    /// <summary>Names are compared without regard to case: clients write the domain's either way.</summary>
    private static Task ListAsync<T>(ApiCall call, string name, IEnumerable<T> items, Action<Utf8JsonWriter, ApiCall, T> write, Func<T, string> nameOf) => call.AnswerAsync(200, w =>
    {
        w.WriteStartArray(name);
        foreach (var item in items.Where(item => call.Query("name") is not { } wanted || string.Equals(wanted, nameOf(item), StringComparison.OrdinalIgnoreCase)))
        {
            w.WriteStartObject();
            write(w, call, item);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        w.WriteStartObject("links");
        w.WriteString("self", $"{call.Root}{call.Http.Request.Path}");
        w.WriteNull("next");
        w.WriteNull("previous");
        w.WriteEndObject();
    });

    private static Task OneAsync(ApiCall call, string name, string? id, Action<Utf8JsonWriter, ApiCall, string> write) => id is null
        ? Errors.WriteAsync(call, 404, $"Could not find {name}: {call.Segment("id")}.")
        : call.AnswerAsync(200, w =>
        {
            w.WriteStartObject(name);
            write(w, call, id);
            w.WriteEndObject();
        });

    private static void Domain(Utf8JsonWriter w, ApiCall call, string id)
    {
        w.WriteString("id", id);
        w.WriteString("name", "Default");
        w.WriteString("description", "");
        w.WriteBoolean("enabled", true);
        Tail(w, call, $"domains/{id}", tags: true);
    }

    private static void Role(Utf8JsonWriter w, ApiCall call, string role)
    {
        w.WriteString("id", role);
        w.WriteString("name", role);
        w.WriteNull("domain_id");
        w.WriteString("description", "");
        Tail(w, call, $"roles/{role}", tags: false);
    }

    private static void User(Utf8JsonWriter w, ApiCall call, User user)
    {
        w.WriteString("id", user.Id);
        w.WriteString("name", user.Name);
        w.WriteString("domain_id", "default");
        w.WriteBoolean("enabled", user.Enabled);
        w.WriteString("default_project_id", user.DefaultProjectId);
        w.WriteNull("password_expires_at");
        Tail(w, call, $"users/{user.Id}", tags: false);
    }

    private static void Tail(Utf8JsonWriter w, ApiCall call, string path, bool tags)
    {
        w.WriteStartObject("options");
        w.WriteEndObject();
        if (tags)
        {
            w.WriteStartArray("tags");
            w.WriteEndArray();
        }

        w.WriteStartObject("links");
        w.WriteString("self", $"{call.Root}{V}/{path}");
        w.WriteEndObject();
    }
}
