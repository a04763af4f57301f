using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>What a list of groups is narrowed by. Null means "any".</summary>
public sealed record GroupFilter(string? Name = null, string? DomainId = null)
{
    public IReadOnlyList<NamePart> NameParts { get; init; } = [];

    public string? UserId { get; init; }
}

/// <summary>Tables <c>user_groups</c> and <c>group_members</c>.</summary>
public sealed partial class Identities
{
    public Task<List<Group>> GroupsAsync(GroupFilter filter, Page page, CancellationToken cancel) => new Narrowing()
        .By("name = @name", "name", filter.Name)
        .By("domain_id = @domain", "domain", filter.DomainId)
        .By("id in (select group_id from group_members where user_id = @user)", "user", filter.UserId)
        .Named(filter.NameParts)
        .PageAsync(session.Sql, "user_groups", page, ReadGroup, cancel);

    public Task<Group?> GroupAsync(string id, CancellationToken cancel) => session.Sql.FirstAsync("select * from user_groups where id = @id", ReadGroup, cancel, ("id", id));

    public Task<Group?> GroupByNameAsync(string domain, string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from user_groups where domain_id = @domain and name = @name", ReadGroup, cancel, ("domain", domain), ("name", name));

    /// <summary>False when the domain has a group of that name.</summary>
    public Task<bool> AddGroupAsync(Group g, CancellationToken cancel) =>
        ChangedAsync("insert into user_groups (id, domain_id, name, description, extra) values (@id, @domain, @name, @description, @extra) on conflict do nothing", cancel, Fields(g));

    /// <summary>The name must be free. The domain stays.</summary>
    public Task SaveGroupAsync(Group g, CancellationToken cancel) => session.Sql.ExecuteAsync("update user_groups set name = @name, description = @description, extra = @extra where id = @id", cancel, Fields(g));

    /// <summary>Takes the group with its roles and memberships.</summary>
    public async Task RemoveGroupAsync(string id, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from role_assignments where actor_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from group_members where group_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from user_groups where id = @id", cancel, ("id", id));
    }

    public Task AddMemberAsync(string group, string user, CancellationToken cancel) =>
        session.Sql.ExecuteAsync("insert into group_members (group_id, user_id) values (@group, @user) on conflict do nothing", cancel, ("group", group), ("user", user));

    public async Task<bool> IsMemberAsync(string group, string user, CancellationToken cancel) =>
        await session.Sql.NumberAsync("select 1 from group_members where group_id = @group and user_id = @user", cancel, ("group", group), ("user", user)) == 1;

    /// <summary>False when the user was none of its members.</summary>
    public Task<bool> RemoveMemberAsync(string group, string user, CancellationToken cancel) =>
        ChangedAsync("delete from group_members where group_id = @group and user_id = @user", cancel, ("group", group), ("user", user));

    private static Group ReadGroup(Row r) => new(r.Text("id"), r.Text("name"), r.Text("domain_id"), r.Text("description")) { Extra = r.Text("extra") };

    private static (string, object?)[] Fields(Group g) => [("id", g.Id), ("domain", g.DomainId), ("name", g.Name), ("description", g.Description), ("extra", g.Extra)];
}
