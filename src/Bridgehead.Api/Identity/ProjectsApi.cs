using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Api;

/// <summary>Projects: for administrators, and one's own to look at.</summary>
internal static class ProjectsApi
{
    private const string V = IdentityRoutes.V;
    private static readonly string[] Known = ["id", "name", "description", "enabled", "tags", "options", "domain_id", "parent_id", "is_domain", "links"];

    public static void Map(Routes routes) => routes
        .Map("GET", $"{V}/projects", Access.Admin, ListAsync)
        .Doc("Lists projects.", 200, null, ["name", "domain_id", "enabled", "parent_id", "is_domain", "limit", "marker", .. IdentityTagsApi.Filters, .. NameFilters.Parameters])
        .Map("GET", $"{V}/projects/{{id}}", Access.User, ShowAsync).Doc("Shows a project.")
        .Map("POST", $"{V}/projects", Access.Admin, CreateAsync)
        .Doc(
            "Makes a project.",
            201,
            """{"project":{"name":"p","description":"x","domain_id":"default","parent_id":null,"enabled":true,"is_domain":false,"tags":["t"],"options":{},"colour":"red"}}""")
        .Map("PATCH", $"{V}/projects/{{id}}", Access.Admin, UpdateAsync)
        .Doc(
            "Changes a project; disabling it ends the tokens for it.",
            200,
            """{"project":{"name":"q","description":"y","domain_id":"default","parent_id":"default","enabled":true,"is_domain":false,"tags":[],"options":{},"colour":"blue"}}""")
        .Map("DELETE", $"{V}/projects/{{id}}", Access.Admin, async call => await call.DoneAsync(await call.Services.Identity.Projects.DeleteAsync(call.Segment("id"), call.Cancel), 204))
        .Doc("Deletes a project with its roles, tokens and application credentials.", 204);

    /// <summary>The domain of what the token is for, where a body names none.</summary>
    public static string Home(ApiCall call) => call.Login!.Project?.Domain.Id ?? call.Login.Domain?.Id ?? Domain.DefaultId;

    private static Task ListAsync(ApiCall call)
    {
        if (call.QueryFlag("is_domain") == true)
        {
            // Domains are listed at their own place; none of them is a project here.
            return call.ListAsync<Project>("projects", [], IdentityViews.Project);
        }

        var filter = new ProjectFilter(call.Query("name"), call.Query("domain_id"), call.QueryFlag("enabled")) { ParentId = call.Query("parent_id"), Tags = IdentityTagsApi.Wanted(call), NameParts = NameFilters.Read(call) };
        return call.PageAsync(
            "projects",
            (s, page) => s.Identities.ProjectsAsync(filter, page, call.Cancel),
            async (s, id) => await s.Identities.ProjectAsync(id, call.Cancel) is not null,
            project => project.Id,
            IdentityViews.Project);
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var id = call.Segment("id");
        var project = await call.Services.Store.ReadAsync(
            async s => call.Caller.IsAdmin || id == call.Caller.ProjectId || (await s.Identities.ProjectsOfAsync(call.Caller.UserId, call.Cancel)).Exists(own => own.Id == id)
                ? await s.Identities.ProjectAsync(id, call.Cancel)
                : null,
            call.Cancel);
        await call.FoundAsync(project, "project", IdentityViews.Project);
    }

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var project = body.Object("project");
        project.Text("name");
        var change = Change(project);
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Projects.CreateAsync(change, Home(call), call.Cancel), 201, "project", IdentityViews.Project));
    }

    private static async Task UpdateAsync(ApiCall call, JsonBody body)
    {
        var change = Change(body.Object("project"));
        await (body.Wrong is { } wrong
            ? call.RefuseAsync(wrong)
            : call.OneAsync(await call.Services.Identity.Projects.UpdateAsync(call.Segment("id"), change, call.Cancel), 200, "project", IdentityViews.Project));
    }

    private static ProjectChange Change(JsonBody project)
    {
        if (project.TryFlag("is_domain") == true)
        {
            project.Note("A project cannot be a domain: make a domain instead.");
        }

        project.NoOptions();
        return new ProjectChange(project.TryText("name"), project.TryText("description"), project.TryFlag("enabled"), project.TryTextList("tags"))
        {
            DomainId = project.TryText("domain_id"),
            ParentId = project.TryText("parent_id"),
            Extra = project.Others(Known),
        };
    }
}
