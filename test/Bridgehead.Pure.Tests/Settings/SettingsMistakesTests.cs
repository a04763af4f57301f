using AwesomeAssertions;
using Bridgehead.Model;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Settings;

public sealed class SettingsMistakesTests
{
    [Theory]
    [InlineData("metadata_port = 0", "nova.conf line 1: metadata_port is '0' but must be a whole number from 1 to 65535.")]
    [InlineData("\nmetadata_port = many", "nova.conf line 2: metadata_port is 'many' but must be a whole number from 1 to 65535.")]
    [InlineData("service_down_time = 99999999999", "nova.conf line 1: service_down_time is '99999999999' but must be a whole number, 1 or more.")]
    [InlineData("quota_cores = -2", "nova.conf line 1: quota_cores is '-2' but must be a whole number, -1 or more.")]
    [InlineData("use_ipv6 = perhaps", "nova.conf line 1: use_ipv6 is 'perhaps' but must be true or false.")]
    [InlineData("my_ip = 10.0.0.010", "nova.conf line 1: my_ip is '10.0.0.010' but must be an IPv4 address without leading zeros, such as 192.168.1.90.")]
    [InlineData("fixed_range = 10.0.0.5/8", "nova.conf line 1: fixed_range is '10.0.0.5/8' but must be an IPv4 range without host bits, such as 10.0.0.0/8.")]
    [InlineData("dmz_cidr = 10.0.0.0/8,x", "nova.conf line 1: dmz_cidr is '10.0.0.0/8,x' but must be IPv4 ranges without host bits, such as 10.128.0.0/24, separated by commas.")]
    [InlineData("dns_server = 8.8.8", "nova.conf line 1: dns_server is '8.8.8' but must be IP addresses separated by commas.")]
    [InlineData("public_interface = eth0;reboot", "nova.conf line 1: public_interface is 'eth0;reboot' but must be an interface name of at most 15 characters, or empty.")]
    [InlineData("flat_network_bridge =", "nova.conf line 1: flat_network_bridge is '' but must be an interface name of at most 15 characters.")]
    [InlineData("rule_profile = grizzly", "nova.conf line 1: rule_profile is 'grizzly' but must be article or ocata.")]
    [InlineData("log_level = loud", "nova.conf line 1: log_level is 'loud' but must be debug, info, warning or error.")]
    [InlineData("state_path = here", "nova.conf line 1: state_path is 'here' but must be an absolute path.")]
    [InlineData("network_manager = nova.network.manager.VlanManager", "nova.conf line 1: network_manager is 'nova.network.manager.VlanManager' but must be FlatDHCPManager or FlatManager; VLAN mode is not there yet.")]
    [InlineData("[database]\nconnection = mysql://nova:hush@db/nova", "nova.conf line 2: connection must be sqlite:///PATH, postgresql://USER:PASSWORD@HOST/DATABASE or Host=…;Database=….")]
    [InlineData("dhcp_domain = $nowhere", "nova.conf line 1: dhcp_domain refers to $nowhere, which is not an option: a dollar sign is written $$.")]
    [InlineData("host = $host", "nova.conf line 1: host refers to itself through $host.")]
    [InlineData("[DEFAULT\nhost = a", "nova.conf line 1: the section '[DEFAULT' has no closing bracket.")]
    [InlineData("host", "nova.conf line 1: 'host' is neither a section nor 'option = value'.")]
    public void A_wrong_line_of_a_file_gives_one_sentence(string text, string sentence) =>
        SettingsReader.Read([("nova.conf", text)], [], [], SettingsReaderTests.Facts).Problem!.Message.Should().Be(sentence);

    [Fact]
    public void A_wrong_variable_is_named() =>
        SettingsReader.Read([], [new("BRIDGEHEAD_MULTI_HOST", "T")], [], SettingsReaderTests.Facts).Problem!.Message
            .Should().Be("environment variable BRIDGEHEAD_MULTI_HOST: multi_host is 'T' but must be true or false.");

    [Theory]
    [InlineData("flag --metadata-port: metadata_port is 'x' but must be a whole number from 1 to 65535.", "--metadata-port", "x")]
    [InlineData("--metadata_port needs a value: a whole number from 1 to 65535.", "--metadata_port")]
    [InlineData("There is no option --frobnicate.", "--frobnicate=1")]
    [InlineData("There is no option --nohost.", "--nohost")]
    [InlineData("'network' is not an option.", "network")]
    public void A_wrong_flag_is_named(string sentence, params string[] flags) =>
        SettingsReader.Read([], [], flags, SettingsReaderTests.Facts).Problem!.Message.Should().Be(sentence);

    [Fact]
    public void Every_mistake_is_told_at_once() =>
        SettingsReader.Read([("a", "metadata_port = x"), ("b", "use_ipv6 = x")], [], ["--nothing"], SettingsReaderTests.Facts).Problem!.Message.Split('\n').Should().HaveCount(3);

    [Fact]
    public void An_unknown_variable_is_a_warning() =>
        SettingsReaderTests.Result([], [new("BRIDGEHEAD_MY_PI", "1"), new("BRIDGEHEAD_CONFIG_FILE", "x")]).Warnings
            .Should().Equal("Environment variable BRIDGEHEAD_MY_PI names no option and is ignored.");

    [Fact]
    public void What_describe_lists_is_what_read_accepts_from_every_source()
    {
        var all = SettingsReaderTests.Result([]).Effective;
        SettingsReader.Describe().Select(d => d.Name).Should().Equal(all.Select(e => e.Name)).And.OnlyHaveUniqueItems();
        var readable = all.Where(e => e.Value != "***").ToArray();
        Gen.Int[0, readable.Length - 1].Select(i => readable[i]).List[0, 40].Sample(some =>
        {
            var file = SettingsReaderTests.Result([("f", string.Join('\n', some.DistinctBy(e => e.Name).Select(e => $"{e.Name} = {e.Value}")))]);
            var variables = SettingsReaderTests.Result([], [.. some.DistinctBy(e => e.Name).Select(e => new KeyValuePair<string, string>("BRIDGEHEAD_" + e.Name.ToUpperInvariant(), e.Value))]);
            var flags = SettingsReaderTests.Result([], [], [.. some.DistinctBy(e => e.Name).Select(e => $"--{e.Name.Replace('_', '-')}={e.Value}")]);
            foreach (var result in new[] { file, variables, flags })
            {
                result.Warnings.Should().BeEmpty();
                result.Effective.Select(e => (e.Name, e.Value)).Should().Equal(all.Select(e => (e.Name, e.Value)));
                result.Effective.Where(e => e.Source != "default").Select(e => e.Name).Should().BeEquivalentTo(some.Select(e => e.Name).Distinct());
            }
        }, iter: 200);
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_sentences_but_never_throws() =>
        Gen.String[Gen.Char["[]=:#;\"'$ \n\tabhost_my_ip10."], 0, 60].Sample(text =>
        {
            var read = SettingsReader.Read([("f", text)], [], [], SettingsReaderTests.Facts);
            return read.Problem is null || read.Problem.Message.Split('\n').All(line => line.StartsWith("f line ", StringComparison.Ordinal) && line.EndsWith('.'));
        });
}
