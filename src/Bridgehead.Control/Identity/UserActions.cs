using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>What a client says of a new or changed user; null where it says nothing.</summary>
public sealed record UserChange(string? Name, bool? Enabled, string? Password)
{
    /// <summary>Whether the password is taken away.</summary>
    public bool WithoutPassword { get; init; }

    public string? DomainId { get; init; }

    /// <summary>Empty takes it away.</summary>
    public string? DefaultProjectId { get; init; }

    public string Extra { get; init; } = "{}";

    /// <summary>See <see cref="UserOptions"/>.</summary>
    public string Options { get; init; } = "{}";
}

/// <summary>Users. For administrators, but for <see cref="ChangePasswordAsync"/>.</summary>
public sealed class UserActions(Database store)
{
    /// <param name="home">The domain where none is named.</param>
    public async Task<Outcome<User>> CreateAsync(UserChange change, string home, CancellationToken cancel)
    {
        if (change.Password is { } password && Passwords.Check(password) is { } wrong)
        {
            return wrong;
        }

        // Before the transaction, which nobody else should wait for that long.
        var hash = change.Password is null ? null : await Passwords.HashAsync(change.Password, cancel);
        var domain = change.DomainId ?? home;
        return await IdentityChange.RunAsync<User>(
            store,
            async session =>
            {
                if (await session.Identities.DomainAsync(domain, cancel) is null)
                {
                    return IdentityChange.NotFound("domain", domain);
                }

                var fresh = new User(IdentityChange.NewId(), "", Enabled: true, null, hash) { DomainId = domain };
                if (!(await WithAsync(session, fresh, change, cancel)).Succeeded(out var user, out var problem))
                {
                    return problem;
                }

                return await session.Identities.AddUserAsync(user, cancel) ? user : IdentityChange.Taken("user", user.Name);
            },
            cancel);
    }

    /// <summary>Disabling, and another password, end the user's tokens.</summary>
    public async Task<Outcome<User>> UpdateAsync(string id, UserChange change, CancellationToken cancel)
    {
        if (change.Password is { } password && Passwords.Check(password) is { } wrong)
        {
            return wrong;
        }

        var hash = change.Password is null ? null : await Passwords.HashAsync(change.Password, cancel);
        return await IdentityChange.RunAsync(store, session => SaveAsync(session, id, change, hash, cancel), cancel);
    }

    /// <summary>The user's own change: the old password proves who asks. All tokens of the user end.</summary>
    public async Task<Outcome<Done>> ChangePasswordAsync(string id, string original, string password, CancellationToken cancel)
    {
        if (Passwords.Check(password) is { } wrong)
        {
            return wrong;
        }

        var user = await store.ReadAsync(session => session.Identities.UserAsync(id, cancel), cancel);
        if (!await Passwords.VerifyAsync(original, user?.PasswordHash, cancel) || !user!.Enabled)
        {
            return Authentication.Refused;
        }

        if (UserOptions.LocksPassword(user.Options))
        {
            return Problem.Bad("You cannot change your password: an administrator does that.");
        }

        var hash = await Passwords.HashAsync(password, cancel);
        return await IdentityChange.RunAsync<Done>(
            store,
            async session =>
            {
                if (await session.Identities.UserAsync(id, cancel) is not { } now || now.PasswordHash != user.PasswordHash)
                {
                    return Authentication.Refused;
                }

                await session.Identities.SaveUserAsync(now with { PasswordHash = hash }, cancel);
                await session.Tokens.RevokeOfUserAsync(id, cancel);
                return default(Done);
            },
            cancel);
    }

    /// <summary>With roles, memberships, tokens and application credentials.</summary>
    public Task<Outcome<Done>> DeleteAsync(string id, CancellationToken cancel) => IdentityChange.RunAsync<Done>(
        store,
        async session =>
        {
            if (await session.Identities.UserAsync(id, cancel) is null)
            {
                return IdentityChange.NotFound("user", id);
            }

            await session.Identities.RemoveUserAsync(id, cancel);
            return default(Done);
        },
        cancel);

    private static async Task<Outcome<User>> SaveAsync(Session session, string id, UserChange change, string? hash, CancellationToken cancel)
    {
        if (await session.Identities.UserAsync(id, cancel) is not { } before)
        {
            return IdentityChange.NotFound("user", id);
        }

        if (change.DomainId is { } domain && domain != before.DomainId)
        {
            return Problem.Bad("Cannot change the domain of a user.");
        }

        var wanted = hash is not null || change.WithoutPassword ? before with { PasswordHash = hash } : before;
        if (!(await WithAsync(session, wanted, change, cancel)).Succeeded(out var user, out var problem))
        {
            return problem;
        }

        if (user.Name != before.Name && await session.Identities.UserByNameAsync(user.DomainId, user.Name, cancel) is not null)
        {
            return IdentityChange.Taken("user", user.Name);
        }

        await session.Identities.SaveUserAsync(user, cancel);
        if ((before.Enabled && !user.Enabled) || user.PasswordHash != before.PasswordHash)
        {
            await session.Tokens.RevokeOfUserAsync(id, cancel);
        }

        return user;
    }

    private static async Task<Outcome<User>> WithAsync(Session session, User user, UserChange change, CancellationToken cancel)
    {
        var changed = user with
        {
            Name = change.Name ?? user.Name,
            Enabled = change.Enabled ?? user.Enabled,
            DefaultProjectId = change.DefaultProjectId is null ? user.DefaultProjectId : change.DefaultProjectId.Length == 0 ? null : change.DefaultProjectId,
        };
        if (Text.CheckName("User name", changed.Name) is { } wrong)
        {
            return wrong;
        }

        if (changed.DefaultProjectId is { } project && project != user.DefaultProjectId && await session.Identities.ProjectAsync(project, cancel) is null)
        {
            return Problem.Bad($"default_project_id: there is no project {project}.");
        }

        return Extra.Merge(user.Extra, change.Extra).Succeeded(out var extra, out var problem) && UserOptions.Merge(user.Options, change.Options).Succeeded(out var options, out problem)
            ? changed with { Extra = extra, Options = options }
            : problem;
    }
}
