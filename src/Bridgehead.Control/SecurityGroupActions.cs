using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>A rule as asked for; ports are icmp's type and code there.</summary>
public sealed record RuleRequest(long ParentGroupId, string? Protocol, int? FromPort, int? ToPort, string? Cidr, long? GroupId);

/// <summary>Security groups and their rules.</summary>
public sealed class SecurityGroupActions(Database store, NovaSettings settings)
{
    /// <summary>The project's group of that name or number, which stays until the transaction's end; the group "default" is made when it is first asked for.</summary>
    public static async Task<SecurityGroup?> ResolveAsync(Session session, string project, string name, CancellationToken cancel)
    {
        await session.ShareLockAsync(LockOf(project), cancel);
        if (await session.SecurityGroups.FindAsync(project, name, cancel) is { } named)
        {
            return named;
        }

        if (name == SecurityGroup.DefaultName)
        {
            await EnsureDefaultAsync(session, project, cancel);
            return await session.SecurityGroups.FindAsync(project, name, cancel);
        }

        return long.TryParse(name, out var id) && await session.SecurityGroups.FindAsync(id, cancel) is { } numbered && numbered.ProjectId == project ? numbered : null;
    }

    /// <summary>Makes the project's group "default", with the administrator's default rules, unless it is there.</summary>
    public static async Task EnsureDefaultAsync(Session session, string project, CancellationToken cancel)
    {
        if (project.Length == 0 || await session.SecurityGroups.AddAsync(project, SecurityGroup.DefaultName, SecurityGroup.DefaultName, cancel) is var id && id == 0)
        {
            return;
        }

        foreach (var rule in await session.DefaultRules.ListAsync(cancel))
        {
            await session.SecurityGroups.AddRuleAsync(rule with { ParentGroupId = id }, cancel);
        }
    }

    public Task<Outcome<SecurityGroup>> CreateAsync(Caller caller, string name, string description, CancellationToken cancel) => store.TryWriteAsync<SecurityGroup>(
        async session =>
        {
            if ((Text.CheckName("Security group name", name) ?? Text.CheckDescription("Security group description", description)) is { } wrong)
            {
                return wrong;
            }

            await session.Quotas.LockAsync(caller.ProjectId, cancel);
            await EnsureDefaultAsync(session, caller.ProjectId, cancel);
            var limits = await QuotaLimits.OfAsync(session, settings, caller.ProjectId, cancel);
            if (QuotaLimits.Check(limits, "security_groups", await session.SecurityGroups.CountAsync(caller.ProjectId, cancel), 1) is { } over)
            {
                return over;
            }

            var id = await session.SecurityGroups.AddAsync(caller.ProjectId, name, description, cancel);
            return id > 0
                ? new SecurityGroup { Id = id, ProjectId = caller.ProjectId, Name = name, Description = description }
                : Problem.Bad($"Security group {name} already exists for project {caller.ProjectId}.");
        },
        cancel);

    public Task<Outcome<SecurityGroup>> UpdateAsync(Caller caller, long id, string name, string description, CancellationToken cancel) => store.TryWriteAsync<SecurityGroup>(
        async session =>
        {
            if ((Text.CheckName("Security group name", name) ?? Text.CheckDescription("Security group description", description)) is { } wrong)
            {
                return wrong;
            }

            if (await OwnAsync(session, caller, id, cancel) is not { } group)
            {
                return Missing(id);
            }

            if (group.Name == SecurityGroup.DefaultName && name != group.Name)
            {
                return Problem.Bad($"Unable to update system group '{SecurityGroup.DefaultName}'");
            }

            // As those do who make groups: two must not take one name.
            await session.Quotas.LockAsync(group.ProjectId, cancel);
            if (await session.SecurityGroups.FindAsync(group.ProjectId, name, cancel) is { } other && other.Id != id)
            {
                return Problem.Bad($"Security group {name} already exists for project {group.ProjectId}.");
            }

            await session.SecurityGroups.RenameAsync(id, name, description, cancel);
            return group with { Name = name, Description = description };
        },
        cancel);

    public Task<Outcome<Done>> DeleteAsync(Caller caller, long id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (await OwnAsync(session, caller, id, cancel) is not { } group)
            {
                return Missing(id);
            }

            await session.LockAsync(LockOf(group.ProjectId), cancel);
            if (group.Name == SecurityGroup.DefaultName || await session.SecurityGroups.AnyMemberAsync(id, cancel))
            {
                return Problem.Bad(group.Name == SecurityGroup.DefaultName ? $"Unable to delete system group '{group.Name}'" : "Security group is still in use");
            }

            await session.SecurityGroups.RemoveAsync(id, cancel);
            return default(Done);
        },
        cancel);

    public Task<Outcome<SecurityGroupRule>> AddRuleAsync(Caller caller, RuleRequest request, CancellationToken cancel) => store.TryWriteAsync<SecurityGroupRule>(
        async session =>
        {
            if (await HeldAsync(session, caller, request.ParentGroupId, cancel) is not { } group)
            {
                return Missing(request.ParentGroupId);
            }

            if (request.GroupId is { } source && (await session.SecurityGroups.FindAsync(source, cancel))?.ProjectId != group.ProjectId)
            {
                return Missing(source);
            }

            if (!RuleChecks.Check(request).Succeeded(out var rule, out var wrong))
            {
                return wrong;
            }

            await session.Quotas.LockAsync(group.ProjectId, cancel);
            var rules = await session.SecurityGroups.RulesOfAsync(group.Id, cancel);
            var limits = await QuotaLimits.OfAsync(session, settings, group.ProjectId, cancel);
            if (rules.Exists(other => RuleChecks.Same(other, rule)))
            {
                return Problem.Bad($"This rule already exists in group {group.Id}");
            }

            return QuotaLimits.Check(limits, "security_group_rules", rules.Count, 1) is { } over
                ? over
                : rule with { Id = await session.SecurityGroups.AddRuleAsync(rule, cancel) };
        },
        cancel);

    public Task<Outcome<Done>> DeleteRuleAsync(Caller caller, long id, CancellationToken cancel) => store.TryWriteAsync<Done>(
        async session =>
        {
            if (await session.SecurityGroups.FindRuleAsync(id, cancel) is not { } rule || await OwnAsync(session, caller, rule.ParentGroupId, cancel) is null)
            {
                return Problem.Missing($"Rule ({id}) not found");
            }

            await session.SecurityGroups.RemoveRuleAsync(rule, cancel);
            return default(Done);
        },
        cancel);

    private static Problem Missing(long id) => Problem.Missing($"Security group with id {id} not found");

    /// <summary>Shared by those who put something into groups of the project or name them; whoever deletes one waits for them, and they for it.</summary>
    private static string LockOf(string project) => $"groups/{project}";

    /// <summary>The caller's group, which stays until the transaction's end.</summary>
    private static async Task<SecurityGroup?> HeldAsync(Session session, Caller caller, long id, CancellationToken cancel)
    {
        if (await OwnAsync(session, caller, id, cancel) is not { } group)
        {
            return null;
        }

        await session.ShareLockAsync(LockOf(group.ProjectId), cancel);
        return await OwnAsync(session, caller, id, cancel);
    }

    private static async Task<SecurityGroup?> OwnAsync(Session session, Caller caller, long id, CancellationToken cancel) =>
        await session.SecurityGroups.FindAsync(id, cancel) is { } group && (group.ProjectId == caller.ProjectId || caller.IsAdmin) ? group : null;
}
