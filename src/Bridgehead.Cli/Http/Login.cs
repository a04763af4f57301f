using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>What identity gave us: a token, and where compute is.</summary>
internal sealed record Login(string Token, string ComputeUrl, JsonElement Body)
{
    public string ProjectId => Body.Member("project").Text("id") ?? throw new CommandException("The token is for no project.");

    public string UserId => Body.Member("user").Text("id") ?? throw new CommandException("The token is for no user.");

    public static async Task<Login> AskAsync(HttpExchange http, Credentials credentials)
    {
        if (credentials is { Endpoint: { } endpoint, Token: { } token })
        {
            return new Login(token, endpoint, default);
        }

        var answer = await http.SendAsync(HttpMethod.Post, $"{credentials.AuthUrl}/auth/tokens", Request(credentials), []);
        if (!answer.Headers.TryGetValues("X-Subject-Token", out var tokens))
        {
            throw new CommandException($"{credentials.AuthUrl} gave no token; is it an identity service of version 3?", "Unauthorized");
        }

        var body = answer.Body.Member("token");
        return new Login(tokens.First(), credentials.Endpoint ?? FindCompute(body, credentials), body);
    }

    private static byte[] Request(Credentials credentials) => JsonElements.Object(w => w.Object("auth", () =>
    {
        w.Object("identity", () =>
        {
            w.WriteStartArray("methods");
            w.WriteStringValue(credentials.Token is null ? "password" : "token");
            w.WriteEndArray();
            if (credentials.Token is { } token)
            {
                w.Object("token", () => w.WriteString("id", token));
            }
            else
            {
                w.Object("password", () => w.Object("user", () => WriteUser(w, credentials)));
            }
        });
        w.Object("scope", () => w.Object("project", () => WriteProject(w, credentials)));
    }));

    private static void WriteUser(Utf8JsonWriter w, Credentials credentials)
    {
        if (credentials.UserId is { } id)
        {
            w.WriteString("id", id);
        }
        else
        {
            w.WriteString("name", credentials.UserName);
            w.Object("domain", () => w.WriteString(credentials.UserDomain.Key, credentials.UserDomain.Value));
        }

        w.WriteString("password", credentials.Password);
    }

    private static void WriteProject(Utf8JsonWriter w, Credentials credentials)
    {
        if (credentials.ProjectId is { } id)
        {
            w.WriteString("id", id);
            return;
        }

        w.WriteString("name", credentials.ProjectName);
        w.Object("domain", () => w.WriteString(credentials.ProjectDomain.Key, credentials.ProjectDomain.Value));
    }

    private static string FindCompute(JsonElement token, Credentials credentials)
    {
        var fitting =
            from service in token.Items("catalog")
            where service.Text("type") == "compute"
            from endpoint in service.Items("endpoints")
            where endpoint.Text("interface") == credentials.Interface
            where credentials.Region is null || credentials.Region == (endpoint.Text("region") ?? endpoint.Text("region_id"))
            select endpoint.Text("url");
        return fitting.FirstOrDefault()?.TrimEnd('/') ?? throw new CommandException(
            $"{credentials.Interface} endpoint for compute service{(credentials.Region is { } region ? $" in {region} region" : "")} not found", "EndpointNotFound");
    }
}
