using AwesomeAssertions;
using Xunit;

namespace Bridgehead.Pure.Tests.Cli;

public sealed class CommandLineTests
{
    private readonly FakeCloud _cloud = new();

    [Theory]
    [InlineData("list", "--bogus")]
    [InlineData("show", "--bogus")]
    [InlineData("show", "-x")]
    [InlineData("show", "one", "two")]
    [InlineData("floating-ip-list", "extra")]
    [InlineData("--bogus", "list")]
    public async Task What_is_not_known_is_refused_with_usage(params string[] args)
    {
        var run = await _cloud.RunAsync(args);
        run.Code.Should().Be(2);
        run.Output.Should().BeEmpty();
        run.Error.Should().StartWith("usage: nova").And.Contain("error: unrecognized arguments: ").And.Contain("Try 'nova help");
        _cloud.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("<server>", "show")]
    [InlineData("<server>", "delete")]
    [InlineData("<name>", "boot", "--image", "i")]
    [InlineData("<to-port>, <cidr>", "secgroup-add-rule", "default", "icmp", "-1")]
    public async Task What_is_missing_is_named(string missing, params string[] args)
    {
        var run = await _cloud.RunAsync(args);
        run.Code.Should().Be(2);
        run.Error.Should().Contain($"error: the following arguments are required: {missing}\n");
    }

    [Theory]
    [InlineData("boot", "--image")]
    [InlineData("list", "--name")]
    public async Task An_option_without_its_value_is_refused(string command, string option)
    {
        var run = await _cloud.RunAsync(command, option);
        run.Code.Should().Be(2);
        run.Error.Should().Contain($"error: argument {option}: expected one argument");
    }

    [Fact]
    public async Task An_unknown_command_is_refused_with_likely_ones()
    {
        var run = await _cloud.RunAsync("lsit");
        run.Code.Should().Be(2);
        run.Error.Should().Contain("invalid choice: 'lsit' (did you mean list?)");
    }

    [Theory]
    [InlineData("--name=web")]
    [InlineData("--nam", "web")]
    [InlineData("--name", "db", "--name", "web")]
    public async Task Options_may_be_joined_shortened_and_repeated(params string[] options)
    {
        _cloud.On("GET servers/detail?name=web", """{"servers":[]}""");
        var run = await _cloud.RunAsync(["list", .. options]);
        run.Code.Should().Be(0, run.Error);
    }

    [Fact]
    public async Task A_shortening_of_two_options_is_ambiguous()
    {
        (await _cloud.RunAsync("boot", "--m", "1", "x")).Error.Should().Contain("error: ambiguous option: --m could match --max-count, --meta, --min-count");
    }

    [Theory]
    [InlineData("list")]
    [InlineData("true")]
    [InlineData("@file")]
    [InlineData("[suggest]")]
    [InlineData("nova")]
    [InlineData("-1")]
    [InlineData("a:b=c")]
    public async Task A_server_may_have_a_name_that_means_something_elsewhere(string name)
    {
        await _cloud.RunAsync("reboot", "--hard", "--", name);
        await _cloud.RunAsync("reboot", name, "--hard");
        var escaped = name.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        _cloud.Asked.Should().Equal($"GET servers/detail?name=^{escaped}$", $"GET servers/detail?name=^{escaped}$");
    }

    [Fact]
    public async Task An_empty_description_is_an_argument()
    {
        _cloud.On("POST os-security-groups", """{"security_group":{"id":1,"name":"web","description":""}}""");
        (await _cloud.RunAsync("secgroup-create", "web", "")).Code.Should().Be(0);
        _cloud.Asked.Should().Equal("""POST os-security-groups {"security_group":{"name":"web","description":""}}""");
    }

    [Theory]
    [InlineData("--all-tenants")]
    [InlineData("--all-tenants", "1")]
    [InlineData("--all_tenants")]
    public async Task All_tenants_may_be_told_its_number(params string[] options)
    {
        _cloud.On("GET servers/detail?all_tenants=1", """{"servers":[]}""");
        (await _cloud.RunAsync(["list", .. options])).Output.Should().Contain("| ID | Name | Tenant ID | Status | Task State | Power State | Networks |");
    }

    [Fact]
    public async Task Global_options_stand_on_either_side_and_win_over_the_environment()
    {
        _cloud.On("GET os-networks", """{"networks":[]}""");
        (await _cloud.RunAsync("--os-username", "ann", "network-list", "--os-project-name=other")).Code.Should().Be(0);
        _cloud.Login.Should().Contain("\"name\":\"ann\"").And.Contain("\"project\":{\"name\":\"other\"");
    }

    [Fact]
    public async Task Boot_sends_everything_it_was_told()
    {
        (_cloud.Files["ud"], _cloud.Files["src"]) = ("#!/bin/sh", "x=y");
        _cloud.WithServer().WithImageAndFlavor().On("POST servers", $$$"""{"server":{"id":"{{{FakeCloud.Server}}}"}}""", 202)
            .On("GET os-networks", $$$"""{"networks":[{"id":"{{{FakeCloud.Network}}}","label":"mynet"}]}""");
        var run = await _cloud.RunAsync(
            "boot", "--flavor=m1.tiny", "--image", "cirros", "--key_name", "k", "--user_data", "ud", "--meta", "a=1", "--meta", "b=x=y", "--security-groups", "default,web",
            "--nic", $"net-id={FakeCloud.Network},v4-fixed-ip=10.10.10.9", "--nic", "net-name=mynet", "--file", "/etc/dst=src", "--availability-zone", "nova:h1",
            "--config-drive", "true", "--num-instances", "3", "--min-count", "2", "vm");
        run.Code.Should().Be(0, run.Error);
        _cloud.Asked.Should().Contain(
            $$$"""POST servers {"server":{"name":"vm","imageRef":"{{{FakeCloud.Image}}}","flavorRef":"1","min_count":2,"max_count":3,"key_name":"k","availability_zone":"nova:h1","user_data":"IyEvYmluL3No","config_drive":true,"metadata":{"a":"1","b":"x=y"},"security_groups":[{"name":"default"},{"name":"web"}],"personality":[{"path":"/etc/dst","contents":"eD15"}],"networks":[{"uuid":"{{{FakeCloud.Network}}}","fixed_ip":"10.10.10.9"},{"uuid":"{{{FakeCloud.Network}}}"}]}}""");
    }

    [Theory]
    [InlineData("net-id=1,net-name=2")]
    [InlineData("v4-fixed-ip=10.0.0.1")]
    [InlineData("net-id=1,v4-fixed-ip=010.0.0.1")]
    [InlineData("bogus=1")]
    [InlineData("net-id")]
    public async Task A_bad_nic_is_refused_before_anything_is_sent(string nic)
    {
        var run = await _cloud.RunAsync("boot", "--flavor", "1", "--image", "cirros", "--nic", nic, "vm");
        run.Should().Match<Run>(r => r.Code == 1 && r.Error.StartsWith($"ERROR (CommandError): Invalid nic argument '{nic}'."));
        _cloud.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Boot_polls_until_the_server_runs()
    {
        _cloud.WithImageAndFlavor().On("POST servers", $$$"""{"server":{"id":"{{{FakeCloud.Server}}}"}}""", 202);
        foreach (var (status, more) in new[] { ("BUILD", ""), ("BUILD", ",\"progress\":40"), ("ACTIVE", "") })
        {
            _cloud.WithServer("vm", status: status, more: more);
        }

        var run = await _cloud.RunAsync("boot", "--flavor", "1", "--image", "cirros", "--poll", "vm");
        run.Code.Should().Be(0, run.Error);
        run.Output.Should().EndWith("\rServer building... 40% complete\rServer building... 100% complete\nFinished\n");
    }

    [Fact]
    public async Task Polling_ends_with_the_fault_of_a_server_that_failed()
    {
        _cloud.WithImageAndFlavor().WithServer("vm", status: "ERROR", more: ",\"fault\":{\"message\":\"No valid host was found.\"}")
            .On("POST servers", $$$"""{"server":{"id":"{{{FakeCloud.Server}}}"}}""", 202);
        var run = await _cloud.RunAsync("boot", "--flavor", "1", "--image", "cirros", "--poll", "vm");
        run.Should().Match<Run>(r => r.Code == 1 && r.Output.EndsWith("\nError building server\n") && r.Error == "ERROR (ResourceInErrorState): No valid host was found.\n");
    }
}
