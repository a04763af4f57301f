using System.Text.Json;

namespace Bridgehead.Cli;

/// <summary>
/// The compute service. It logs in with the first request and never asks what versions there are: one round trip less, and 2.35 is the last version that
/// still has nova-network's resources.
/// </summary>
internal sealed class ComputeClient(HttpExchange http, Credentials credentials)
{
    private const string Default = "2.35";
    private const string WithWords = "2.37";
    private const int LastWithNetworks = 35;

    /// <summary>Resources that later versions do not have.</summary>
    private static readonly string[] NetworkResources =
        ["os-networks", "os-tenant-networks", "os-fixed-ips", "os-floating-ip", "os-security-group", "os-virtual-interfaces", "os-cloudpipe", "images"];

    private string? _version = credentials.ApiVersion is { } asked ? Checked(asked) : null;
    private Login? _login;

    /// <summary>Whether create requires "networks", as it does from 2.37.</summary>
    public bool WantsNetworks => Minor(_version ?? Default) > 36;

    /// <summary>Asks for the first version that has "auto" and "none" for networks, unless the user chose one.</summary>
    public void WantWords()
    {
        if (credentials.ApiVersion is null)
        {
            _version = WithWords;
        }
        else if (Minor(_version!) < LastWithNetworks + 2)
        {
            throw new CommandException($"--nic auto and --nic none need version {WithWords} or later.");
        }
    }

    public async Task<Login> LoginAsync()
    {
        credentials.Check();
        return _login ??= await Login.AskAsync(http, credentials);
    }

    public Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<JsonElement> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<JsonElement> PostAsync(string path, Action<Utf8JsonWriter> body) => SendAsync(HttpMethod.Post, path, JsonElements.Object(body));

    public Task<JsonElement> PutAsync(string path, Action<Utf8JsonWriter> body) => SendAsync(HttpMethod.Put, path, JsonElements.Object(body));

    /// <summary>An action of a server; those on addresses ended with nova-network.</summary>
    public Task<JsonElement> ActionAsync(string server, string action, Action<Utf8JsonWriter>? arguments = null) => SendAsync(
        HttpMethod.Post,
        $"servers/{Uri.EscapeDataString(server)}/action",
        JsonElements.Object(w =>
        {
            if (arguments is null)
            {
                w.WriteNull(action);
            }
            else
            {
                w.Object(action, () => arguments(w));
            }
        }),
        action.EndsWith("Ip", StringComparison.Ordinal));

    /// <summary>The versions the service speaks, from the parent of its endpoint.</summary>
    public async Task<JsonElement> VersionsAsync()
    {
        var login = await LoginAsync();
        var at = login.ComputeUrl.IndexOf("/v2", StringComparison.Ordinal);
        return (await http.SendAsync(HttpMethod.Get, at < 0 ? login.ComputeUrl : login.ComputeUrl[..at], null, [("X-Auth-Token", login.Token)])).Body;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, byte[]? body, bool network = false)
    {
        var login = await LoginAsync();
        var url = $"{login.ComputeUrl}/{path}";
        network |= Array.Exists(NetworkResources, resource => path.Contains(resource, StringComparison.Ordinal));
        try
        {
            return (await http.SendAsync(method, url, body, Headers(login, network))).Body;
        }
        catch (ApiException refused) when (refused.Status == 406 && credentials.ApiVersion is null && _version is null)
        {
            // An older cloud, which does not know our version: every one knows the first.
            _version = "2.1";
            return (await http.SendAsync(method, url, body, Headers(login, network))).Body;
        }
    }

    private IEnumerable<(string, string)> Headers(Login login, bool network)
    {
        var version = _version ?? Default;
        version = network && Minor(version) > LastWithNetworks ? Default : version;
        return [("X-Auth-Token", login.Token), ("X-OpenStack-Nova-API-Version", version), ("OpenStack-API-Version", $"compute {version}")];
    }

    private static int Minor(string version) => version == "latest" ? int.MaxValue : int.Parse(version.AsSpan(2));

    private static string Checked(string asked) => asked switch
    {
        "2" or "2.0" or "1.1" => "2.1",
        "latest" or "2.latest" => "latest",
        _ when asked.StartsWith("2.", StringComparison.Ordinal) && ushort.TryParse(asked.AsSpan(2), out _) => asked,
        _ => throw new CommandException($"Invalid format of client version '{asked}'. Expected format 'X.Y', where X is a major part and Y is a minor part of version.", "UnsupportedVersion"),
    };
}
