using System.Text.RegularExpressions;
using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Pure.Tests.Cli;

public sealed partial class HelpTests
{
    private const string Expected = """
        absolute-limits add-fixed-ip add-floating-ip add-secgroup availability-zone-list bash-completion boot cloudpipe-configure cloudpipe-create cloudpipe-list console-log credentials
        delete dns-create dns-create-private-domain dns-create-public-domain dns-delete dns-delete-domain dns-domains dns-list endpoints fixed-ip-get fixed-ip-reserve fixed-ip-unreserve
        flavor-create flavor-delete flavor-list flavor-show floating-ip-associate floating-ip-bulk-create floating-ip-bulk-delete floating-ip-bulk-list floating-ip-create floating-ip-delete
        floating-ip-disassociate floating-ip-list floating-ip-pool-list help hypervisor-list hypervisor-show image-list image-show interface-attach interface-detach interface-list keypair-add
        keypair-delete keypair-list keypair-show limits list list-secgroup meta network-associate-host network-associate-project network-create network-delete network-disassociate network-list
        network-show quota-defaults quota-show quota-update reboot remove-fixed-ip remove-floating-ip remove-secgroup rename scrub secgroup-add-default-rule secgroup-add-group-rule
        secgroup-add-rule secgroup-create secgroup-delete secgroup-delete-default-rule secgroup-delete-group-rule secgroup-delete-rule secgroup-list secgroup-list-default-rules
        secgroup-list-rules secgroup-show secgroup-update service-disable service-enable service-list show start stop tenant-network-create tenant-network-delete tenant-network-list
        tenant-network-show update version-list virtual-interface-list x509-create-cert x509-get-root-cert
        """;

    private readonly FakeCloud _cloud = new();

    [Theory]
    [InlineData("help")]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_lists_every_command(string asked)
    {
        var run = await _cloud.RunAsync(asked);
        run.Code.Should().Be(0);
        run.Error.Should().BeEmpty();
        Listed().Matches(run.Output).Select(match => match.Groups["name"].Value).Should().Contain(Expected.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        _cloud.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Nova_alone_prints_its_help() => (await _cloud.RunAsync()).Should().Match<Run>(run => run.Code == 0 && run.Output.StartsWith("usage: nova"));

    [Fact]
    public async Task Help_of_a_command_is_the_same_asked_either_way()
    {
        var run = await _cloud.RunAsync("help", "secgroup-add-rule");
        run.Should().Be(await _cloud.RunAsync("secgroup-add-rule", "--help"));
        run.Output.Should().Be("""
            usage: nova secgroup-add-rule <secgroup> <ip-proto> <from-port> <to-port> <cidr>

            Add a rule to a security group.

            Positional arguments:
              <secgroup>                      Name or ID of the security group.
              <ip-proto>                      tcp, udp or icmp.
              <from-port>                     First port; the type for icmp, -1 for any.
              <to-port>                       Last port; the code for icmp, -1 for any.
              <cidr>                          Where packets may come from, such as 0.0.0.0/0.

            """);
    }

    [Fact]
    public async Task Every_listed_command_has_help_of_its_own()
    {
        foreach (Match match in Listed().Matches((await _cloud.RunAsync("help")).Output))
        {
            var run = await _cloud.RunAsync("help", match.Groups["name"].Value);
            run.Output.Should().StartWith("usage: nova ").And.NotContain("\t");
            (await _cloud.RunAsync(match.Groups["name"].Value, "--help")).Should().Be(run);
        }
    }

    [Fact]
    public async Task Help_of_nothing_is_an_error() => (await _cloud.RunAsync("help", "lst")).Error.Should().StartWith("ERROR (CommandError): 'lst' is not a valid subcommand (did you mean");

    [Fact]
    public async Task The_version_is_a_number() => (await _cloud.RunAsync("--version")).Output.Should().MatchRegex(@"^\d+\.\d+\.\d+\n$");

    [Fact]
    public async Task Completion_knows_commands_and_options()
    {
        var words = (await _cloud.RunAsync("bash-completion")).Output.TrimEnd('\n').Split(' ');
        words.Should().Contain(["boot", "floating-ip-associate", "--security-groups", "--os-auth-url"]).And.OnlyHaveUniqueItems();
        var script = await _cloud.RunAsync("completion", "bash");
        script.Output.Should().Contain("nova bash-completion").And.Contain("complete -o default -F _nova nova");
        (await _cloud.RunAsync("completion", "fish")).Code.Should().Be(1);
    }

    [GeneratedRegex(@"^    (?<name>[a-z0-9-]+)( |$)", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Listed();
}
