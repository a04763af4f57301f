using System.Diagnostics;
using System.Text.Json;

namespace Bridgehead.Benchmarks;

/// <summary>The least that is needed to drive the sandbox's cloud over HTTP, and programs to completion.</summary>
internal sealed class CloudClient : IDisposable
{
    private const string Compute = "http://127.0.0.1:8774/compute/v2.1";
    private readonly HttpClient _http = new();

    public string Token { get; private set; } = "";

    /// <summary>The id of the image that comes with the cloud.</summary>
    public string Image { get; private set; } = "";

    public Uri Url(string path) => new(Compute + path);

    public static async Task<CloudClient> LoginAsync()
    {
        var cloud = new CloudClient();
        var body = """{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"admin","password":"PASSWORD","domain":{"name":"Default"}}}},"scope":{"project":{"name":"admin","domain":{"name":"Default"}}}}}"""
            .Replace("PASSWORD", Environment.GetEnvironmentVariable("OS_PASSWORD"), StringComparison.Ordinal);
        using var answer = await cloud._http.PostAsync(new Uri("http://127.0.0.1:8774/identity/v3/auth/tokens"), new StringContent(body, null, "application/json"));
        answer.EnsureSuccessStatusCode();
        cloud.Token = answer.Headers.GetValues("X-Subject-Token").First();
        cloud._http.DefaultRequestHeaders.Add("X-Auth-Token", cloud.Token);
        cloud.Image = (await cloud.GetAsync("/images")).GetProperty("images")[0].GetProperty("id").GetString()!;
        return cloud;
    }

    public Task<JsonElement> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, Compute + path));

    public Task<JsonElement> PostAsync(string path, string body) => SendAsync(new HttpRequestMessage(HttpMethod.Post, Compute + path) { Content = new StringContent(body, null, "application/json") });

    public Task<JsonElement> DeleteAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Delete, Compute + path));

    /// <summary>Boots a server and waits until it is ACTIVE; returns its id.</summary>
    public async Task<string> BootAsync(string name)
    {
        var body = $$$"""{"server":{"name":"{{{name}}}","imageRef":"{{{Image}}}","flavorRef":"1"}}""";
        var id = (await PostAsync("/servers", body)).GetProperty("server").GetProperty("id").GetString()!;
        while (true)
        {
            var status = (await GetAsync($"/servers/{id}")).GetProperty("server").GetProperty("status").GetString();
            if (status is "ACTIVE")
            {
                return id;
            }

            if (status is "ERROR")
            {
                throw new InvalidOperationException($"{name} did not boot");
            }

            await Task.Delay(1);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        request.Dispose();
        return !answer.IsSuccessStatusCode ? throw new InvalidOperationException($"{answer.StatusCode}: {text}") : text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>Runs a program with input; returns how long it took in milliseconds.</summary>
    public static async Task<double> RunAsync(string program, IReadOnlyList<string> arguments, string input = "")
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        await output;
        return process.ExitCode == 0 ? clock.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {await error}");
    }
}
