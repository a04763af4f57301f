using System.Net;
using System.Text;
using System.Text.Json;
using Bridgehead.Control;
using Bridgehead.Model;
using Bridgehead.Store;
using Xunit;

namespace Bridgehead.Api.Tests;

/// <summary>An answer, read to its end.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, HttpResponseMessage Message)
{
    public int Code => (int)Status;

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string Header(string name) => Message.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
}

/// <summary>A whole API over a fresh SQLite database, on ports of its own, with one compute host that beats but does nothing.</summary>
public class Cloud : IAsyncLifetime
{
    public const string Password = "secret of the administrator";
    public const string ComputeHost = "compute1";

    /// <summary>A request that takes longer hangs.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("bridgehead-api-").FullName;

    public NovaSettings Settings { get; private set; } = null!;

    public Database Store { get; private set; } = null!;

    public RunningApi Server { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public string Admin { get; private set; } = "";

    public string Image { get; private set; } = "";

    /// <summary>What the server logged.</summary>
    public CallLog Log { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Settings = Configure(new NovaSettings
        {
            Host = "api1",
            MyIp = IPAddress.Loopback,
            MetadataHost = IPAddress.Loopback,
            MetadataListen = IPAddress.Loopback,
            MetadataListenPort = 0,
            OsapiComputeListenPort = 0,
            StatePath = _folder,
            Connection = $"sqlite:///{_folder}/store.db",
            AdminPassword = Password,

            // The tests of a class share the cloud, in any order: one's servers must not use up another's quota.
            Quota = new QuotaDefaults { Instances = 100, Cores = 100, Ram = -1 },
        });
        Store = await Database.OpenAsync(Settings.Connection, TimeProvider.System, default);
        await new Seed(Store, Settings).RunAsync(default);
        await BeatAsync(ComputeHost, "nova");
        Server = await ApiServer.StartAsync(Settings, Store, Log, default);
        Client = new HttpClient(new CoverageHandler(Handler())) { BaseAddress = new Uri($"{Server.Scheme}://{Server.Api}"), Timeout = Longest };
        Admin = await LoginAsync("admin", Password, "admin");
        Image = (await GetAsync("/image/v2/images")).Json.GetProperty("images")[0].GetProperty("id").GetString()!;
        await InhabitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        await Server.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A compute host that is there: it has 8 processors, 16 GiB of memory and 100 GiB of disk.</summary>
    public Task BeatAsync(string host, string zone) => WriteAsync(async s =>
    {
        await s.Services.BeatAsync(host, Binaries.Compute, zone, default);
        await s.ComputeNodes.ReportAsync(
            new ComputeNode
            {
                Host = host,
                HostIp = "192.0.2.7",
                HypervisorType = "netns",
                HypervisorVersion = 6001000,
                Vcpus = 8,
                MemoryMb = 16384,
                LocalGb = 100,
                FreeDiskGb = 90,
                CpuInfo = """{"arch":"x86_64"}""",
                UpSince = s.Now - TimeSpan.FromHours(50),
                LoadAverage = "0.20, 0.12, 0.14",
            },
            default);
        return default(Done);
    });

    public Task<T> WriteAsync<T>(Func<Session, Task<T>> work) => Store.WriteAsync(work, default);

    public async Task<string> LoginAsync(string user, string password, string project)
    {
        var answer = await SendAsync("POST", "/identity/v3/auth/tokens", LoginBody(user, password, project), token: null);
        Assert.True(answer.Code == 201, answer.Text);
        return answer.Header("X-Subject-Token");
    }

    public static string LoginBody(string user, string password, string project) => $$$$$$"""
        {"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"{{{{{{user}}}}}}","password":"{{{{{{password}}}}}}","domain":{"name":"Default"}}}},
         "scope":{"project":{"name":"{{{{{{project}}}}}}","domain":{"name":"Default"}}}}}
        """;

    /// <summary>A token of a new user, who is a member of a new project.</summary>
    public Task<string> MemberAsync(string name) => UserAsync(name, "member");

    /// <summary>A token of a new user with a role on a new project.</summary>
    public async Task<string> UserAsync(string name, string role)
    {
        await WriteAsync(async s =>
        {
            var project = new Project(Guid.NewGuid().ToString("N"), name, "", Enabled: true);
            var user = new User(Guid.NewGuid().ToString("N"), name, Enabled: true, project.Id, Passwords.Hash("x"));
            await s.Identities.AddProjectAsync(project, default);
            await s.Identities.AddUserAsync(user, default);
            await s.Identities.AssignAsync(user.Id, project.Id, role, default);
            return default(Done);
        });
        return await LoginAsync(name, "x", name);
    }

    public Task<Answer> GetAsync(string path, string? token = "admin", string? version = null) => SendAsync("GET", path, null, token, version);

    public Task<Answer> PostAsync(string path, string body, string? token = "admin", string? version = null) => SendAsync("POST", path, body, token, version);

    /// <param name="token">"admin" stands for the administrator's.</param>
    public async Task<Answer> SendAsync(string method, string path, string? body, string? token = "admin", string? version = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, method == "PATCH" && path.StartsWith("/image/", StringComparison.Ordinal) ? Images.PatchType : "application/json");
        }

        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Auth-Token", token == "admin" ? Admin : token);
        }

        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("X-OpenStack-Nova-API-Version", version);
        }

        var message = await Client.SendAsync(request, Cancel);
        return new Answer(message.StatusCode, await message.Content.ReadAsStringAsync(Cancel), message);
    }

    /// <summary>The id of a new network.</summary>
    public async Task<string> NetworkAsync(string label, string cidr)
    {
        var made = await PostAsync("/compute/v2.1/os-networks", $$$"""{"network":{"label":"{{{label}}}","cidr":"{{{cidr}}}"}}""");
        Assert.True(made.Code == 200, made.Text);
        return made.Json.GetProperty("network").GetProperty("id").GetString()!;
    }

    /// <summary>The id of a new server, with more keys of the body after a comma.</summary>
    public async Task<Guid> BootAsync(string name, string more = "", string token = "admin")
    {
        var made = await PostAsync("/compute/v2.1/servers", ServerBody(name, more), token);
        Assert.True(made.Code == 202, made.Text);
        return made.Json.GetProperty("server").GetProperty("id").GetGuid();
    }

    public string ServerBody(string name, string more = "") => $$$$"""{"server":{"name":"{{{{name}}}}","imageRef":"{{{{Image}}}}","flavorRef":"1"{{{{more}}}}}}""";

    /// <summary>Does what the compute host does when an instance runs.</summary>
    public Task ActivateAsync(Guid server) => WriteAsync(async s =>
    {
        var instance = (await s.Instances.FindAsync(server, default))!;
        await s.Instances.SaveAsync(instance with { VmState = VmState.Active, TaskState = null, PowerState = PowerState.Running, BootedGeneration = instance.BootGeneration }, default);
        return default(Done);
    });

    /// <summary>How the client connects.</summary>
    protected virtual HttpMessageHandler Handler() => new SocketsHttpHandler();

    /// <summary>What the tests of a class find in the cloud.</summary>
    protected virtual Task InhabitAsync() => Task.CompletedTask;

    /// <summary>Where the cloud's files are, until it is disposed of.</summary>
    protected string Folder => _folder;

    protected virtual NovaSettings Configure(NovaSettings settings) => settings;
}
