using Bridgehead.Model;
using Bridgehead.Store;

namespace Bridgehead.Control;

/// <summary>
/// The way back in: the administrator of the settings, with a password, on the project of the settings, in the default domain; whatever of it is missing or disabled is made or enabled. For who may
/// write to the store, as with keystone-manage bootstrap.
/// </summary>
public sealed class Bootstrap(Database store, NovaSettings settings)
{
    /// <summary>The user's tokens end. Everything else stays.</summary>
    public async Task<Outcome<Done>> RunAsync(string user, string password, CancellationToken cancel)
    {
        if ((Text.CheckName("User name", user) ?? Passwords.Check(password)) is { } wrong)
        {
            return wrong;
        }

        var hash = await Passwords.HashAsync(password, cancel);
        return await IdentityChange.RunAsync<Done>(
            store,
            async session =>
            {
                var who = session.Identities;
                await who.SaveDomainAsync((await who.DomainAsync(Domain.DefaultId, cancel))! with { Enabled = true }, cancel);
                if (await who.RoleByNameAsync(Role.Admin, cancel) is null)
                {
                    await who.AddRoleAsync(new Role(IdentityChange.NewId(), Role.Admin, ""), cancel);
                }

                var project = await ProjectAsync(session, cancel);
                var id = await UserAsync(session, user, hash, project, cancel);
                await who.AssignAsync(id, project, Role.Admin, cancel);
                await session.Tokens.RevokeOfUserAsync(id, cancel);
                return default(Done);
            },
            cancel);
    }

    private async Task<string> ProjectAsync(Session session, CancellationToken cancel)
    {
        if (await session.Identities.ProjectByNameAsync(Domain.DefaultId, settings.AdminProject, cancel) is { } project)
        {
            await session.Identities.SaveProjectAsync(project with { Enabled = true }, cancel);
            return project.Id;
        }

        var made = new Project(IdentityChange.NewId(), settings.AdminProject, "", Enabled: true);
        await session.Identities.AddProjectAsync(made, cancel);
        return made.Id;
    }

    private static async Task<string> UserAsync(Session session, string name, string hash, string project, CancellationToken cancel)
    {
        if (await session.Identities.UserByNameAsync(Domain.DefaultId, name, cancel) is { } user)
        {
            await session.Identities.SaveUserAsync(user with { Enabled = true, PasswordHash = hash }, cancel);
            return user.Id;
        }

        var made = new User(IdentityChange.NewId(), name, Enabled: true, project, hash);
        await session.Identities.AddUserAsync(made, cancel);
        return made.Id;
    }
}
