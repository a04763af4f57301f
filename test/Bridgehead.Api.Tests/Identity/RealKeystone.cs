using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>A Keystone of Debian's package in a folder of its own, on a port of its own: a project "ours" with user "alice", a project "theirs" with user "bob" (passwords "pw"), and the account "nova".</summary>
public sealed class RealKeystone : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bridgehead-keystone-").FullName;
    private readonly HttpClient _http = new();
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
        await ManageAsync("fernet_setup", "--keystone-user", Environment.UserName, "--keystone-group", Environment.UserName);
        await ManageAsync("bootstrap", "--bootstrap-password", "secret", "--bootstrap-public-url", $"{Url}/v3", "--bootstrap-region-id", "RegionOne");
        await StartAsync();
        foreach (var (project, user, role) in new[] { ("ours", "alice", "member"), ("theirs", "bob", "member"), ("service", "nova", "admin") })
        {
            await OpenStackAsync("admin", "project", "create", "--domain", "default", project);
            await OpenStackAsync("admin", "user", "create", "--domain", "default", "--password", "pw", user);
            await OpenStackAsync("admin", "role", "add", "--project", project, "--user", user, role);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("keystone-wsgi-public", ["--host", "127.0.0.1", "--port", new Uri(Url).Port.ToString()]) { RedirectStandardOutput = true, RedirectStandardError = true };
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
        ["OS_PASSWORD"] = user == "admin" ? "secret" : "pw",
        ["OS_PROJECT_NAME"] = user switch { "alice" => "ours", "bob" => "theirs", "nova" => "service", _ => "admin" },
        ["OS_USER_DOMAIN_NAME"] = "Default",
        ["OS_PROJECT_DOMAIN_NAME"] = "Default",
        ["OS_IDENTITY_API_VERSION"] = "3",
    });

    public async Task<string> TokenAsync(string user) => (await OpenStackAsync(user, "token", "issue", "-f", "value", "-c", "id")).Trim();

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

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', start.ArgumentList)}: {await error}{await output}");
        return await output;
    }
}
