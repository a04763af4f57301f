using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>application_credentials</c> with the roles that each was made with.</summary>
public sealed class ApplicationCredentials(Session session)
{
    public async Task<List<ApplicationCredential>> ListAsync(string user, string? name, Page page, CancellationToken cancel)
    {
        var found = await new Narrowing().By("user_id = @user", "user", user).By("name = @name", "name", name)
            .PageAsync(session.Sql, "application_credentials", page, Read, cancel);
        for (var i = 0; i < found.Count; i++)
        {
            found[i] = await WithRolesAsync(found[i], cancel);
        }

        return found;
    }

    public async Task<ApplicationCredential?> FindAsync(string id, CancellationToken cancel) =>
        await session.Sql.FirstAsync("select * from application_credentials where id = @id", Read, cancel, ("id", id)) is { } found ? await WithRolesAsync(found, cancel) : null;

    public async Task<ApplicationCredential?> FindByNameAsync(string user, string name, CancellationToken cancel) =>
        (await ListAsync(user, name, new Page(1, null), cancel)).FirstOrDefault();

    public Task<long> CountAsync(string user, CancellationToken cancel) =>
        session.Sql.NumberAsync("select count(*) from application_credentials where user_id = @user", cancel, ("user", user));

    /// <summary>False when the user has one of that name.</summary>
    public async Task<bool> AddAsync(ApplicationCredential c, CancellationToken cancel)
    {
        var added = await session.Sql.ExecuteAsync(
            """
            insert into application_credentials (id, user_id, project_id, name, description, secret_hash, unrestricted, expires_at)
            values (@id, @user, @project, @name, @description, @hash, @unrestricted, @expires) on conflict do nothing
            """,
            cancel,
            ("id", c.Id),
            ("user", c.UserId),
            ("project", c.ProjectId),
            ("name", c.Name),
            ("description", c.Description),
            ("hash", c.SecretHash),
            ("unrestricted", c.Unrestricted),
            ("expires", c.ExpiresAt)) == 1;
        foreach (var role in added ? c.Roles : [])
        {
            await session.Sql.ExecuteAsync(
                "insert into application_credential_roles (credential_id, role_id) values (@id, @role) on conflict do nothing", cancel, ("id", c.Id), ("role", role.Id));
        }

        return added;
    }

    /// <summary>With its tokens.</summary>
    public async Task RemoveAsync(string id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from tokens where credential_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from application_credential_roles where credential_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from application_credentials where id = @id", cancel, ("id", id));
    }

    /// <summary>Ends those, of a user or of all, that were made with a role that their user no longer has on the project.</summary>
    public async Task EndWithoutRolesAsync(string? user, CancellationToken cancel)
    {
        var ended = await new Narrowing()
            .By("c.user_id = @user", "user", user)
            .ListAsync(
                session.Sql,
                """
                select distinct c.id from application_credentials c join application_credential_roles cr on cr.credential_id = c.id
                  and not exists (select 1 from role_assignments a join role_closure l on l.prior_id = a.role_id
                    where a.scope = 'project' and a.scope_id = c.project_id and l.role_id = cr.role_id
                    and (a.actor_id = c.user_id or a.actor_id in (select g.group_id from group_members g where g.user_id = c.user_id)))
                """,
                "c.id",
                int.MaxValue,
                r => r.Text("id"),
                cancel);
        foreach (var id in ended)
        {
            await RemoveAsync(id, cancel);
        }
    }

    private static ApplicationCredential Read(Row r) => new(r.Text("id"), r.Text("user_id"), r.Text("project_id"), r.Text("name"), r.Text("description"))
    {
        SecretHash = r.Text("secret_hash"),
        Unrestricted = r.Flag("unrestricted"),
        ExpiresAt = r.TimeOrNull("expires_at"),
    };

    private async Task<ApplicationCredential> WithRolesAsync(ApplicationCredential c, CancellationToken cancel) => c with
    {
        Roles = await session.Sql.ListAsync(
            "select r.* from application_credential_roles cr join roles r on r.id = cr.role_id where cr.credential_id = @id order by r.name",
            r => new Role(r.Text("id"), r.Text("name"), r.Text("description")),
            cancel,
            ("id", c.Id)),
    };
}
