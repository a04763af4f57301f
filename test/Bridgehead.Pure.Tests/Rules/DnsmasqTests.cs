using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules;

public sealed class DnsmasqTests
{
    private static readonly DeviceName Bridge = DeviceName.Parse("br100");
    private static readonly DnsmasqFiles Files = new("/n/br100/pid", "/n/br100/hosts", "/n/br100/opts", "/n/br100/names", "/usr/bin/nova-dhcpbridge");
    private static readonly MacAddress Mac = MacAddress.Parse("fa:16:3e:00:00:01");

    [Fact]
    public void The_articles_network()
    {
        var text = string.Join('\n', DnsmasqPlan.Arguments(Bridge, [Sample.Network()], Sample.Settings(), Files)) + "\n";
        Golden.Matches(text, "test/Bridgehead.Pure.Tests/Rules/golden/dnsmasq-article.txt");
    }

    [Fact]
    public void Everything_that_can_be_set()
    {
        var one = Sample.Network() with { Dns1 = Ip.Parse("8.8.4.4"), Mtu = 1400, CidrV6 = Cidr.Parse("fd00:1::/64") };
        var two = Sample.Network(2, "10.20.0.0/16") with { Gateway = null };
        var settings = Sample.Settings() with { UseIpv6 = true, UseNetworkDnsServers = true, DnsServer = [Ip.Parse("9.9.9.9")], DhcpDomain = "", DnsmasqConfigFile = "/etc/d.conf" };
        var text = string.Join('\n', DnsmasqPlan.Arguments(Bridge, [two, one], settings, Files)) + "\n--- options\n" + DnsmasqPlan.Options([two, one]);
        Golden.Matches(text, "test/Bridgehead.Pure.Tests/Rules/golden/dnsmasq-everything.txt");
    }

    [Fact]
    public void A_network_without_DHCP_server_is_not_served() =>
        DnsmasqPlan.Arguments(Bridge, [Sample.Network() with { EnableDhcp = false }], Sample.Settings(), Files).Should().NotContain(argument => argument.StartsWith("--dhcp-range"));

    [Fact]
    public void A_label_never_reaches_the_command_line()
    {
        var network = Sample.Network() with { Label = "x,10.0.0.1\n--dhcp-script=/tmp/evil" };
        DnsmasqPlan.Arguments(Bridge, [network], Sample.Settings(), Files).Should().NotContain(argument => argument.Contains("evil"));
        DnsmasqPlan.Options([network]).Should().NotContain("evil");
    }

    [Fact]
    public void A_host_has_a_line_for_DHCP_and_one_for_names()
    {
        var host = new DhcpHost(Mac, "server-1", Ip.Parse("10.10.10.2"));
        DnsmasqPlan.HostFile(host, Sample.Settings()).Should().Be("fa:16:3e:00:00:01,server-1.novalocal,10.10.10.2\n");
        DnsmasqPlan.NameFile(host, Sample.Settings()).Should().Be("10.10.10.2\tserver-1.novalocal server-1\n");
        DnsmasqPlan.HostFile(host, Sample.Settings() with { DhcpDomain = "" }).Should().Be("fa:16:3e:00:00:01,server-1,10.10.10.2\n");
        host.FileName.Should().Be("fa163e000001");
    }

    /// <summary>Whatever a person types as a name: either it is refused, or the file keeps its one line of three fields.</summary>
    [Fact]
    public void No_name_adds_a_field_or_a_line() => Gen.OneOf(
        Gen.String, Gen.String["ab-1,.\n\r\t =#:"], Gen.OneOf(new[] { "a,set:x", "a\nb", "a\r", "a b", "a=b", "-a", "a-", "", "#a", "ignore", "é", "A", "İ", "a\0b" }.Select(Gen.Const).ToArray())).Sample(name =>
    {
        DhcpHost host;
        try
        {
            host = new DhcpHost(Mac, name, Ip.Parse("10.10.10.2"));
        }
        catch (ArgumentException)
        {
            return !HostName.IsValid(name);
        }

        var text = DnsmasqPlan.HostFile(host, Sample.Settings());
        return text == $"fa:16:3e:00:00:01,{name}.novalocal,10.10.10.2\n" && text.Count(c => c == ',') == 2 && text.Count(c => c == '\n') == 1 && name.All(c => c is '-' or (>= 'a' and <= 'z') or (>= '0' and <= '9'));
    });

    [Fact]
    public void Every_display_name_has_a_host_name() => Gen.Select(Gen.String, Gen.Guid).Sample((text, uuid) => HostName.IsValid(HostName.From(text, uuid)));
}
