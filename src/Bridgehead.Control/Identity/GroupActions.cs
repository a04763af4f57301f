using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>Groups of users. For administrators.</summary>
public sealed class GroupActions(Database store)
{
    public Task<Outcome<Group>> CreateAsync(string domain, NamedChange change, CancellationToken cancel) => IdentityChange.RunAsync<Group>(
        store,
        async session =>
        {
            if (!With(new Group(IdentityChange.NewId(), "", domain, ""), change).Succeeded(out var group, out var problem))
            {
                return problem;
            }

            if (await session.Identities.DomainAsync(domain, cancel) is null)
            {
                return IdentityChange.NotFound("domain", domain);
            }

            return await session.Identities.AddGroupAsync(group, cancel) ? group : IdentityChange.Taken("group", group.Name);
        },
        cancel);

    /// <param name="domain">What the client says; the domain stays.</param>
    public Task<Outcome<Group>> UpdateAsync(string id, string? domain, NamedChange change, CancellationToken cancel) => IdentityChange.RunAsync<Group>(
        store,
        async session =>
        {
            if (await session.Identities.GroupAsync(id, cancel) is not { } before)
            {
                return IdentityChange.NotFound("group", id);
            }

            if (!With(before, change).Succeeded(out var group, out var problem))
            {
                return problem;
            }

            if ((domain ?? before.DomainId) != before.DomainId)
            {
                return Problem.Bad("Cannot change the domain of a group.");
            }

            if (group.Name != before.Name && await session.Identities.GroupByNameAsync(group.DomainId, group.Name, cancel) is not null)
            {
                return IdentityChange.Taken("group", group.Name);
            }

            await session.Identities.SaveGroupAsync(group, cancel);
            return group;
        },
        cancel);

    public Task<Outcome<Done>> DeleteAsync(string id, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await session.Identities.GroupAsync(id, cancel) is null)
            {
                return IdentityChange.NotFound("group", id);
            }

            await session.Identities.RemoveGroupAsync(id, cancel);
            await session.ApplicationCredentials.EndWithoutRolesAsync(null, cancel);
            return default(Done);
        },
        cancel);

    public Task<Outcome<Done>> AddMemberAsync(string group, string user, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await MissingAsync(session, group, user, cancel) is { } missing)
            {
                return missing;
            }

            await session.Identities.AddMemberAsync(group, user, cancel);
            return default(Done);
        },
        cancel);

    public Task<Outcome<Done>> RemoveMemberAsync(string group, string user, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await MissingAsync(session, group, user, cancel) is { } missing)
            {
                return missing;
            }

            if (!await session.Identities.RemoveMemberAsync(group, user, cancel))
            {
                return Problem.Missing($"User {user} is not a member of group {group}.");
            }

            await session.ApplicationCredentials.EndWithoutRolesAsync(user, cancel);
            return default(Done);
        },
        cancel);

    private static Outcome<Group> With(Group group, NamedChange change)
    {
        var changed = group with { Name = change.Name ?? group.Name, Description = change.Description ?? group.Description };
        return Text.CheckName("Group name", changed.Name, 64) is { } wrong ? wrong
            : Extra.Merge(group.Extra, change.Extra).Succeeded(out var extra, out var problem) ? changed with { Extra = extra } : problem;
    }

    private static async Task<Problem?> MissingAsync(Session session, string group, string user, CancellationToken cancel)
    {
        if (await session.Identities.GroupAsync(group, cancel) is null)
        {
            return IdentityChange.NotFound("group", group);
        }

        return await session.Identities.UserAsync(user, cancel) is null ? IdentityChange.NotFound("user", user) : null;
    }
}
