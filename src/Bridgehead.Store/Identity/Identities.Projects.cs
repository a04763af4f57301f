using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a list of projects is narrowed by. Null means "any".</summary>
public sealed record ProjectFilter(string? Name = null, string? DomainId = null, bool? Enabled = null)
{
    /// <summary>A project, or a domain for those at its top.</summary>
    public string? ParentId { get; init; }

    public TagFilter Tags { get; init; } = TagFilter.None;

    public IReadOnlyList<NamePart> NameParts { get; init; } = [];
}

/// <summary>Table <c>projects</c>.</summary>
public sealed partial class Identities
{
    public Task<List<Project>> ProjectsAsync(ProjectFilter filter, Page page, CancellationToken cancel) => new Narrowing()
        .By("name = @name", "name", filter.Name)
        .By("domain_id = @domain", "domain", filter.DomainId)
        .By("enabled = @enabled", "enabled", filter.Enabled)
        .By("(parent_id = @parent or (parent_id is null and domain_id = @parent))", "parent", filter.ParentId)
        .Tagged(filter.Tags)
        .Named(filter.NameParts)
        .PageAsync(session.Sql, "projects", page, ReadProject, cancel);

    public Task<Project?> ProjectAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from projects where id = @id", ReadProject, cancel, ("id", id));

    public Task<Project?> ProjectByNameAsync(string domain, string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from projects where domain_id = @domain and name = @name", ReadProject, cancel, ("domain", domain), ("name", name));

    /// <summary>Enabled projects on which the user has a role.</summary>
    public Task<List<Project>> ProjectsOfAsync(string user, CancellationToken cancel) => session.Sql.ListAsync(
        $"""
        select p.* from projects p join domains d on d.id = p.domain_id where p.enabled = 1 and d.enabled = 1
          and p.id in (select a.scope_id from role_assignments a where a.scope = 'project' and {IsActor}) order by p.name, p.id
        """,
        ReadProject,
        cancel,
        ("user", user));

    /// <summary>False when the domain has a project of that name.</summary>
    public Task<bool> AddProjectAsync(Project p, CancellationToken cancel) => ChangedAsync(
        """
        insert into projects (id, domain_id, parent_id, name, description, enabled, tags, extra) values (@id, @domain, @parent, @name, @description, @enabled, @tags, @extra)
        on conflict do nothing
        """,
        cancel,
        Fields(p));

    /// <summary>The name must be free. Domain and parent stay.</summary>
    public Task SaveProjectAsync(Project p, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update projects set name = @name, description = @description, enabled = @enabled, tags = @tags, extra = @extra where id = @id", cancel, Fields(p));

    /// <summary>How many projects there are above, and whether all of them are enabled.</summary>
    public async Task<(int Depth, bool Enabled)> AncestorsAsync(string? parent, CancellationToken cancel)
    {
        var (depth, enabled) = (0, true);
        for (; parent is not null && await ProjectAsync(parent, cancel) is { } above; parent = above.ParentId)
        {
            (depth, enabled) = (depth + 1, enabled && above.Enabled);
        }

        return (depth, enabled);
    }

    /// <param name="onlyEnabled">Whether disabled ones do not count.</param>
    public async Task<bool> AnyChildAsync(string project, bool onlyEnabled, CancellationToken cancel) =>
        await session.Sql.NumberAsync($"select 1 from projects where parent_id = @id{(onlyEnabled ? " and enabled = 1" : "")} limit 1", cancel, ("id", project)) == 1;

    /// <summary>Takes the project, which must have no children, with its roles, tokens and application credentials.</summary>
    public async Task RemoveProjectAsync(string id, CancellationToken cancel)
    {
        await RemoveScopeAsync(Scope.Project(id), cancel);
        foreach (var text in new[]
        {
            "delete from application_credential_roles where credential_id in (select id from application_credentials where project_id = @id)",
            "delete from application_credentials where project_id = @id",
            "update users set default_project_id = null where default_project_id = @id",
            "delete from projects where id = @id",
        })
        {
            await session.Sql.ExecuteAsync(text, cancel, ("id", id));
        }
    }

    private static Project ReadProject(Row r) => new(r.Text("id"), r.Text("name"), r.Text("description"), r.Flag("enabled"))
    {
        DomainId = r.Text("domain_id"),
        ParentId = r.TextOrNull("parent_id"),
        Tags = Tags(r),
        Extra = r.Text("extra"),
    };

    private static (string, object?)[] Fields(Project p) =>
    [
        ("id", p.Id), ("domain", p.DomainId), ("parent", p.ParentId), ("name", p.Name), ("description", p.Description), ("enabled", p.Enabled), ("tags", Joined(p.Tags)), ("extra", p.Extra),
    ];
}
