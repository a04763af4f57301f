using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a list of domains is narrowed by. Null means "any".</summary>
public sealed record DomainFilter(string? Name = null, bool? Enabled = null)
{
    public TagFilter Tags { get; init; } = TagFilter.None;

    public IReadOnlyList<NamePart> NameParts { get; init; } = [];
}

/// <summary>Table <c>domains</c>.</summary>
public sealed partial class Identities
{
    public Task<List<Domain>> DomainsAsync(DomainFilter filter, Page page, CancellationToken cancel) => new Narrowing()
        .By("name_key = @key", "key", filter.Name is null ? null : KeyOf(filter.Name))
        .By("enabled = @enabled", "enabled", filter.Enabled)
        .Tagged(filter.Tags)
        .Named(filter.NameParts)
        .PageAsync(session.Sql, "domains", page, ReadDomain, cancel);

    public Task<Domain?> DomainAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from domains where id = @id", ReadDomain, cancel, ("id", id));

    public Task<Domain?> DomainByNameAsync(string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from domains where name_key = @key", ReadDomain, cancel, ("key", KeyOf(name)));

    /// <summary>Domains on which the user has a role.</summary>
    public Task<List<Domain>> DomainsOfAsync(string user, CancellationToken cancel) => session.Sql.ListAsync(
        $"select d.* from domains d where d.enabled = 1 and d.id in (select a.scope_id from role_assignments a where a.scope = 'domain' and {IsActor}) order by d.name, d.id",
        ReadDomain,
        cancel,
        ("user", user));

    /// <summary>False when the name is taken.</summary>
    public Task<bool> AddDomainAsync(Domain d, CancellationToken cancel) => ChangedAsync(
        "insert into domains (id, name, name_key, description, enabled, tags, extra) values (@id, @name, @key, @description, @enabled, @tags, @extra) on conflict do nothing", cancel, Fields(d));

    /// <summary>The name must be free.</summary>
    public Task SaveDomainAsync(Domain d, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update domains set name = @name, name_key = @key, description = @description, enabled = @enabled, tags = @tags, extra = @extra where id = @id", cancel, Fields(d));

    /// <summary>Takes the domain with all that is in it.</summary>
    public async Task RemoveDomainAsync(string id, CancellationToken cancel)
    {
        await RemoveScopeAsync(Scope.Domain(id), cancel);
        foreach (var text in new[]
        {
            "delete from tokens where user_id in (select id from users where domain_id = @id) or scope_id in (select id from projects where domain_id = @id)",
            "delete from application_credential_roles where credential_id in (select c.id from application_credentials c join users u on u.id = c.user_id where u.domain_id = @id)",
            "delete from application_credential_roles where credential_id in (select c.id from application_credentials c join projects p on p.id = c.project_id where p.domain_id = @id)",
            "delete from application_credentials where user_id in (select id from users where domain_id = @id) or project_id in (select id from projects where domain_id = @id)",
            """
            delete from role_assignments where actor_id in (select id from users where domain_id = @id) or actor_id in (select id from user_groups where domain_id = @id)
              or scope_id in (select id from projects where domain_id = @id)
            """,
            "delete from group_members where user_id in (select id from users where domain_id = @id) or group_id in (select id from user_groups where domain_id = @id)",
            "delete from user_groups where domain_id = @id",
            "delete from users where domain_id = @id",
            "update users set default_project_id = null where default_project_id in (select id from projects where domain_id = @id)",
            "update projects set parent_id = null where domain_id = @id",
            "delete from projects where domain_id = @id",
            "delete from domains where id = @id",
        })
        {
            await session.Sql.ExecuteAsync(text, cancel, ("id", id));
        }
    }

    private static string KeyOf(string name) => name.ToLowerInvariant();

    private static Domain ReadDomain(Row r) => new(r.Text("id"), r.Text("name"), r.Text("description"), r.Flag("enabled")) { Tags = Tags(r), Extra = r.Text("extra") };

    private static (string, object?)[] Fields(Domain d) =>
        [("id", d.Id), ("name", d.Name), ("key", KeyOf(d.Name)), ("description", d.Description), ("enabled", d.Enabled), ("tags", Joined(d.Tags)), ("extra", d.Extra)];
}
