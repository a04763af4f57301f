using P = Bridgehead.Cli.Parameter;

namespace Bridgehead.Cli;

/// <summary>Options of every command. Most have an environment variable of the same name.</summary>
internal static class GlobalOptions
{
    public static readonly IReadOnlyList<Parameter> All =
    [
        P.Switch("--help", "Print help and leave.", "-h"),
        P.Switch("--version", "Print the version and leave."),
        P.Switch("--debug", "Print requests and replies, without secrets."),
        P.Switch("--insecure", "Do not verify the server's certificate. Use with caution."),
        P.Option("--timeout", "<seconds>", "How long to wait for an answer."),
        P.Option("--os-auth-url", "<auth-url>", "Identity service, version 3. Default: env[OS_AUTH_URL]."),
        P.Option("--os-username", "<username>", "User name. Default: env[OS_USERNAME]."),
        P.Option("--os-user-id", "<user-id>", "User id. Default: env[OS_USER_ID]."),
        P.Option("--os-password", "<password>", "Password. Default: env[OS_PASSWORD]."),
        P.Option("--os-project-name", "<project-name>", "Project name. Default: env[OS_PROJECT_NAME], env[OS_TENANT_NAME].", "--os-tenant-name"),
        P.Option("--os-project-id", "<project-id>", "Project id. Default: env[OS_PROJECT_ID], env[OS_TENANT_ID].", "--os-tenant-id"),
        P.Option("--os-user-domain-name", "<domain-name>", "The user's domain. Default: env[OS_USER_DOMAIN_NAME]."),
        P.Option("--os-user-domain-id", "<domain-id>", "The user's domain. Default: env[OS_USER_DOMAIN_ID]."),
        P.Option("--os-project-domain-name", "<domain-name>", "The project's domain. Default: env[OS_PROJECT_DOMAIN_NAME]."),
        P.Option("--os-project-domain-id", "<domain-id>", "The project's domain. Default: env[OS_PROJECT_DOMAIN_ID]."),
        P.Option("--os-token", "<token>", "A token instead of a password. Default: env[OS_TOKEN].", "--os-auth-token"),
        P.Option("--os-region-name", "<region-name>", "Region. Default: env[OS_REGION_NAME]."),
        P.Option("--os-endpoint-type", "<endpoint-type>", "public, internal or admin. Default: env[OS_ENDPOINT_TYPE], public.", "--os-interface", "--endpoint-type"),
        P.Option("--os-endpoint-override", "<url>", "Compute service, instead of the catalogue's. Default: env[OS_ENDPOINT_OVERRIDE].", "--bypass-url", "--endpoint-override"),
        P.Option("--os-compute-api-version", "<version>", "2.N or 2.latest. Default: env[OS_COMPUTE_API_VERSION], 2.35."),
        P.Option("--os-auth-type", "<type>", "Accepted for old scripts: password, or token when a token is given.", "--os-auth-plugin"),
        P.Option("--os-auth-system", "<system>", "Accepted for old scripts.", "--service-type", "--service-name"),
        P.Option("--os-cacert", "<file>", "Certificates to trust, in a PEM file. Default: env[OS_CACERT]."),
    ];
}
