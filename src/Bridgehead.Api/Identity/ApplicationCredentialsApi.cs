using System.Globalization;
using Bridgehead.Control;

namespace Bridgehead.Api;

/// <summary>A user's application credentials: the user's own, and for administrators to look at and delete.</summary>
internal static class ApplicationCredentialsApi
{
    private const string Of = $"{IdentityRoutes.V}/users/{{user}}/application_credentials";

    public static void Map(Routes routes) => routes
        .Map("GET", Of, Access.User, ListAsync).Doc("Lists a user's application credentials.", 200, null, "name", "limit", "marker")
        .Map("GET", Of + "/{id}", Access.User, ShowAsync).Doc("Shows an application credential.")
        .Map("POST", Of, Access.User, CreateAsync)
        .Doc(
            "Makes an application credential for the token's project; its secret is told once.",
            201,
            """
            {"application_credential":{"name":"c","description":"x","secret":"secret","expires_at":"2199-01-01T00:00:00.000000","roles":[{"id":null,"name":"admin"}],"unrestricted":false,
            "access_rules":[]}}
            """)
        .Map("DELETE", Of + "/{id}", Access.User, async call => await (Mine(call)
            ? call.DoneAsync(await call.Services.Identity.Credentials.DeleteAsync(call.Login!, call.Segment("user"), call.Segment("id"), call.Cancel), 204)
            : call.NotFoundAsync("user", call.Segment("user")))).Doc("Deletes an application credential; its tokens end.", 204);

    private static bool Mine(ApiCall call) => call.Caller.IsAdmin || call.Segment("user") == call.Caller.UserId;

    private static Task ListAsync(ApiCall call) => Mine(call)
        ? call.PageAsync(
            "application_credentials",
            (s, page) => s.ApplicationCredentials.ListAsync(call.Segment("user"), call.Query("name"), page, call.Cancel),
            async (s, id) => await s.ApplicationCredentials.FindAsync(id, call.Cancel) is not null,
            credential => credential.Id,
            IdentityViews.Credential)
        : call.NotFoundAsync("user", call.Segment("user"));

    private static async Task ShowAsync(ApiCall call)
    {
        var found = Mine(call) ? await call.Services.Store.ReadAsync(s => s.ApplicationCredentials.FindAsync(call.Segment("id"), call.Cancel), call.Cancel) : null;
        await call.FoundAsync(found?.UserId == call.Segment("user") ? found : null, "application_credential", IdentityViews.Credential);
    }

    private static async Task CreateAsync(ApiCall call, JsonBody body)
    {
        var credential = body.Object("application_credential");
        var request = Read(credential);
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        var made = await call.Services.Identity.Credentials.CreateAsync(call.Login!, call.Segment("user"), request, call.Cancel);
        await call.OneAsync(made, 201, "application_credential", (w, _, made) =>
        {
            IdentityViews.Credential(w, call, made.Credential);
            w.WriteString("secret", made.Secret);
        });
    }

    private static CredentialRequest Read(JsonBody body)
    {
        if (body.List("access_rules").Count > 0)
        {
            body.Note("Access rules are not supported: leave out access_rules, or make roles that allow less.");
        }

        var roles = body.Has("roles") ? body.List("roles").Select(role => (Id: role.TryText("id"), Name: role.TryText("name"))).ToList() : null;
        if (roles?.Exists(role => role.Id is null && role.Name is null) == true)
        {
            body.Note("A role is named by its id or name.");
        }

        return new CredentialRequest(body.Text("name"), body.TryText("description") ?? "", body.TryText("secret"))
        {
            Roles = roles is { Count: 0 } ? null : roles?.Select(role => (role.Id, role.Name)).ToList(),
            ExpiresAt = Time(body),
            Unrestricted = body.TryFlag("unrestricted") ?? false,
        };
    }

    /// <summary>ISO 8601; without a zone it is UTC.</summary>
    private static DateTimeOffset? Time(JsonBody body)
    {
        if (body.TryText("expires_at") is not { } text)
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        body.Note("expires_at must be a time such as 2030-01-01T00:00:00.");
        return null;
    }
}
