using AwesomeAssertions;
using Bridgehead.Manage;
using Bridgehead.Model;
using Xunit;

namespace Bridgehead.Store.Tests.Manage;

public sealed class CloudCommandTests
{
    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Services_are_listed_alive_or_not_and_disabled_or_not(string kind)
    {
        await using var at = await Operator.AtAsync(kind, s => s with { ServiceDownTime = 3600 });
        await BeatAsync(at, Binaries.Network);
        await BeatAsync(at, Binaries.Compute);
        await at.DoAsync("service disable --host node1 --service nova-compute");
        var lines = await at.DoAsync("service list");
        lines[0].Should().Be("Binary           Host                                 Zone             Status     State Updated_At");
        lines[1].Should().MatchRegex(@"^nova-compute     node1                                nova             disabled   :-\)   \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$");
        lines[2].Should().StartWith("nova-network     node1").And.Contain(" enabled ");
        await at.DoAsync("service enable node1 nova-compute");
        (await at.DoAsync("service list --service nova-compute")).Should().HaveCount(2).And.Contain(line => line.Contains("enabled", StringComparison.Ordinal));
        (await at.FailAsync("service disable node1 nova-cells")).Should().Be("error: Unable to find service nova-cells on host node1.");
        (await at.DoAsync("host list")).Should().Equal("host                     \tzone           ", "node1                    \tnova           ");
        (await at.DoAsync("host list mars")).Should().HaveCount(1);
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task A_service_that_was_silent_for_too_long_is_marked(string kind)
    {
        await using var at = await Operator.AtAsync(kind, s => s with { ServiceDownTime = -5 });
        await BeatAsync(at, Binaries.Network);
        (await at.DoAsync("service list"))[1].Should().Contain(" XXX ");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Limits_of_a_project_are_shown_and_set(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        (await at.DoAsync("project quota admin"))[0].Should().Be("Quota                                Limit      In Use     Reserved  ");
        (await at.DoAsync("project quota --project admin --key floating_ips --value 3")).Should().Contain("floating_ips                         3          0          0         ");
        (await at.DoAsync("account quota admin --key cores --value unlimited")).Should().Contain("cores                                unlimited  0          0         ");
        (await at.DoAsync("project quota admin --key ram --value -1")).Should().Contain("ram                                  unlimited  0          0         ");
        await at.FailAsync("project quota admin --key spoons --value 3", 2);
        await at.FailAsync("project quota admin --key cores --value many", 2);
        await at.FailAsync("project quota admin --key cores", 2);
        (await at.FailAsync("project quota nobody")).Should().Be("error: There is no project 'nobody'.");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Scrubbing_a_project_frees_its_networks_and_deletes_its_groups(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        await at.DoAsync("network create a 10.1.0.0/24 --project_id admin");
        var project = await at.ProjectAsync();
        await at.Store.WriteAsync(s => s.SecurityGroups.AddAsync(project, "web", "", Operator.Cancel), Operator.Cancel);
        await at.DoAsync("project scrub admin");
        (await at.NetworksAsync())[0].ProjectId.Should().BeNull();
        (await at.Store.ReadAsync(s => s.SecurityGroups.ListAsync(project, Operator.Cancel), Operator.Cancel)).Select(g => g.Name).Should().Equal("default");
    }

    [Theory, InlineData("sqlite"), InlineData("postgres")]
    public async Task Db_sync_is_silent_and_repeatable_and_version_is_a_number(string kind)
    {
        await using var at = await Operator.AtAsync(kind);
        (await at.DoAsync("db sync")).Should().BeEmpty();
        int.Parse((await at.DoAsync("db version")).Should().ContainSingle().Subject).Should().BePositive();
        (await at.DoAsync("vm list")).Should().ContainSingle().Which.Should().StartWith("instance");
    }

    [Fact]
    public async Task A_wrong_command_line_ends_with_2_and_the_candidates()
    {
        await using var at = await Operator.AtAsync("sqlite");
        (await at.FailAsync("", 2)).Should().Contain("network").And.Contain("floating").And.Contain("usage: nova-manage CATEGORY ACTION");
        (await at.FailAsync("network", 2)).Should().Contain("usage: nova-manage network ACTION").And.Contain("create");
        (await at.FailAsync("f list", 2)).Should().Be("'f' may be floating or fixed.");
        (await at.FailAsync("network frobnicate", 2)).Should().Contain("frobnicate");
        (await at.FailAsync("network create a 10.1.0.0/24 --colour red", 2)).Should().StartWith("There is no flag --colour.\n'nova-manage network create --help'");
        (await at.FailAsync("floating create", 2)).Should().StartWith("--ip_range is missing.");
        (await at.FailAsync("floating list a b", 2)).Should().StartWith("'b' is one value too many.");
        (await at.FailAsync("floating create --ip_range", 2)).Should().Contain("--ip_range");
    }

    [Fact]
    public async Task Categories_and_actions_may_be_shortened()
    {
        await using var at = await Operator.AtAsync("sqlite");
        (await at.DoAsync("net li")).Should().Equal("No networks found");
    }

    [Fact]
    public async Task Help_is_everywhere()
    {
        await using var at = await Operator.AtAsync("sqlite");
        foreach (var line in new[] { "--help", "network --help", "network create --help", "floating create -h", "completion --help" })
        {
            (await at.DoAsync(line)).Should().NotBeEmpty();
        }

        string.Join('\n', await at.DoAsync("network create --help")).Should().Contain("nova-manage network create").And.Contain("--fixed_range_v4").And.Contain("--fixed_cidr");
    }

    [Fact]
    public async Task Completion_follows_the_words()
    {
        await using var at = await Operator.AtAsync("sqlite");
        (await at.DoAsync("bash-completion"))[0].Split(' ').Should().Contain(["network", "floating", "version"]);
        (await at.DoAsync("bash-completion network"))[0].Split(' ').Should().Equal("create", "list", "delete", "modify");
        (await at.DoAsync("bash-completion -- --my_ip 10.0.0.1 floating create"))[0].Split(' ').Should().Equal("--ip_range", "--pool", "--interface");
        (await at.DoAsync("completion bash")).Should().Contain("complete -F _nova_manage nova-manage");
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_is_one_sentence()
    {
        await using var at = await Operator.AtAsync("sqlite", s => s with { Connection = "sqlite:////proc/none/store.db" });
        (await at.FailAsync("network list")).Should().StartWith("error: the database /proc/none/store.db cannot be opened: ").And.NotContain("\n");
    }

    [Fact]
    public async Task Version_needs_no_configuration()
    {
        await using var at = await Operator.AtAsync("sqlite");
        (await at.DoAsync("version")).Should().ContainSingle().Which.Should().MatchRegex(@"^\d+\.\d+\.\d+$");
        (await at.DoAsync("--version")).Should().ContainSingle();
    }

    [Fact]
    public async Task The_loader_reads_the_named_files_and_the_flags_before_the_category()
    {
        var folder = Directory.CreateTempSubdirectory("bridgehead-conf-").FullName;
        try
        {
            await File.WriteAllTextAsync($"{folder}/a.conf", "metadata_port = 1\nmy_ip = 10.0.0.7\nother = 1\n", Operator.Cancel);
            await File.WriteAllTextAsync($"{folder}/b.conf", "metadata_port = 2\n", Operator.Cancel);
            var (flags, others) = SettingsLoader.TakeFlags(["--config-file", $"{folder}/a.conf", "--use_ipv6", $"--config_file={folder}/b.conf", "network", "list", "--host", "x"]);
            others.Should().Equal("network", "list", "--host", "x");
            var read = SettingsLoader.Load(flags).Value;
            (read.Settings.MetadataPort, read.Settings.MyIp.ToString(), read.Settings.UseIpv6).Should().Be((2, "10.0.0.7", true));
            read.Warnings.Should().Contain($"{folder}/a.conf line 3: other is not an option of this program and is ignored.");
            SettingsLoader.Load(["--config-file", $"{folder}/none.conf"]).Problem!.Message.Should().StartWith("The configuration file cannot be read: ");
            SettingsLoader.Load(["--config-file"]).Problem!.Message.Should().Be("--config-file needs a value: the name of a file.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<int> BeatAsync(Operator at, string binary) => at.Store.WriteAsync(s => s.Services.BeatAsync("node1", binary, "nova", Operator.Cancel), Operator.Cancel);
}
