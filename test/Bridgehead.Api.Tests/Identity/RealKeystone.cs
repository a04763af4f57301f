using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>A Keystone of Debian's package in a folder of its own, on a port of its own: a project "ours" with user "alice", a project "theirs" with user "bob" (passwords "pw"), and the account "nova".</summary>
public sealed class RealKeystone : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bridgehead-keystone-").FullName;

    // Its test server closes every connection after the answer, without saying so.
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
    private Process? _process;

    public string Url { get; } = $"http://127.0.0.1:{FreePort()}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "keystone.conf"), $"""
            [DEFAULT]
            log_file = {_folder}/keystone.log
            [database]
            connection = sqlite:///{_folder}/keystone.db
            [fernet_tokens]
            key_repository = {_folder}/fernet
            [credential]
            key_repository = {_folder}/credential
            [cache]
            enabled = false
            """, Cancel);
        Directory.CreateDirectory(Path.Combine(_folder, "fernet"));
        await ManageAsync("db_sync");

        // A Keystone on SQLite leaves a reader behind after a revocation; with a write-ahead log that locks nobody out.
        const string WriteAhead = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('pragma journal_mode=wal')";
        await RunAsync("/usr/bin/python3", ["-c", WriteAhead, Path.Combine(_folder, "keystone.db")], new Dictionary<string, string>());
        await ManageAsync("fernet_setup", "--keystone-user", Environment.UserName, "--keystone-group", Environment.UserName);
        await ManageAsync("bootstrap", "--bootstrap-password", "secret", "--bootstrap-public-url", $"{Url}/v3", "--bootstrap-region-id", "RegionOne");
        await StartAsync();
        await OpenStackAsync("admin", "project", "create", "--domain", "default", "ours");
        await OpenStackAsync("admin", "user", "create", "--domain", "default", "--password", "pw", "alice");
        await OpenStackAsync("admin", "role", "add", "--project", "ours", "--user", "alice", "member");
        var admin = await TokenAsync("admin");
        await AccountAsync(admin, "theirs", "bob", "member");
        await AccountAsync(admin, "service", "nova", "admin");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("keystone-wsgi-public", ["--host", "127.0.0.1", "--port", new Uri(Url).Port.ToString()]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["OS_KEYSTONE_CONFIG_FILES"] = Path.Combine(_folder, "keystone.conf");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        while (!await AnswersAsync())
        {
            Assert.False(_process.HasExited, "the Keystone ended");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancel);
        }
    }

    public async Task StopAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(default);
        }

        _process?.Dispose();
        _process = null;
    }

    /// <summary>The output of the stock client as a user in the user's project.</summary>
    public Task<string> OpenStackAsync(string user, params string[] arguments) => RunAsync("openstack", arguments, new Dictionary<string, string>
    {
        ["OS_AUTH_URL"] = $"{Url}/v3",
        ["OS_USERNAME"] = user,
        ["OS_PASSWORD"] = PasswordOf(user),
        ["OS_PROJECT_NAME"] = ProjectOf(user),
        ["OS_USER_DOMAIN_NAME"] = "Default",
        ["OS_PROJECT_DOMAIN_NAME"] = "Default",
        ["OS_IDENTITY_API_VERSION"] = "3",
    });

    /// <summary>A new token of the user for the user's project.</summary>
    public async Task<string> TokenAsync(string user)
    {
        using var body = new StringContent(Cloud.LoginBody(user, PasswordOf(user), ProjectOf(user)), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync($"{Url}/v3/auth/tokens", body, Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {await LogAsync()}");
        return answer.Headers.GetValues("X-Subject-Token").Single();
    }

    /// <summary>A call of the Keystone's API; the JSON of its answer.</summary>
    public async Task<JsonElement> CallAsync(string method, string path, string token, string? json = null, string? subject = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{Url}/v3/{path}");
        request.Headers.Add("X-Auth-Token", token);
        if (subject is not null)
        {
            request.Headers.Add("X-Subject-Token", subject);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        using var answer = await _http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {text} {await LogAsync()}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>The id of a thing by its name.</summary>
    public async Task<string> IdAsync(string kind, string name, string token) => (await CallAsync("GET", $"{kind}s?name={name}", token)).GetProperty($"{kind}s")[0].GetProperty("id").GetString()!;

    /// <summary>Puts a service of ours into its catalogue.</summary>
    public async Task PublishAsync(string admin, string type, string url)
    {
        var service = (await CallAsync("POST", "services", admin, $$$"""{"service":{"type":"{{{type}}}","name":"{{{type}}}"}}""")).GetProperty("service").GetProperty("id").GetString();
        await CallAsync("POST", "endpoints", admin, $$$"""{"endpoint":{"service_id":"{{{service}}}","interface":"public","region_id":"RegionOne","url":"{{{url}}}"}}""");
    }

    private static string PasswordOf(string user) => user == "admin" ? "secret" : "pw";

    private static string ProjectOf(string user) => user switch { "alice" => "ours", "bob" => "theirs", "nova" => "service", _ => "admin" };

    private async Task AccountAsync(string admin, string project, string user, string role)
    {
        var projectId = (await CallAsync("POST", "projects", admin, $$$"""{"project":{"name":"{{{project}}}","domain_id":"default"}}""")).GetProperty("project").GetProperty("id").GetString();
        var made = await CallAsync("POST", "users", admin, $$$"""{"user":{"name":"{{{user}}}","password":"pw","domain_id":"default"}}""");
        await CallAsync("PUT", $"projects/{projectId}/users/{made.GetProperty("user").GetProperty("id").GetString()}/roles/{await IdAsync("role", role, admin)}", admin);
    }

    /// <summary>The end of the Keystone's log, for a test that fails.</summary>
    private async Task<string> LogAsync() => File.Exists(Path.Combine(_folder, "keystone.log"))
        ? string.Join('\n', (await File.ReadAllLinesAsync(Path.Combine(_folder, "keystone.log"), Cancel)).TakeLast(20))
        : "";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await _http.GetAsync($"{Url}/v3", Cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task<string> ManageAsync(params string[] arguments) =>
        RunAsync("keystone-manage", ["--config-file", Path.Combine(_folder, "keystone.conf"), .. arguments], new Dictionary<string, string>());

    private async Task<string> RunAsync(string program, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', start.ArgumentList)}: {await error}{await output}\n{await LogAsync()}");
        return await output;
    }
}
