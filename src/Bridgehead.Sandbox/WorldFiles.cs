using System.Security.Cryptography;
using System.Text;

namespace Bridgehead.Sandbox;

/// <summary>The world's files, all on a tmpfs that only the world sees, and the environment of what runs in it.</summary>
internal sealed class WorldFiles(SandboxOptions options)
{
    public const string Root = "/run/bridgehead";
    public const string Log = Root + "/daemons.log";
    public const string Web = Root + "/web";
    private const string Links = Root + "/bin";
    private const string Configuration = Root + "/nova.conf";
    private const string Clouds = Root + "/clouds.yaml";
    private const string AuthUrl = "http://127.0.0.1:8774/identity/v3";
    private static readonly string[] Names = ["bridgehead", "nova", "nova-manage", "nova-api", "nova-network", "nova-compute", "outside", "console"];
    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    public void Write()
    {
        Directory.CreateDirectory(Links);
        foreach (var name in Names)
        {
            File.CreateSymbolicLink(Path.Combine(Links, name), Environment.ProcessPath!);
        }

        WritePrivate(Configuration, NovaConf());
        WritePrivate(Clouds, CloudsYaml());
        File.WriteAllText(Root + "/dnsmasq.conf", Environment.UserName == "root" && OnlyRoot() ? "user=root\ngroup=\n" : "");
        Directory.CreateDirectory(Web + "/cgi-bin");
        File.WriteAllText(Web + "/index.html", "This is the outside network.\n");
        File.WriteAllText(Web + "/cgi-bin/whoami", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s\\n' \"$REMOTE_ADDR\"\n");
        File.SetUnixFileMode(Web + "/cgi-bin/whoami", (UnixFileMode)0b111_101_101);
    }

    /// <summary>Variables for everything that runs in the world. What the user's own clients had set for another cloud is taken away.</summary>
    public void SetEnvironment()
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("OS_", StringComparison.Ordinal)).ToList())
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        foreach (var (name, value) in Variables())
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    private IEnumerable<(string Name, string Value)> Variables() =>
    [
        ("PATH", $"{Links}:{Environment.GetEnvironmentVariable("PATH")}"),
        ("BRIDGEHEAD_CONFIG_FILE", Configuration),
        ("SANDBOX_LOG", Log),
        ("OS_CLIENT_CONFIG_FILE", Clouds),
        ("OS_AUTH_URL", AuthUrl),
        ("OS_USERNAME", "admin"),
        ("OS_PASSWORD", _password),
        ("OS_PROJECT_NAME", "admin"),
        ("OS_USER_DOMAIN_NAME", "Default"),
        ("OS_PROJECT_DOMAIN_NAME", "Default"),
        ("OS_IDENTITY_API_VERSION", "3"),
        ("no_proxy", "127.0.0.1,localhost"),
    ];

    /// <summary>Nobody else may read it, from its first moment on.</summary>
    private static void WritePrivate(string path, string text)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The same as the variables, for programs that are told a cloud's name: <c>openstack --os-cloud sandbox</c>.</summary>
    private string CloudsYaml() =>
        $"""
        clouds:
          sandbox:
            auth:
              auth_url: {AuthUrl}
              username: admin
              password: {_password}
              project_name: admin
              user_domain_name: Default
              project_domain_name: Default
            region_name: RegionOne
            identity_api_version: 3

        """;

    /// <summary>The article's settings.</summary>
    private string NovaConf() =>
        $"""
        [DEFAULT]
        host = sandbox
        my_ip = 192.168.1.90
        routing_source_ip = 192.168.1.90
        metadata_host = 192.168.1.90
        fixed_range = 10.0.0.0/8
        dmz_cidr = 10.128.0.0/24
        public_interface = eth0
        flat_network_bridge = br100
        network_manager = nova.network.manager.FlatDHCPManager
        dnsmasq_config_file = {Root}/dnsmasq.conf
        state_path = {Root}/state
        admin_password = {_password}
        {string.Join('\n', options.Settings)}

        """;

    /// <summary>An ordinary user's namespace has no other user that dnsmasq could become, and does not let it touch its groups.</summary>
    private static bool OnlyRoot() => File.ReadAllText("/proc/self/uid_map").Split(' ', StringSplitOptions.RemoveEmptyEntries)[2].Trim() == "1";
}
