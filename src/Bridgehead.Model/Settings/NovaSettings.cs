using System.Net;

namespace Bridgehead.Model;

/// <summary>Which release's rules are written: the article's (Essex to early Folsom) or Ocata's.</summary>
public enum RuleProfile
{
    Article,
    Ocata,
}

/// <summary>What carries the rules: nova's chains in iptables, or native nftables objects.</summary>
public enum NetfilterBackend
{
    Iptables,
    Nftables,
}

/// <summary>nova's network managers that exist here.</summary>
public enum NetworkManager
{
    Flat,
    FlatDhcp,
}

/// <summary>
/// Every setting, with nova's option names. Immutable, validated once at start.
/// </summary>
public sealed record NovaSettings
{
    public required string Host { get; init; }

    public required IPAddress MyIp { get; init; }

    /// <summary>Folder of everything the daemons keep: database, networks/, instances/, locks.</summary>
    public required string StatePath { get; init; }

    /// <summary><c>sqlite:///path</c> or a PostgreSQL connection string or <c>postgresql://</c> URL.</summary>
    public required string Connection { get; init; }

    public RuleProfile RuleProfile { get; init; } = RuleProfile.Article;

    public NetfilterBackend NetfilterBackend { get; init; } = NetfilterBackend.Iptables;

    public NetworkManager NetworkManager { get; init; } = NetworkManager.FlatDhcp;

    public string FlatNetworkBridge { get; init; } = "br100";

    public string? FlatInterface { get; init; }

    public IPAddress? FlatNetworkDns { get; init; } = Ip.Parse("8.8.4.4");

    public bool FlatInjected { get; init; }

    public IPNetwork FixedRange { get; init; } = Cidr.Parse("10.0.0.0/8");

    public string? PublicInterface { get; init; }

    /// <summary>Null switches SNAT off (empty text in the file).</summary>
    public IPAddress? RoutingSourceIp { get; init; }

    public IReadOnlyList<IPNetwork> DmzCidr { get; init; } = [];

    public IReadOnlyList<IPNetwork> ForceSnatRange { get; init; } = [];

    public required IPAddress MetadataHost { get; init; }

    public int MetadataPort { get; init; } = 8775;

    public IPAddress MetadataListen { get; init; } = IPAddress.Any;

    public int MetadataListenPort { get; init; } = 8775;

    public bool UseForwardedFor { get; init; }

    /// <summary>Proxies whose X-Forwarded-For is believed when <see cref="UseForwardedFor"/> is on.</summary>
    public IReadOnlyList<IPAddress> MetadataTrustedProxies { get; init; } = [];

    public string? VendordataJsonfilePath { get; init; }

    public IPAddress OsapiComputeListen { get; init; } = IPAddress.Loopback;

    public int OsapiComputeListenPort { get; init; } = 8774;

    /// <summary>PEM file with the API's certificate and those between it and the root. Given one, the API speaks TLS.</summary>
    public string? SslCertFile { get; init; }

    /// <summary>PEM file with the certificate's key, RSA or EC. Null: it is in <see cref="SslCertFile"/>.</summary>
    public string? SslKeyFile { get; init; }

    /// <summary>Whether <c>enabled_ssl_apis</c> names the API: then it does not start without a certificate.</summary>
    public bool ApiNeedsTls { get; init; }

    public IPAddress MetricsListen { get; init; } = IPAddress.Loopback;

    /// <summary>Port of a listener that answers <c>/metrics</c> and nothing else; 0 for none.</summary>
    public int MetricsListenPort { get; init; }

    /// <summary>New multi_host networks have one gateway address that all hosts share.</summary>
    public bool ShareDhcpAddress { get; init; }

    public bool UseIpv6 { get; init; }

    public bool AllowSameNetTraffic { get; init; } = true;

    public string DhcpDomain { get; init; } = "novalocal";

    /// <summary>Seconds.</summary>
    public int DhcpLeaseTime { get; init; } = 86400;

    public IReadOnlyList<IPAddress> DnsServer { get; init; } = [];

    public bool UseNetworkDnsServers { get; init; }

    public string? DnsmasqConfigFile { get; init; }

    /// <summary>Seconds after which a released address may be used again.</summary>
    public int FixedIpDisassociateTimeout { get; init; } = 600;

    public bool ForceDhcpRelease { get; init; } = true;

    public bool SendArpForHa { get; init; } = true;

    public int SendArpForHaCount { get; init; } = 3;

    public string DefaultFloatingPool { get; init; } = "nova";

    public bool AutoAssignFloatingIp { get; init; }

    public bool MultiHost { get; init; }

    public string DefaultAvailabilityZone { get; init; } = "nova";

    /// <summary>netns or tap.</summary>
    public string ComputeDriver { get; init; } = "netns";

    /// <summary>Folder of images' content; null is <c>images</c> under <see cref="StatePath"/>. Hosts of one cloud share it.</summary>
    public string? FilesystemStoreDatadir { get; init; }

    /// <summary>Bytes of one image.</summary>
    public long ImageSizeCap { get; init; } = 1L << 40;

    /// <summary>Bytes of all images of a project; 0 is unlimited.</summary>
    public long UserStorageQuota { get; init; }

    /// <summary>Seconds.</summary>
    public int ServiceDownTime { get; init; } = 60;

    /// <summary>Seconds.</summary>
    public int ReportInterval { get; init; } = 10;

    public string IptablesDropAction { get; init; } = "DROP";

    /// <summary>auto, nft or legacy: which iptables programs are run.</summary>
    public string IptablesVariant { get; init; } = "auto";

    public string AdminUser { get; init; } = "admin";

    /// <summary>Password of the first administrator, used when the database is created. Null: a random one is written to the state folder.</summary>
    public string? AdminPassword { get; init; }

    public string AdminProject { get; init; } = "admin";

    /// <summary>Seconds.</summary>
    public int TokenExpiration { get; init; } = 3600;

    public KeystoneSettings Keystone { get; init; } = new();

    public QuotaDefaults Quota { get; init; } = new();

    /// <summary>debug, info, warning or error.</summary>
    public string LogLevel { get; init; } = "info";
}

/// <summary>Default quotas, -1 for unlimited (nova's quota_* options).</summary>
public sealed record QuotaDefaults
{
    public int Instances { get; init; } = 10;

    public int Cores { get; init; } = 20;

    /// <summary>MiB.</summary>
    public int Ram { get; init; } = 51200;

    public int FixedIps { get; init; } = -1;

    public int FloatingIps { get; init; } = 10;

    public int SecurityGroups { get; init; } = 10;

    public int SecurityGroupRules { get; init; } = 20;

    public int KeyPairs { get; init; } = 100;

    public int MetadataItems { get; init; } = 128;
}
