using Bridgehead.Control;

namespace Bridgehead.Api;

/// <summary>Reads the body of a log-in.</summary>
internal static class AuthBody
{
    private static readonly string[] Methods = ["password", "token", "application_credential"];

    /// <summary>Whether the methods are ones that exist here; what is wrong otherwise is noted in the body.</summary>
    public static bool Supported(JsonBody body)
    {
        var methods = body.Object("auth").Object("identity").TryTextList("methods");
        if (methods is null or { Count: 0 })
        {
            body.Note("auth.identity.methods must be a list of at least one method.");
        }

        return body.Wrong is not null || methods!.All(Methods.Contains);
    }

    public static LoginRequest Read(JsonBody body)
    {
        var auth = body.Object("auth");
        var identity = auth.Object("identity");
        var methods = identity.TryTextList("methods") ?? [];
        var request = new LoginRequest(Scope(auth));
        if (methods.Contains("password"))
        {
            var user = identity.Object("password").Object("user");
            request = request with { Password = (Reference(user), user.Text("password")) };
        }

        if (methods.Contains("token"))
        {
            request = request with { Token = identity.Object("token").Text("id") };
        }

        return methods.Contains("application_credential") ? request with { Credential = Credential(identity.Object("application_credential")) } : request;
    }

    private static (string? Id, string? Name, Reference? User, string Secret) Credential(JsonBody credential)
    {
        var (id, name, secret) = (credential.TryText("id"), credential.TryText("name"), credential.Text("secret"));
        if (id is null && name is null)
        {
            credential.Note("An application credential is named by its id, or by its name and its user.");
        }

        return (id, name, id is null ? Reference(credential.Object("user")) : null, secret);
    }

    private static ScopeWish Scope(JsonBody auth)
    {
        if (!auth.Has("scope"))
        {
            return new ScopeWish.Whatever();
        }

        if (auth.Is("scope", "unscoped"))
        {
            return new ScopeWish.Nothing();
        }

        var scope = auth.Object("scope");
        var keys = scope.Keys.Where(scope.Has).ToList();
        switch (keys)
        {
            case ["unscoped"]:
                return new ScopeWish.Nothing();
            case ["project"]:
                return new ScopeWish.OfProject(Reference(scope.Object("project")));
            case ["domain"]:
                return new ScopeWish.OfDomain(Domain(scope.Object("domain")));
            case ["system"] when scope.Object("system").TryFlag("all") == true:
                return new ScopeWish.OfSystem();
            default:
                auth.Note("auth.scope must be one of a project, a domain, the system ({\"all\": true}), and \"unscoped\".");
                return new ScopeWish.Nothing();
        }
    }

    /// <summary>A user or project: by id, or by name and domain.</summary>
    private static Reference Reference(JsonBody thing)
    {
        var (id, name) = (thing.TryText("id"), thing.TryText("name"));
        if (id is null && name is null)
        {
            thing.Note("A user or project is named by its id, or by its name and its domain.");
        }

        return new Reference(id, name, id is null ? Domain(thing.Object("domain")) : null);
    }

    private static DomainReference Domain(JsonBody domain)
    {
        var (id, name) = (domain.TryText("id"), domain.TryText("name"));
        if (id is null && name is null)
        {
            domain.Note("A domain is named by its id or name.");
        }

        return new DomainReference(id, name);
    }
}
