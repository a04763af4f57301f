using Bridgehead.Model;

namespace Bridgehead.Store;

/// <summary>Groups, their rules, and which instances are in them.</summary>
public sealed class SecurityGroups(Session session)
{
    private const string Rules = "select * from security_group_rules";

    public Task<List<SecurityGroup>> ListAsync(string? project, CancellationToken cancel) => session.Sql.ListAsync(
        project is null ? "select * from security_groups order by project_id, name" : "select * from security_groups where project_id = @project order by project_id, name",
        Read,
        cancel,
        project is null ? [] : [("project", project)]);

    /// <summary>Up to <paramref name="limit"/> groups of a project, or of all, by project and name, leaving out the first <paramref name="offset"/>.</summary>
    public Task<List<SecurityGroup>> PageAsync(string? project, int offset, int limit, CancellationToken cancel) => session.Sql.ListAsync(
        $"select * from security_groups {(project is null ? "" : "where project_id = @project")} order by project_id, name limit @limit offset @offset",
        Read,
        cancel,
        ("project", project),
        ("limit", limit),
        ("offset", offset));

    public Task<List<SecurityGroup>> WithIdsAsync(IReadOnlyCollection<long> ids, CancellationToken cancel) => ids.Count == 0
        ? Task.FromResult(new List<SecurityGroup>())
        : session.Sql.ListAsync($"select * from security_groups where id in ({string.Join(',', ids)})", Read, cancel);

    /// <summary>The rules of these groups.</summary>
    public Task<List<SecurityGroupRule>> RulesOfAsync(IReadOnlyCollection<long> groups, CancellationToken cancel) => groups.Count == 0
        ? Task.FromResult(new List<SecurityGroupRule>())
        : session.Sql.ListAsync($"{Rules} where parent_group_id in ({string.Join(',', groups)}) order by id", ReadRule, cancel);

    public Task<SecurityGroup?> FindAsync(long id, CancellationToken cancel) => session.Sql.FirstAsync("select * from security_groups where id = @id", Read, cancel, ("id", id));

    public Task<SecurityGroup?> FindAsync(string project, string name, CancellationToken cancel) =>
        session.Sql.FirstAsync("select * from security_groups where project_id = @project and name = @name", Read, cancel, ("project", project), ("name", name));

    /// <summary>Adds a group; 0 when the project has one of that name.</summary>
    public Task<long> AddAsync(string project, string name, string description, CancellationToken cancel) => session.Sql.NumberAsync(
        "insert into security_groups (project_id, name, description) values (@project, @name, @description) on conflict (project_id, name) do nothing returning id",
        cancel,
        ("project", project),
        ("name", name),
        ("description", description));

    public Task<int> RenameAsync(long id, string name, string description, CancellationToken cancel) => session.Sql.ExecuteAsync(
        "update security_groups set name = @name, description = @description where id = @id", cancel, ("id", id), ("name", name), ("description", description));

    /// <summary>Removes the group, its rules, and the rules of others that name it as their source.</summary>
    public async Task RemoveAsync(long id, CancellationToken cancel)
    {
        var parents = await session.Sql.ListAsync(
            "select distinct parent_group_id from security_group_rules where source_group_id = @id and parent_group_id <> @id", r => r.Number("parent_group_id"), cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from security_group_rules where parent_group_id = @id or source_group_id = @id", cancel, ("id", id));
        await session.Sql.ExecuteAsync("delete from security_groups where id = @id", cancel, ("id", id));
        foreach (var parent in parents)
        {
            await session.Changes.GroupAsync(parent, cancel);
        }
    }

    public Task<long> CountAsync(string project, CancellationToken cancel) =>
        session.Sql.NumberAsync("select count(*) from security_groups where project_id = @project", cancel, ("project", project));

    public Task<List<SecurityGroupRule>> RulesOfAsync(long group, CancellationToken cancel) =>
        session.Sql.ListAsync($"{Rules} where parent_group_id = @group order by id", ReadRule, cancel, ("group", group));

    /// <summary>The rules of every group of a project, or of all projects; for lists.</summary>
    public Task<List<SecurityGroupRule>> RulesOfProjectAsync(string? project, CancellationToken cancel) => session.Sql.ListAsync(
        $"select r.* from security_group_rules r join security_groups g on g.id = r.parent_group_id {(project is null ? "" : "where g.project_id = @project")} order by r.id",
        ReadRule,
        cancel,
        project is null ? [] : [("project", project)]);

    public Task<SecurityGroupRule?> FindRuleAsync(long id, CancellationToken cancel) => session.Sql.FirstAsync($"{Rules} where id = @id", ReadRule, cancel, ("id", id));

    public async Task<long> AddRuleAsync(SecurityGroupRule rule, CancellationToken cancel)
    {
        var id = await session.Sql.NumberAsync(
            """
            insert into security_group_rules (parent_group_id, protocol, from_port, to_port, cidr, source_group_id)
            values (@group, @protocol, @from, @to, @cidr, @source) returning id
            """,
            cancel,
            ("group", rule.ParentGroupId),
            ("protocol", rule.ProtocolText),
            ("from", rule.FromPort),
            ("to", rule.ToPort),
            ("cidr", rule.CidrText),
            ("source", rule.SourceGroupId));
        await session.Changes.GroupAsync(rule.ParentGroupId, cancel);
        return id;
    }

    public async Task RemoveRuleAsync(SecurityGroupRule rule, CancellationToken cancel)
    {
        await session.Sql.ExecuteAsync("delete from security_group_rules where id = @id", cancel, ("id", rule.Id));
        await session.Changes.GroupAsync(rule.ParentGroupId, cancel);
    }

    public Task<List<SecurityGroup>> OfInstanceAsync(Guid instance, CancellationToken cancel) => session.Sql.ListAsync(
        "select g.* from security_groups g join security_group_members m on m.group_id = g.id where m.instance_uuid = @instance order by g.id", Read, cancel, ("instance", instance));

    public async Task<bool> AnyMemberAsync(long group, CancellationToken cancel) =>
        await session.Sql.NumberAsync("select count(*) from (select 1 from security_group_members where group_id = @group limit 1) used", cancel, ("group", group)) > 0;

    /// <summary>Puts the instance into the group; false when it is in it.</summary>
    public async Task<bool> JoinAsync(Guid instance, long group, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "insert into security_group_members (instance_uuid, group_id) values (@instance, @group) on conflict (instance_uuid, group_id) do nothing",
        cancel,
        ("instance", instance),
        ("group", group)) == 1;

    public async Task<bool> LeaveAsync(Guid instance, long group, CancellationToken cancel) => await session.Sql.ExecuteAsync(
        "delete from security_group_members where instance_uuid = @instance and group_id = @group", cancel, ("instance", instance), ("group", group)) == 1;

    public Task<int> LeaveAllAsync(Guid instance, CancellationToken cancel) =>
        session.Sql.ExecuteAsync("delete from security_group_members where instance_uuid = @instance", cancel, ("instance", instance));

    /// <summary>Whether the live instance is in the group.</summary>
    public async Task<bool> IsMemberAsync(Guid instance, long group, CancellationToken cancel) => await session.Sql.NumberAsync(
        """
        select count(*) from security_group_members m join instances i on i.uuid = m.instance_uuid
        where m.instance_uuid = @instance and m.group_id = @group and i.vm_state <> 'deleted'
        """,
        cancel,
        ("instance", instance),
        ("group", group)) > 0;

    /// <summary>Says that the members or addresses of the instance's groups changed, for those groups that are the source of a rule.</summary>
    public async Task MembersChangedAsync(Guid instance, CancellationToken cancel)
    {
        var sources = await session.Sql.ListAsync(
            """
            select m.group_id from security_group_members m
            where m.instance_uuid = @instance and exists (select 1 from security_group_rules r where r.source_group_id = m.group_id)
            """,
            r => r.Number("group_id"),
            cancel,
            ("instance", instance));
        foreach (var group in sources)
        {
            await session.Changes.MemberAsync(group, instance, cancel);
        }
    }

    internal static SecurityGroup Read(Row r) => new()
    {
        Id = r.Number("id"),
        ProjectId = r.Text("project_id"),
        Name = r.Text("name"),
        Description = r.Text("description"),
    };

    internal static SecurityGroupRule ReadRule(Row r)
    {
        var rule = new SecurityGroupRule
        {
            Id = r.Number("id"),
            ParentGroupId = r.Number("parent_group_id"),
            ProtocolText = r.TextOrNull("protocol"),
            FromPort = r.IntOrNull("from_port"),
            ToPort = r.IntOrNull("to_port"),
            SourceGroupId = r.NumberOrNull("source_group_id"),
        };
        return r.TextOrNull("cidr") is { } cidr ? WithCidr(rule, cidr) : rule;
    }

    internal static SecurityGroupRule WithCidr(SecurityGroupRule rule, string stored) => rule.WithCidr(stored) ?? throw new FormatException($"The store has a rule with the range '{stored}', which is none.");
}
