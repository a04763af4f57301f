using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Table <c>tokens</c>. A token's own text is never stored. What ends tokens deletes them in the transaction of its own change, so that no look-up finds one that has ended.</summary>
public sealed class Tokens(Session session)
{
    /// <summary>A user who may log in, with the scope where there is one and it is enabled.</summary>
    private const string Living =
        """
        select t.*, u.name as user_name, ud.id as user_domain, ud.name as user_domain_name, p.name as project_name, pd.id as project_domain, pd.name as project_domain_name,
          d.name as domain_name, c.name as credential_name, c.unrestricted from tokens t
          join users u on u.id = t.user_id and u.enabled = 1 join domains ud on ud.id = u.domain_id and ud.enabled = 1
          left join projects p on t.scope = 'project' and p.id = t.scope_id and p.enabled = 1 left join domains pd on pd.id = p.domain_id and pd.enabled = 1
          left join domains d on t.scope = 'domain' and d.id = t.scope_id and d.enabled = 1
          left join application_credentials c on c.id = t.credential_id
        where t.hash = @hash and t.expires_at > @now
        """;

    public Task AddAsync(Token t, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        insert into tokens (hash, user_id, scope, scope_id, credential_id, methods, audit_ids, issued_at, expires_at)
        values (@hash, @user, @scope, @scopeId, @credential, @methods, @audit, @issued, @expires)
        """,
        cancel,
        ("hash", t.Hash),
        ("user", t.UserId),
        ("scope", t.Scope.Word),
        ("scopeId", t.Scope.Id),
        ("credential", t.CredentialId),
        ("methods", t.Methods),
        ("audit", t.AuditIds),
        ("issued", t.IssuedAt),
        ("expires", t.ExpiresAt));

    /// <summary>The token with its roles of this moment; null when it has expired or was ended, or when nothing is left of what it was for.</summary>
    public async Task<Login?> FindAsync(string hash, CancellationToken cancel)
    {
        var (found, scope, user, credential) = await session.Sql.FirstAsync(Living, ReadLiving, cancel, ("hash", hash), ("now", session.Now));
        if (found is null || scope.Kind == ScopeKind.Unscoped)
        {
            return found;
        }

        var there = scope.Kind switch { ScopeKind.Project => found.Project is not null, ScopeKind.Domain => found.Domain is not null, _ => true };
        var roles = there ? await session.Identities.EffectiveRolesAsync(user, scope, credential, cancel) : [];
        return roles.Count == 0 ? null : found with { Roles = [.. roles.Select(role => new Named(role.Id, role.Name))] };
    }

    /// <summary>Whether nothing has ended the token; its time and its scope are not looked at.</summary>
    public async Task<bool> IsThereAsync(string hash, CancellationToken cancel) => await session.Sql.NumberAsync("select 1 from tokens where hash = @hash", cancel, ("hash", hash)) == 1;

    public async Task<bool> RevokeAsync(string hash, CancellationToken cancel) => await session.Sql.ExecuteAsync("delete from tokens where hash = @hash", cancel, ("hash", hash)) == 1;

    public Task RevokeOfUserAsync(string user, CancellationToken cancel) => session.Sql.ExecuteAsync("delete from tokens where user_id = @user", cancel, ("user", user));

    public Task RevokeForProjectAsync(string project, CancellationToken cancel) => session.Sql.ExecuteAsync("delete from tokens where scope_id = @project", cancel, ("project", project));

    /// <summary>Tokens of the domain's users, and those for it or its projects.</summary>
    public Task RevokeOfDomainAsync(string domain, CancellationToken cancel) => session.Sql.ExecuteAsync(
        """
        delete from tokens where scope_id = @domain or user_id in (select id from users where domain_id = @domain) or scope_id in (select id from projects where domain_id = @domain)
        """,
        cancel,
        ("domain", domain));

    public Task<int> SweepAsync(CancellationToken cancel) => session.Sql.ExecuteAsync("delete from tokens where expires_at <= @now", cancel, ("now", session.Now));

    private static (Login? Login, Scope Scope, string User, string? Credential) ReadLiving(Row r)
    {
        var scope = Scope.Read(r.Text("scope"), r.TextOrNull("scope_id"));
        var credential = r.TextOrNull("credential_id");
        var login = new Login
        {
            User = new DomainMember(r.Text("user_id"), r.Text("user_name"), new Named(r.Text("user_domain"), r.Text("user_domain_name"))),
            Project = r.TextOrNull("project_domain") is { } domain
                ? new DomainMember(scope.Id!, r.Text("project_name"), new Named(domain, r.Text("project_domain_name")))
                : null,
            Domain = r.TextOrNull("domain_name") is { } name ? new Named(scope.Id!, name) : null,
            System = scope.Kind == ScopeKind.System,
            Methods = r.Text("methods").Split(','),
            AuditIds = r.Text("audit_ids").Split(','),
            IssuedAt = r.Time("issued_at"),
            ExpiresAt = r.Time("expires_at"),
            Credential = credential is not null && r.TextOrNull("credential_name") is { } named ? new LoginCredential(credential, named, r.Flag("unrestricted")) : null,
        };
        return (credential is not null && login.Credential is null ? null : login, scope, login.User.Id, credential);
    }
}
