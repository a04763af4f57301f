using static Bridgehead.Model.SettingKinds;

namespace Bridgehead.Model;

/// <summary>Every option, once. The order is the order of help texts: who am I, networks, addresses and rules, metadata, listeners, DHCP, instances, services, Keystone, quotas.</summary>
internal static class SettingsTable
{
    private const string Absolute = "an absolute path";

    private static readonly Setting[] Identity =
    [
        Word("host", "a name without blanks", NoBlank, s => s.Host, (s, v) => s with { Host = v }, "name of this machine in the cloud") with { Default = "the machine's name" },
        AddressV4("my_ip", s => s.MyIp, (s, v) => s with { MyIp = v }, "address of this machine in the cloud") with { Default = "the address of the default route" },
        Word("state_path", Absolute, IsAbsolute, s => s.StatePath, (s, v) => s with { StatePath = v }, "folder of everything the daemons keep")
            with { Default = "/var/lib/bridgehead" },
        Word("connection", "sqlite:///PATH, postgresql://USER:PASSWORD@HOST/DATABASE or Host=…;Database=…", ConnectionText.IsKnown, s => s.Connection, PutConnection, "the database")
            with { Default = "sqlite:///$state_path/bridgehead.db", Secret = true, Alias = "sql_connection", Section = "database" },
        Choice("log_level", ["debug", "info", "warning", "error"], s => s.LogLevel, (s, v) => s with { LogLevel = v }, "least level that is logged"),
    ];

    private static readonly Setting[] Networks =
    [
        NetworkManagerText.Setting,
        Flag("multi_host", s => s.MultiHost, (s, v) => s with { MultiHost = v }, "new networks have a gateway on every compute host"),
        Word("flat_network_bridge", "an interface name of at most 15 characters", IsDevice, s => s.FlatNetworkBridge, (s, v) => s with { FlatNetworkBridge = v }, "bridge of new networks"),
        Device("flat_interface", s => s.FlatInterface, (s, v) => s with { FlatInterface = v }, "interface that FlatDHCPManager puts on the bridge"),
        MaybeAddressV4("flat_network_dns", s => s.FlatNetworkDns, (s, v) => s with { FlatNetworkDns = v }, "first DNS server of new networks"),
        Flag("flat_injected", s => s.FlatInjected, (s, v) => s with { FlatInjected = v }, "FlatManager writes the network configuration into instances"),
        Flag("share_dhcp_address", s => s.ShareDhcpAddress, (s, v) => s with { ShareDhcpAddress = v }, "hosts of a new multi_host network share one gateway address"),
        Flag("use_ipv6", s => s.UseIpv6, (s, v) => s with { UseIpv6 = v }, "instances have IPv6 addresses, and IPv6 is filtered"),
    ];

    private static readonly Setting[] Rules =
    [
        Choice("rule_profile", ["article", "ocata"], s => s.RuleProfile == RuleProfile.Article ? "article" : "ocata",
            (s, v) => s with { RuleProfile = v == "article" ? RuleProfile.Article : RuleProfile.Ocata }, "which release's rules are written"),
        Choice("netfilter_backend", ["iptables", "nftables"], s => s.NetfilterBackend == NetfilterBackend.Iptables ? "iptables" : "nftables",
            (s, v) => s with { NetfilterBackend = v == "iptables" ? NetfilterBackend.Iptables : NetfilterBackend.Nftables }, "what carries the rules"),
        Range("fixed_range", s => s.FixedRange, (s, v) => s with { FixedRange = v }, "range of all fixed addresses"),
        Device("public_interface", s => s.PublicInterface, (s, v) => s with { PublicInterface = v }, "interface that carries floating addresses"),
        MaybeAddressV4("routing_source_ip", s => s.RoutingSourceIp, (s, v) => s with { RoutingSourceIp = v }, "source address of instances' outgoing traffic; empty switches SNAT off")
            with { Default = "$my_ip" },
        Ranges("dmz_cidr", s => s.DmzCidr, (s, v) => s with { DmzCidr = v }, "destinations that see fixed addresses"),
        Ranges("force_snat_range", s => s.ForceSnatRange, (s, v) => s with { ForceSnatRange = v }, "destinations for which traffic is always translated"),
        Flag("allow_same_net_traffic", s => s.AllowSameNetTraffic, (s, v) => s with { AllowSameNetTraffic = v }, "instances of one network reach each other whatever their groups say"),
        Word("iptables_drop_action", "DROP or the name of a chain", IsChain, s => s.IptablesDropAction, (s, v) => s with { IptablesDropAction = v }, "target of packets that nothing allows"),
        Choice("iptables_variant", ["auto", "nft", "legacy"], s => s.IptablesVariant, (s, v) => s with { IptablesVariant = v }, "which iptables programs are run"),
        Flag("send_arp_for_ha", s => s.SendArpForHa, (s, v) => s with { SendArpForHa = v }, "neighbours are told when an address moves to this host"),
        Number("send_arp_for_ha_count", (1, 100), s => s.SendArpForHaCount, (s, v) => s with { SendArpForHaCount = v }, "how often they are told"),
        Word("default_floating_pool", "a name of at most 255 characters", text => text.Length <= 255, s => s.DefaultFloatingPool, (s, v) => s with { DefaultFloatingPool = v }, "pool used when none is named"),
        Flag("auto_assign_floating_ip", s => s.AutoAssignFloatingIp, (s, v) => s with { AutoAssignFloatingIp = v }, "every instance gets a floating address"),
    ];

    private static readonly Setting[] Metadata =
    [
        AddressV4("metadata_host", s => s.MetadataHost, (s, v) => s with { MetadataHost = v }, "where requests to 169.254.169.254 are sent") with { Default = "$my_ip" },
        Port("metadata_port", s => s.MetadataPort, (s, v) => s with { MetadataPort = v }, "and to which port"),
        Address("metadata_listen", s => s.MetadataListen, (s, v) => s with { MetadataListen = v }, "address the metadata service listens on"),
        Port("metadata_listen_port", s => s.MetadataListenPort, (s, v) => s with { MetadataListenPort = v }, "port the metadata service listens on"),
        Flag("use_forwarded_for", s => s.UseForwardedFor, (s, v) => s with { UseForwardedFor = v }, "X-Forwarded-For of trusted proxies names the instance"),
        Addresses("metadata_trusted_proxies", s => s.MetadataTrustedProxies, (s, v) => s with { MetadataTrustedProxies = v }, "proxies whose X-Forwarded-For is believed"),
        MaybeWord("vendordata_jsonfile_path", Absolute, IsAbsolute, s => s.VendordataJsonfilePath, (s, v) => s with { VendordataJsonfilePath = v }, "file served as vendor data"),
        Address("osapi_compute_listen", s => s.OsapiComputeListen, (s, v) => s with { OsapiComputeListen = v }, "address the API listens on"),
        Port("osapi_compute_listen_port", s => s.OsapiComputeListenPort, (s, v) => s with { OsapiComputeListenPort = v }, "port the API listens on"),
    ];

    private static readonly Setting[] Listeners =
    [
        MaybeWord("ssl_cert_file", Absolute, IsAbsolute, s => s.SslCertFile, (s, v) => s with { SslCertFile = v }, "PEM file of the API's certificate and its chain; with it the API speaks TLS") with { Section = "wsgi" },
        MaybeWord("ssl_key_file", Absolute, IsAbsolute, s => s.SslKeyFile, (s, v) => s with { SslKeyFile = v }, "PEM file of the certificate's key; empty when it is in the same file") with { Section = "wsgi" },
        MaybeWord("enabled_ssl_apis", "osapi_compute (instances speak to the metadata service without TLS)", text => text == "osapi_compute", s => s.ApiNeedsTls ? "osapi_compute" : null,
            (s, v) => s with { ApiNeedsTls = v is not null }, "the API does not start without a certificate"),
        Address("metrics_listen", s => s.MetricsListen, (s, v) => s with { MetricsListen = v }, "address of a listener for /metrics alone, for daemons without the API"),
        Number("metrics_listen_port", (0, 65535), s => s.MetricsListenPort, (s, v) => s with { MetricsListenPort = v }, "its port, 0 for none"),
    ];

    private static readonly Setting[] Dhcp =
    [
        Word("dhcp_domain", "a domain name", IsDomain, s => s.DhcpDomain, (s, v) => s with { DhcpDomain = v }, "domain of instances' host names"),
        Seconds("dhcp_lease_time", 120, s => s.DhcpLeaseTime, (s, v) => s with { DhcpLeaseTime = v }, "seconds a lease lasts"),
        Addresses("dns_server", s => s.DnsServer, (s, v) => s with { DnsServer = v }, "servers that dnsmasq asks; may be repeated"),
        Flag("use_network_dns_servers", s => s.UseNetworkDnsServers, (s, v) => s with { UseNetworkDnsServers = v }, "dnsmasq also asks the networks' dns1 and dns2"),
        MaybeWord("dnsmasq_config_file", Absolute, IsAbsolute, s => s.DnsmasqConfigFile, (s, v) => s with { DnsmasqConfigFile = v }, "additional configuration of dnsmasq"),
        Flag("force_dhcp_release", s => s.ForceDhcpRelease, (s, v) => s with { ForceDhcpRelease = v }, "a deleted instance's lease ends at once"),
        Seconds("fixed_ip_disassociate_timeout", 0, s => s.FixedIpDisassociateTimeout, (s, v) => s with { FixedIpDisassociateTimeout = v },
            "seconds after which a released address may be used again"),
    ];

    private static readonly Setting[] Services =
    [
        Choice("compute_driver", ["netns", "tap"], s => s.ComputeDriver, (s, v) => s with { ComputeDriver = v }, "what an instance is: a namespace, or a tap device for a hypervisor"),
        MaybeWord("filesystem_store_datadir", Absolute, IsAbsolute, s => s.FilesystemStoreDatadir, (s, v) => s with { FilesystemStoreDatadir = v },
            "folder of images' content, shared by all hosts of a cloud; empty is images under state_path") with
        { Section = "glance_store" },
        Bytes("image_size_cap", s => s.ImageSizeCap, (s, v) => s with { ImageSizeCap = v }, "most bytes of an image"),
        Bytes("user_storage_quota", s => s.UserStorageQuota, (s, v) => s with { UserStorageQuota = v }, "most bytes of a project's images together, 0 for unlimited"),
        Word("default_availability_zone", "a name without blanks", NoBlank, s => s.DefaultAvailabilityZone, (s, v) => s with { DefaultAvailabilityZone = v }, "zone of services and instances"),
        Seconds("service_down_time", 1, s => s.ServiceDownTime, (s, v) => s with { ServiceDownTime = v }, "seconds without a sign of life after which a service is down"),
        Seconds("report_interval", 1, s => s.ReportInterval, (s, v) => s with { ReportInterval = v }, "seconds between signs of life"),
        Seconds("token_expiration", 1, s => s.TokenExpiration, (s, v) => s with { TokenExpiration = v }, "seconds a token is valid"),
        Word("admin_user", "a name without blanks", NoBlank, s => s.AdminUser, (s, v) => s with { AdminUser = v }, "first administrator of a new cloud"),
        MaybeWord("admin_password", "a password", _ => true, s => s.AdminPassword, (s, v) => s with { AdminPassword = v }, "its password; empty makes one up") with { Secret = true },
        Word("admin_project", "a name without blanks", NoBlank, s => s.AdminProject, (s, v) => s with { AdminProject = v }, "its project"),
    ];

    private static readonly Setting[] Keystone =
    [
        OfKeystone("auth_url", MaybeWord("keystone_auth_url", "an http or https URL", IsUrl, s => s.Keystone.AuthUrl, (s, v) => s with { Keystone = s.Keystone with { AuthUrl = v } },
            "a Keystone to use instead of the own identity service")),
        OfKeystone("www_authenticate_uri", MaybeWord("keystone_www_authenticate_uri", "an http or https URL", IsUrl, s => s.Keystone.WwwAuthenticateUri,
            (s, v) => s with { Keystone = s.Keystone with { WwwAuthenticateUri = v } }, "where clients are told to log in; empty means the same")),
        OfKeystone("username", Word("keystone_username", "a name", _ => true, s => s.Keystone.Username, (s, v) => s with { Keystone = s.Keystone with { Username = v } },
            "account that asks the Keystone about tokens")),
        OfKeystone("password", MaybeWord("keystone_password", "a password", _ => true, s => s.Keystone.Password, (s, v) => s with { Keystone = s.Keystone with { Password = v } },
            "its password") with { Secret = true }),
        OfKeystone("project_name", Word("keystone_project_name", "a name", _ => true, s => s.Keystone.ProjectName, (s, v) => s with { Keystone = s.Keystone with { ProjectName = v } },
            "its project")),
        OfKeystone("user_domain_name", Word("keystone_user_domain_name", "a name", _ => true, s => s.Keystone.UserDomainName,
            (s, v) => s with { Keystone = s.Keystone with { UserDomainName = v } }, "its domain")),
        OfKeystone("project_domain_name", Word("keystone_project_domain_name", "a name", _ => true, s => s.Keystone.ProjectDomainName,
            (s, v) => s with { Keystone = s.Keystone with { ProjectDomainName = v } }, "its project's domain")),
        OfKeystone("token_cache_time", Number("keystone_token_cache_time", (0, 86400), s => s.Keystone.TokenCacheTime,
            (s, v) => s with { Keystone = s.Keystone with { TokenCacheTime = v } }, "seconds the Keystone's answer about a good token is believed")),
    ];

    private static readonly Setting[] Quotas =
    [
        Limit("quota_instances", q => q.Instances, (q, v) => q with { Instances = v }, "instances of a project"),
        Limit("quota_cores", q => q.Cores, (q, v) => q with { Cores = v }, "cores of a project"),
        Limit("quota_ram", q => q.Ram, (q, v) => q with { Ram = v }, "MiB of memory of a project"),
        Limit("quota_fixed_ips", q => q.FixedIps, (q, v) => q with { FixedIps = v }, "fixed addresses of a project"),
        Limit("quota_floating_ips", q => q.FloatingIps, (q, v) => q with { FloatingIps = v }, "floating addresses of a project"),
        Limit("quota_security_groups", q => q.SecurityGroups, (q, v) => q with { SecurityGroups = v }, "security groups of a project"),
        Limit("quota_security_group_rules", q => q.SecurityGroupRules, (q, v) => q with { SecurityGroupRules = v }, "rules of a security group"),
        Limit("quota_key_pairs", q => q.KeyPairs, (q, v) => q with { KeyPairs = v }, "key pairs of a user"),
        Limit("quota_metadata_items", q => q.MetadataItems, (q, v) => q with { MetadataItems = v }, "metadata items of an instance"),
    ];

    public static readonly IReadOnlyList<Setting> All = [.. Identity, .. Networks, .. Rules, .. Metadata, .. Listeners, .. Dhcp, .. Services, .. Keystone, .. Quotas];

    private static readonly Dictionary<string, Setting> ByName =
        All.SelectMany(s => s.Alias is null ? [(s.Name, s)] : new[] { (s.Name, s), (s.Alias, s) }).ToDictionary(p => p.Item1, p => p.Item2, StringComparer.Ordinal);

    /// <summary>By its name in snake case, or an older name.</summary>
    public static Setting? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>As a file has it in a section: every name is known in <c>[DEFAULT]</c>, an option's own section has it under the name that it has there.</summary>
    public static Setting? Find(string section, string name) => section == "DEFAULT"
        ? Find(name)
        : All.FirstOrDefault(s => s.Section == section && (s.NameInSection is { } inSection ? inSection == name : s.Name == name || s.Alias == name));

    private static Setting OfKeystone(string name, Setting setting) => setting with { Section = "keystone_authtoken", NameInSection = name };

    private static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0;

    private static NovaSettings PutConnection(NovaSettings settings, string text) => settings with { Connection = ConnectionText.Normal(text) };

    private static bool NoBlank(string text) => text.Length <= 255 && !text.Any(char.IsWhiteSpace);

    private static bool IsAbsolute(string text) => text[0] == '/';

    private static bool IsDevice(string text) => DeviceName.TryParse(text, out _);

    private static bool IsChain(string text) => text.Length <= 28 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') && text[0] != '-';

    private static bool IsDomain(string text) => text.Length <= 253 && text.Split('.').All(label => HostName.IsValid(label.ToLowerInvariant()));
}
