using AwesomeAssertions;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Pure.Tests.Settings;

public sealed class SettingsReaderTests
{
    internal static readonly HostFacts Facts = new("node1", Ip.Parse("192.168.1.90"), "/var/lib/bridgehead");

    [Fact]
    public void Without_anything_the_defaults_come_from_the_machine()
    {
        var settings = Read();
        settings.Host.Should().Be("node1");
        settings.MyIp.Should().Be(Facts.MyIp);
        settings.RoutingSourceIp.Should().Be(Facts.MyIp);
        settings.MetadataHost.Should().Be(Facts.MyIp);
        settings.Connection.Should().Be("sqlite:////var/lib/bridgehead/bridgehead.db");
        settings.FixedRange.ToString().Should().Be("10.0.0.0/8");
    }

    [Fact]
    public void A_flag_wins_over_a_variable_over_the_last_file_over_the_first()
    {
        (string, string)[] files = [("a", "metadata_port = 1\nmulti_host = yes"), ("b", "metadata_port = 2\ndhcp_lease_time = 300")];
        KeyValuePair<string, string>[] variables = [new("BRIDGEHEAD_METADATA_PORT", "3"), new("PATH", "/bin")];
        Result(files[..1]).Settings.MetadataPort.Should().Be(1);
        Result(files).Settings.MetadataPort.Should().Be(2);
        Result(files, variables).Settings.MetadataPort.Should().Be(3);
        var all = Result(files, variables, "--metadata-port", "4").Settings;
        (all.MetadataPort, all.MultiHost, all.DhcpLeaseTime).Should().Be((4, true, 300));
    }

    [Fact]
    public void Derived_defaults_follow_what_they_are_derived_from()
    {
        var settings = Read("--my_ip=10.1.1.1", "--state-path=/srv/cloud");
        settings.MetadataHost.ToString().Should().Be("10.1.1.1");
        settings.RoutingSourceIp!.ToString().Should().Be("10.1.1.1");
        settings.Connection.Should().Be("sqlite:////srv/cloud/bridgehead.db");
        Read("--my_ip=10.1.1.1", "--metadata_host=10.1.1.2").RoutingSourceIp!.ToString().Should().Be("10.1.1.1");
    }

    [Fact]
    public void An_empty_routing_source_switches_translation_off()
    {
        OfFile("routing_source_ip =").RoutingSourceIp.Should().BeNull();
        Read("--routing_source_ip=").RoutingSourceIp.Should().BeNull();
    }

    [Fact]
    public void A_real_file_is_read_with_its_comments_sections_and_continued_lines()
    {
        var result = Result([("nova.conf",
            """
            [DEFAULT]
            # a comment
            ; another
            my_ip = 192.168.1.90
            network_manager=nova.network.manager.FlatDHCPManager
            dmz_cidr = 10.128.0.0/24,
                10.129.0.0/24
            dns_server = 8.8.8.8
            dns_server = 8.8.4.4
            force_snat_range: 172.16.0.0/12
            flat_interface = "eth1"
            public-interface = 'eth0'
            metadata_host = $my_ip
            dnsmasq_config_file = ${state_path}/dnsmasq.conf
            rabbit_host = 10.0.0.1

            [database]
            connection = postgresql://nova:secret@db/nova
            max_pool_size = 5

            [api_database]
            connection = mysql+pymysql://nova:secret@db/nova_api

            """)]);
        var settings = result.Settings;
        settings.DmzCidr.Select(r => r.ToString()).Should().Equal("10.128.0.0/24", "10.129.0.0/24");
        settings.DnsServer.Select(a => a.ToString()).Should().Equal("8.8.8.8", "8.8.4.4");
        settings.ForceSnatRange.Should().ContainSingle().Which.ToString().Should().Be("172.16.0.0/12");
        (settings.FlatInterface, settings.PublicInterface).Should().Be(("eth1", "eth0"));
        settings.DnsmasqConfigFile.Should().Be("/var/lib/bridgehead/dnsmasq.conf");
        settings.Connection.Should().Be("postgresql://nova:secret@db/nova");
        result.Warnings.Should().Equal(
            "nova.conf line 15: rabbit_host is not an option of this program and is ignored.",
            "nova.conf line 19: [database] max_pool_size is not an option of this program and is ignored.");
    }

    [Fact]
    public void A_later_file_replaces_a_list_that_an_earlier_one_gave()
    {
        var settings = Result([("a", "dns_server = 8.8.8.8"), ("b", "dns_server = 9.9.9.9")]).Settings;
        settings.DnsServer.Should().Equal(Ip.Parse("9.9.9.9"));
    }

    [Theory]
    [InlineData("--use_ipv6", true)]
    [InlineData("--use-ipv6=yes", true)]
    [InlineData("--nouse_ipv6", false)]
    [InlineData("--no-use-ipv6", false)]
    public void Booleans_are_switched_by_a_flag_alone(string flag, bool on) =>
        Result([("f", $"use_ipv6 = {!on}")], [], flag).Settings.UseIpv6.Should().Be(on);

    [Theory]
    [InlineData("nova.network.manager.FlatDHCPManager", NetworkManager.FlatDhcp)]
    [InlineData("nova.network.manager.FlatManager", NetworkManager.Flat)]
    [InlineData("FlatDHCPManager", NetworkManager.FlatDhcp)]
    [InlineData("flat", NetworkManager.Flat)]
    public void Network_managers_have_novas_names(string text, NetworkManager manager) => OfFile($"network_manager = {text}").NetworkManager.Should().Be(manager);

    [Theory]
    [InlineData("sqlite:///srv/nova.db", "sqlite:////srv/nova.db")]
    [InlineData("sqlite:////srv/nova.db", "sqlite:////srv/nova.db")]
    [InlineData("Host=/run/postgresql;Database=nova", "Host=/run/postgresql;Database=nova")]
    [InlineData("postgresql://nova:pa$$word@db:5432/nova", "postgresql://nova:pa$word@db:5432/nova")]
    public void Connections_may_be_written_in_three_ways(string text, string connection) => OfFile($"[database]\nconnection = {text}").Connection.Should().Be(connection);

    [Fact]
    public void Folsoms_sql_connection_is_the_connection() => OfFile("sql_connection = sqlite:////n.db").Connection.Should().Be("sqlite:////n.db");

    [Fact]
    public void What_is_effective_tells_its_origin_and_no_secret()
    {
        var result = Result(
            [("nova.conf", "[DEFAULT]\nmetadata_port = 80\n[database]\nconnection=Host=db;Username=nova;Password=hush")], [new("BRIDGEHEAD_ADMIN_PASSWORD", "hush")], "--use_ipv6");
        Line("metadata_port").Should().Be(new EffectiveSetting("metadata_port", "80", "nova.conf line 2"));
        Line("use_ipv6").Should().Be(new EffectiveSetting("use_ipv6", "true", "flag --use_ipv6"));
        Line("metadata_host").Should().Be(new EffectiveSetting("metadata_host", "192.168.1.90", "default"));
        Line("admin_password").Should().Be(new EffectiveSetting("admin_password", "***", "environment variable BRIDGEHEAD_ADMIN_PASSWORD"));
        Line("connection").Value.Should().Be("Host=db;Username=nova;Password=***");
        EffectiveSetting Line(string name) => result.Effective.Single(e => e.Name == name);
    }

    [Theory]
    [InlineData("postgresql://nova:hush@db/nova", "postgresql://nova:***@db/nova")]
    [InlineData("postgresql://nova@db/nova", "postgresql://nova@db/nova")]
    [InlineData("postgresql://nova:hu@sh@db/nova", "postgresql://nova:***@db/nova")]
    [InlineData("Host=db;Pwd=hush;Database=n", "Host=db;Pwd=***;Database=n")]
    [InlineData("sqlite:////a=b;c", "sqlite:////a=b;c")]
    public void A_password_is_cut_out_of_a_connection(string text, string shown) => ConnectionText.Redacted(text).Should().Be(shown);

    [Fact]
    public void Our_flags_are_cut_off_the_head_of_a_command_line()
    {
        var (flags, others) = SettingsReader.TakeFlags(["--my_ip", "10.0.0.1", "--use_ipv6", "--host=a", "network", "create", "--host", "b"]);
        flags.Should().Equal("--my_ip", "10.0.0.1", "--use_ipv6", "--host=a");
        others.Should().Equal("network", "create", "--host", "b");
    }

    internal static SettingsResult Result((string, string)[] files, KeyValuePair<string, string>[]? variables = null, params string[] flags)
    {
        var read = SettingsReader.Read(files, variables ?? [], flags, Facts);
        read.Problem.Should().BeNull();
        return read.Value;
    }

    internal static NovaSettings OfFile(string text) => Result([("nova.conf", text)]).Settings;

    private static NovaSettings Read(params string[] flags) => Result([], [], flags).Settings;
}
