using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>Who we are and what is where.</summary>
internal static class IdentityCommands
{
    public static readonly IReadOnlyList<Verb> Verbs =
    [
        new("credentials", "Show the user's credentials and the token.", [], CredentialsAsync),
        new("endpoints", "Show the catalogue's endpoints.", [], EndpointsAsync),
        new("version-list", "List the versions this client and the server know.", [], VersionsAsync),
    ];

    private static async Task CredentialsAsync(Call call)
    {
        var login = await call.Compute.LoginAsync();
        var user = login.Body.Member("user").Members().Select(m => (m.Name, Cell.Of(m.Value)));
        var roles = string.Join(", ", login.Body.Items("roles").Select(role => role.Text("name")));
        call.Terminal.Properties([.. user, ("roles", roles)], "User Credentials");
        var project = login.Body.Member("project");
        call.Terminal.Properties(
            [("id", login.Token), ("expires", Cell.Of(login.Body.Member("expires_at"))), ("issued_at", Cell.Of(login.Body.Member("issued_at"))), ("tenant", Cell.Of(project))], "Token");
    }

    private static async Task EndpointsAsync(Call call)
    {
        foreach (var service in (await call.Compute.LoginAsync()).Body.Items("catalog"))
        {
            foreach (var endpoint in service.Items("endpoints"))
            {
                call.Terminal.Properties(endpoint.Members().Select(m => (m.Name, Cell.Of(m.Value))), service.Text("name") ?? service.Text("type") ?? "");
            }
        }
    }

    private static async Task VersionsAsync(Call call)
    {
        call.Terminal.Show("Client supported API versions:\nMinimum version 2.1\nMaximum version 2.42\n\nServer supported API versions:");
        var answer = await call.Compute.VersionsAsync();
        IEnumerable<JsonElement> versions = answer.Member("version") is { ValueKind: JsonValueKind.Object } one ? [one] : answer.Items("versions");
        call.Terminal.List(versions, "Id", "Status", "Updated", "Min Version", "Version");
    }
}
