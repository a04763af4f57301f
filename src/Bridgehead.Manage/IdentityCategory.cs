using Bridgehead.Control;

namespace Bridgehead.Manage;

/// <summary><c>nova-manage identity</c>: for an operator who cannot log in any more.</summary>
internal static class IdentityCategory
{
    public static ManageCategory Category { get; } = new("identity", "accounts of the own identity service",
    [
        new ManageAction(
            "bootstrap", "make or restore an administrator, with a new password",
            [new Parameter("username", "the administrator; else that of admin_user")], BootstrapAsync),
    ]);

    /// <summary>The password is admin_password where that is set, else one is made up and printed, so that it is on no command line.</summary>
    private static async Task<int> BootstrapAsync(ManageCall call)
    {
        if (call.Settings.Keystone.AuthUrl is { } keystone)
        {
            return call.Refuse($"The identity service is the Keystone at {keystone}: use keystone-manage bootstrap there.");
        }

        var user = call["username"] ?? call.Settings.AdminUser;
        var password = call.Settings.AdminPassword ?? Passwords.Random(12);
        if ((await new Bootstrap(await call.StoreAsync(), call.Settings).RunAsync(user, password, call.Cancel)).Problem is { } problem)
        {
            return call.Refuse(problem.Message);
        }

        await call.Output.WriteLineAsync(call.Settings.AdminPassword is null
            ? $"{user} is an administrator of project {call.Settings.AdminProject}, with the password {password}"
            : $"{user} is an administrator of project {call.Settings.AdminProject}, with the password of admin_password");
        return 0;
    }
}
