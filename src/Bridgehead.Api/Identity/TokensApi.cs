using System.Text.Json;
using Bridgehead.Model;

namespace Bridgehead.Api;

/// <summary>Tokens: log-in, look, revoke; and the catalogue.</summary>
internal static class TokensApi
{
    private const string Tokens = $"{IdentityRoutes.V}/auth/tokens";
    private const string Subject = "X-Subject-Token";

    public static void Map(Routes routes) => routes
        .Map("POST", Tokens, Access.Anyone, IssueAsync)
        .Doc(
            "Makes a token, by password, token or application credential; the header X-Subject-Token has it.",
            201,
            """
            {"auth":{"identity":{"methods":["password"],"password":{"user":{"id":null,"name":"nobody","domain":{"id":null,"name":"Default"},"password":"wrong"}},"token":{"id":"none"},
            "application_credential":{"id":"none","name":null,"secret":"wrong","user":{"name":"nobody","domain":{"id":"default"}}}},
            "scope":{"project":{"id":null,"name":"admin","domain":{"id":"default","name":null}}}}}
            """,
            "nocatalog")
        .Map("GET", Tokens, Access.User, ShowAsync).Doc("Shows the token of the header X-Subject-Token.", 200, null, "nocatalog")
        .Map("HEAD", Tokens, Access.User, ShowAsync).Doc("Whether the token of the header X-Subject-Token is good.")
        .Map("DELETE", Tokens, Access.User, RevokeAsync).Doc("Revokes the token of the header X-Subject-Token.", 204)
        .Map("GET", $"{IdentityRoutes.V}/auth/catalog", Access.User, CatalogueAsync).Doc("Shows the catalogue of the token.");

    private static async Task IssueAsync(ApiCall call, JsonBody body)
    {
        if (!AuthBody.Supported(body))
        {
            await call.RefuseAsync(new Problem(ProblemKind.Unauthorized, "Attempted to authenticate with an unsupported method: password, token and application_credential are supported."));
            return;
        }

        var request = AuthBody.Read(body);
        if (body.Wrong is { } wrong)
        {
            await call.RefuseAsync(wrong);
            return;
        }

        if (!(await call.Services.Identity.Authentication.LogInAsync(request, call.Cancel)).Succeeded(out var issued, out var problem))
        {
            await call.RefuseAsync(problem);
            return;
        }

        await AnswerAsync(call, 201, issued.Id, issued.Login);
    }

    private static async Task ShowAsync(ApiCall call)
    {
        if (await SubjectAsync(call) is { } found)
        {
            await AnswerAsync(call, 200, found.Id, found.Login);
        }
    }

    private static async Task RevokeAsync(ApiCall call)
    {
        if (await SubjectAsync(call) is { } found)
        {
            await call.Services.Identity.Authentication.RevokeAsync(found.Id, call.Cancel);
            await call.AnswerAsync(204);
        }
    }

    /// <summary>The token asked about, which is one's own user's unless an administrator asks; else 404 is answered.</summary>
    private static async Task<(string Id, Login Login)?> SubjectAsync(ApiCall call)
    {
        var id = call.Http.Request.Headers[Subject].ToString();
        if (await call.Services.Identity.Authentication.FindAsync(id, call.Cancel) is { } login && (login.User.Id == call.Caller.UserId || call.Caller.IsAdmin))
        {
            return (id, login);
        }

        await call.RefuseAsync(Problem.Missing("Could not find token."));
        return null;
    }

    private static async Task CatalogueAsync(ApiCall call)
    {
        if (call.Login is { Project: null, Domain: null, System: false })
        {
            await call.RefuseAsync(Problem.Denied("A token that is for nothing has no catalogue."));
            return;
        }

        var catalogue = await CatalogueView.ReadAsync(call, call.Login!);
        await call.AnswerAsync(200, w =>
        {
            catalogue.Write(w);
            w.Links(call);
        });
    }

    private static async Task AnswerAsync(ApiCall call, int status, string id, Login login)
    {
        var scoped = login.Project is not null || login.Domain is not null || login.System;
        var catalogue = scoped && !call.Http.Request.Query.ContainsKey("nocatalog") ? await CatalogueView.ReadAsync(call, login) : null;
        call.Http.Response.Headers[Subject] = id;
        call.Http.Response.Headers.Vary = "X-Auth-Token";
        await call.AnswerAsync(status, w =>
        {
            w.WriteStartObject("token");
            Write(w, login);
            if (scoped)
            {
                Scope(w, login);
            }

            catalogue?.Write(w);
            w.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter w, Login login)
    {
        Views.List(w, "methods", login.Methods);
        w.WriteStartObject("user");
        w.WriteString("id", login.User.Id);
        w.WriteString("name", login.User.Name);
        Domain(w, login.User.Domain);
        w.WriteNull("password_expires_at");
        w.WriteEndObject();
        Views.List(w, "audit_ids", login.AuditIds);
        w.WriteString("issued_at", login.IssuedAt.ToString(IdentityAnswers.TimeFormat, null));
        w.WriteString("expires_at", login.ExpiresAt.ToString(IdentityAnswers.TimeFormat, null));
        if (login.Credential is { } credential)
        {
            w.WriteStartObject("application_credential");
            w.WriteString("id", credential.Id);
            w.WriteString("name", credential.Name);
            w.WriteBoolean("restricted", !credential.Unrestricted);
            w.WriteEndObject();
        }
    }

    private static void Scope(Utf8JsonWriter w, Login login)
    {
        if (login.Project is { } project)
        {
            w.WriteStartObject("project");
            w.WriteString("id", project.Id);
            w.WriteString("name", project.Name);
            Domain(w, project.Domain);
            w.WriteEndObject();
            w.WriteBoolean("is_domain", false);
        }
        else if (login.Domain is { } domain)
        {
            Domain(w, domain);
        }
        else
        {
            w.WriteStartObject("system");
            w.WriteBoolean("all", true);
            w.WriteEndObject();
        }

        w.WriteStartArray("roles");
        foreach (var role in login.Roles)
        {
            w.WriteStartObject();
            w.WriteString("id", role.Id);
            w.WriteString("name", role.Name);
            w.WriteEndObject();
        }

        w.WriteEndArray();
    }

    private static void Domain(Utf8JsonWriter w, Named domain)
    {
        w.WriteStartObject("domain");
        w.WriteString("id", domain.Id);
        w.WriteString("name", domain.Name);
        w.WriteEndObject();
    }
}
