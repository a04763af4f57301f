namespace Bridgehead.Cli;

/// <summary>Who wants what of which cloud: from options first, then from the environment.</summary>
internal sealed class Credentials(Arguments arguments, NovaSurroundings surroundings)
{
    public string AuthUrl => Find("--os-auth-url") is { } url ? IdentityRoot(url.TrimEnd('/')) : throw Missing("an auth url", "--os-auth-url", "OS_AUTH_URL");

    public string? Endpoint => Find("--os-endpoint-override", "OS_ENDPOINT_OVERRIDE", "NOVACLIENT_BYPASS_URL")?.TrimEnd('/');

    public string? Token => Find("--os-token", "OS_TOKEN", "OS_AUTH_TOKEN");

    public string? UserId => Find("--os-user-id");

    public string UserName => Find("--os-username") ?? throw Missing("a user name or user id", "--os-username", "OS_USERNAME", "--os-user-id", "OS_USER_ID");

    public string Password => Find("--os-password") ?? surroundings.AskPassword() ?? throw Missing("a password", "--os-password", "OS_PASSWORD");

    public string? ProjectId => Find("--os-project-id", "OS_PROJECT_ID", "OS_TENANT_ID");

    public string ProjectName => Find("--os-project-name", "OS_PROJECT_NAME", "OS_TENANT_NAME")
        ?? throw Missing("a project name or project id", "--os-project-name", "OS_PROJECT_NAME", "--os-project-id", "OS_PROJECT_ID");

    public (string Key, string Value) UserDomain => Domain("--os-user-domain");

    public (string Key, string Value) ProjectDomain => Domain("--os-project-domain");

    public string? Region => Find("--os-region-name");

    /// <summary>The catalogue says public; older settings say publicURL.</summary>
    public string Interface => (Find("--os-endpoint-type", "OS_INTERFACE", "OS_ENDPOINT_TYPE", "NOVA_ENDPOINT_TYPE") ?? "public").Replace("URL", "", StringComparison.Ordinal);

    public string? ApiVersion => Find("--os-compute-api-version");

    /// <summary>What must be known before anything is asked of the cloud.</summary>
    public void Check()
    {
        if (Endpoint is not null && Token is not null)
        {
            return;
        }

        if (Token is null && UserId is null)
        {
            _ = UserName;
        }

        if (ProjectId is null)
        {
            _ = ProjectName;
        }

        _ = AuthUrl;
    }

    /// <summary>An option, or the variables in its stead; an empty one counts as absent. Without names the variable is the option's own.</summary>
    public string? Find(string option, params IReadOnlyList<string> variables)
    {
        var names = variables.Count > 0 ? variables : [option.TrimStart('-').Replace('-', '_').ToUpperInvariant()];
        return names.Select(surroundings.Environment).Prepend(arguments.Value(option)).FirstOrDefault(value => !string.IsNullOrEmpty(value));
    }

    private (string Key, string Value) Domain(string option) =>
        Find($"{option}-id") is { } id ? ("id", id) : Find($"{option}-name") is { } name ? ("name", name) : ("id", "default");

    /// <summary>Version 3 is the only one spoken here, however the address ends.</summary>
    private static string IdentityRoot(string url) =>
        url.EndsWith("/v3", StringComparison.Ordinal) ? url : url.EndsWith("/v2.0", StringComparison.Ordinal) ? $"{url[..^5]}/v3" : $"{url}/v3";

    private static CommandException Missing(string what, string option, string variable, string? otherOption = null, string? otherVariable = null) => new(
        otherOption is null
            ? $"You must provide {what} via either {option} or env[{variable}]"
            : $"You must provide {what} via {option}, {otherOption}, env[{variable}] or env[{otherVariable}]");
}
