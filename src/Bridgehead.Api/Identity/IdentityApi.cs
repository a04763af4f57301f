using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Identity v3: discovery, tokens, and what a token's user may see.</summary>
internal static class IdentityApi
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    public static void Map(Routes routes) => routes
        .Map("GET", "/identity", Access.Anyone, call => call.AnswerAsync(300, w =>
        {
            w.WriteStartObject("versions");
            w.WriteStartArray("values");
            Version(w, call, null);
            w.WriteEndArray();
            w.WriteEndObject();
        }))
        .Map("GET", "/identity/v3", Access.Anyone, call => call.AnswerAsync(200, w => Version(w, call, "version")))
        .Map("POST", "/identity/v3/auth/tokens", Access.Anyone, IssueAsync)
        .Map("GET", "/identity/v3/auth/tokens", Access.User, ShowAsync)
        .Map("HEAD", "/identity/v3/auth/tokens", Access.User, ShowAsync)
        .Map("DELETE", "/identity/v3/auth/tokens", Access.User, RevokeAsync)
        .Map("GET", "/identity/v3/auth/catalog", Access.User, call => call.AnswerAsync(200, w =>
        {
            Catalogue(w, call);
            Links(w, $"{call.Root}/identity/v3/auth/catalog");
        }))
        .Map("GET", "/identity/v3/auth/projects", Access.User, ProjectsAsync)
        .Map("GET", "/identity/v3/users/{id}/projects", Access.User, ProjectsAsync)
        .Map("GET", "/identity/v3/projects", Access.User, ProjectsAsync)
        .Map("GET", "/identity/v3/projects/{id}", Access.User, ProjectAsync)
        .Map("GET", "/identity/v3/users/{id}", Access.User, UserAsync);

    private static async Task IssueAsync(ApiCall call, JsonBody body)
    {
        var auth = body.Object("auth");
        var identity = auth.Object("identity");
        var password = identity.TryObject("password")?.Object("user");
        var token = identity.TryObject("token");
        var project = auth.Is("scope", "unscoped") ? null : auth.TryObject("scope")?.TryObject("project");
        var scope = project?.TryText("id") ?? project?.TryText("name");
        if (password is null && token is null)
        {
            body.Note("auth.identity needs the method password or token.");
        }

        var (userId, userName, secret) = (password?.TryText("id"), password?.TryText("name"), password?.Text("password"));
        var tokenId = token?.Text("id");
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var issued = password is not null
            ? await call.Services.Authentication.PasswordAsync(userId, userName, secret!, scope, call.Cancel)
            : await call.Services.Authentication.RescopeAsync(tokenId!, scope, call.Cancel);
        if (!issued.Succeeded(out var login, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        call.Http.Response.Headers["X-Subject-Token"] = login.Id;
        await call.AnswerAsync(201, w => Token(w, call, login.Login));
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var id = call.Http.Request.Headers["X-Subject-Token"].ToString();
        if (await call.Services.Authentication.FindAsync(id, call.Cancel) is not { } login || (login.User.Id != call.Caller.UserId && !call.Caller.IsAdmin))
        {
            await Errors.WriteAsync(call, 404, "Could not find token.");
            return;
        }

        call.Http.Response.Headers["X-Subject-Token"] = id;
        await call.AnswerAsync(200, w => Token(w, call, login));
    }

    private static async Task RevokeAsync(ApiCall call)
    {
        var id = call.Http.Request.Headers["X-Subject-Token"].ToString();
        var login = await call.Services.Authentication.FindAsync(id, call.Cancel);
        if (login is null || (login.User.Id != call.Caller.UserId && !call.Caller.IsAdmin))
        {
            await Errors.WriteAsync(call, 404, "Could not find token.");
            return;
        }

        await call.Services.Authentication.RevokeAsync(id, call.Cancel);
        await call.AnswerAsync(204);
    }

    private static async Task ProjectsAsync(ApiCall call)
    {
        var name = call.Query("name");
        var projects = await call.Services.Store.ReadAsync(
            s => call.Caller.IsAdmin ? s.Identities.ProjectsAsync(call.Cancel) : s.Identities.ProjectsOfAsync(call.Caller.UserId, call.Cancel), call.Cancel);
        await call.AnswerAsync(200, w =>
        {
            w.WriteStartArray("projects");
            foreach (var project in projects.Where(p => name is null || p.Name == name))
            {
                w.WriteStartObject();
                Project(w, call, project);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            Links(w, $"{call.Root}{call.Http.Request.Path}");
        });
    }

    private static async Task ProjectAsync(ApiCall call)
    {
        var project = await call.Services.Store.ReadAsync(s => s.Identities.ProjectAsync(call.Segment("id"), call.Cancel), call.Cancel);
        if (project is null || (project.Id != call.Caller.ProjectId && !call.Caller.IsAdmin))
        {
            await Errors.WriteAsync(call, 404, $"Could not find project: {call.Segment("id")}.");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("project");
            Project(w, call, project);
            w.WriteEndObject();
        });
    }

    private static async Task UserAsync(ApiCall call)
    {
        var user = await call.Services.Store.ReadAsync(s => s.Identities.UserAsync(call.Segment("id"), call.Cancel), call.Cancel);
        if (user is null || (user.Id != call.Caller.UserId && !call.Caller.IsAdmin))
        {
            await Errors.WriteAsync(call, 404, $"Could not find user: {call.Segment("id")}.");
            return;
        }

        await call.AnswerAsync(200, w =>
        {
            w.WriteStartObject("user");
            w.WriteString("id", user.Id);
            w.WriteString("name", user.Name);
            w.WriteString("domain_id", "default");
            w.WriteBoolean("enabled", user.Enabled);
            w.WriteNull("password_expires_at");
            Self(w, $"{call.Root}/identity/v3/users/{user.Id}");
            w.WriteEndObject();
        });
    }

    private static void Version(Utf8JsonWriter w, ApiCall call, string? name)
    {
        if (name is null)
        {
            w.WriteStartObject();
        }
        else
        {
            w.WriteStartObject(name);
        }

        w.WriteString("id", "v3.14");
        w.WriteString("status", "stable");
        w.WriteString("updated", "2020-04-07T00:00:00Z");
        w.WriteStartArray("links");
        w.WriteStartObject();
        w.WriteString("rel", "self");
        w.WriteString("href", $"{call.Root}/identity/v3/");
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteStartArray("media-types");
        w.WriteStartObject();
        w.WriteString("base", "application/json");
        w.WriteString("type", "application/vnd.openstack.identity-v3+json");
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteEndObject();
    }

    private static void Token(Utf8JsonWriter w, ApiCall call, Login login)
    {
        w.WriteStartObject("token");
        w.WriteStartArray("methods");
        foreach (var method in login.Token.Methods.Split(','))
        {
            w.WriteStringValue(method);
        }

        w.WriteEndArray();
        w.WriteStartObject("user");
        w.WriteString("id", login.User.Id);
        w.WriteString("name", login.User.Name);
        Domain(w);
        w.WriteNull("password_expires_at");
        w.WriteEndObject();
        w.WriteStartArray("audit_ids");
        w.WriteStringValue(login.Token.AuditId);
        w.WriteEndArray();
        w.WriteString("issued_at", login.Token.IssuedAt.ToString(TimeFormat, null));
        w.WriteString("expires_at", login.Token.ExpiresAt.ToString(TimeFormat, null));
        if (login.Project is { } project)
        {
            Scope(w, call, login, project);
        }

        w.WriteEndObject();
    }

    private static void Scope(Utf8JsonWriter w, ApiCall call, Login login, Project project)
    {
        w.WriteStartObject("project");
        w.WriteString("id", project.Id);
        w.WriteString("name", project.Name);
        Domain(w);
        w.WriteEndObject();
        w.WriteBoolean("is_domain", false);
        w.WriteStartArray("roles");
        foreach (var role in login.Roles)
        {
            w.WriteStartObject();
            w.WriteString("id", role);
            w.WriteString("name", role);
            w.WriteEndObject();
        }

        w.WriteEndArray();
        if (!call.Http.Request.Query.ContainsKey("nocatalog"))
        {
            Catalogue(w, call);
        }
    }

    /// <summary>No network service is listed: clients tell nova-network by that.</summary>
    private static void Catalogue(Utf8JsonWriter w, ApiCall call)
    {
        w.WriteStartArray("catalog");
        foreach (var (type, name, path) in new[] { ("identity", "keystone", "/identity/v3"), ("image", "glance", "/image"), ("compute", "nova", "/compute/v2.1") })
        {
            w.WriteStartObject();
            w.WriteString("id", type);
            w.WriteString("type", type);
            w.WriteString("name", name);
            w.WriteStartArray("endpoints");
            foreach (var face in new[] { "public", "internal", "admin" })
            {
                w.WriteStartObject();
                w.WriteString("id", $"{type}-{face}");
                w.WriteString("interface", face);
                w.WriteString("region", "RegionOne");
                w.WriteString("region_id", "RegionOne");
                w.WriteString("url", call.Root + path);
                w.WriteEndObject();
            }

            w.WriteEndArray();
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Project(Utf8JsonWriter w, ApiCall call, Project project)
    {
        w.WriteString("id", project.Id);
        w.WriteString("name", project.Name);
        w.WriteString("domain_id", "default");
        w.WriteString("description", project.Description);
        w.WriteBoolean("enabled", project.Enabled);
        w.WriteBoolean("is_domain", false);
        w.WriteString("parent_id", "default");
        Self(w, $"{call.Root}/identity/v3/projects/{project.Id}");
    }

    private static void Domain(Utf8JsonWriter w)
    {
        w.WriteStartObject("domain");
        w.WriteString("id", "default");
        w.WriteString("name", "Default");
        w.WriteEndObject();
    }

    private static void Self(Utf8JsonWriter w, string url)
    {
        w.WriteStartObject("links");
        w.WriteString("self", url);
        w.WriteEndObject();
    }

    private static void Links(Utf8JsonWriter w, string url)
    {
        w.WriteStartObject("links");
        w.WriteString("self", url);
        w.WriteNull("next");
        w.WriteNull("previous");
        w.WriteEndObject();
    }
}
