using System.Text.Json;
using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules.Nftables;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Store.Tests.Manage;

/// <summary>An operator lists the packet filter of the cloud of <see cref="ExplainTests"/>: as the daemons made it, and after somebody had his hands in it.</summary>
public sealed class RulesTests
{
    private const string Folder = "test/Bridgehead.Store.Tests/Manage/golden";

    [Theory]
    [InlineData("filter", NetfilterBackend.Iptables, "rules --table filter", null)]
    [InlineData("nat-80", NetfilterBackend.Iptables, "rules --table nat", 80)]
    [InlineData("server-120", NetfilterBackend.Iptables, "rules --server web --chain nova-*", 120)]
    [InlineData("native", NetfilterBackend.Nftables, "rules --table bridgehead", null)]
    [InlineData("native-server-100", NetfilterBackend.Nftables, "rules --server web --table bridgehead", 100)]
    [InlineData("native-ports-60", NetfilterBackend.Nftables, "rules --chain ports-*", 60)]
    [InlineData("guard", NetfilterBackend.Nftables, "rules --server web --chain src_ok", null)]
    public async Task Rules_read_like_this(string name, NetfilterBackend backend, string line, int? columns)
    {
        await using var cloud = await OperatedCloud.AtAsync(backend);
        Golden.Matches(await cloud.AskAsync(line, columns), $"{Folder}/rules-{name}.txt");
    }

    [Theory]
    [InlineData("rules --diff", "diff")]
    [InlineData("rules --chain FORWARD", "among-others")]
    [InlineData("rules --chain FORWARD --all", "among-others-all")]
    [InlineData("rules --diff --json", "diff-json")]
    public async Task What_differs_reads_like_this(string line, string name)
    {
        foreach (var backend in Enum.GetValues<NetfilterBackend>())
        {
            await using var cloud = await OperatedCloud.AtAsync(backend);
            cloud.Harm(backend == NetfilterBackend.Iptables ? HarmIptables : HarmNative);
            Golden.Matches(await cloud.AskAsync(line, exit: line.Contains("--diff", StringComparison.Ordinal) ? 1 : 0), $"{Folder}/rules-{name}-{backend.ToString().ToLowerInvariant()}.txt");
        }
    }

    [Fact]
    public async Task Nothing_differs_and_the_exit_status_says_so()
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables);
        (await cloud.AskAsync("rules --diff")).Should().StartWith("The kernel holds what is desired: ");
        using var json = JsonDocument.Parse(await cloud.AskAsync("rules --diff --json"));
        json.RootElement.GetProperty("differs").GetBoolean().Should().BeFalse();
        json.RootElement.GetProperty("chains").GetArrayLength().Should().Be(0);
        json.RootElement.GetProperty("rules").GetProperty("kept").GetInt32().Should().BeGreaterThan(50);
    }

    /// <summary>What the whole JSON says is what the text says.</summary>
    [Theory]
    [InlineData(NetfilterBackend.Iptables, "nova-compute-inst-1", "rules", "rule 1 of security group web, project admin: tcp 80 from 0.0.0.0/0")]
    [InlineData(NetfilterBackend.Nftables, "ports-2", "elements", "rule 1 of security group web, project admin: tcp 80 from 0.0.0.0/0")]
    public async Task Programs_get_every_rule_with_its_reason(NetfilterBackend backend, string chain, string rules, string why)
    {
        await using var cloud = await OperatedCloud.AtAsync(backend);
        using var json = JsonDocument.Parse(await cloud.AskAsync("rules --json"));
        var found = json.RootElement.GetProperty("chains").EnumerateArray().Single(one => one.GetProperty("name").GetString() == chain);
        found.GetProperty("state").GetString().Should().Be("kept");
        found.GetProperty(rules).EnumerateArray().Select(rule => rule.GetProperty("why").GetString()).Should().Contain(why);
        json.RootElement.GetProperty("rules").GetProperty("missing").GetInt32().Should().Be(0);
    }

    /// <summary>A tenant's names come to an operator's terminal.</summary>
    [Theory]
    [InlineData("rules")]
    [InlineData("rules --json")]
    public async Task Names_that_move_the_cursor_or_turn_the_direction_are_harmless(string line)
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables);
        await cloud.RenameAsync("web", "w\u001b[2J\u009b\u202eeb\nx");
        (await cloud.AskAsync(line)).Should().NotContainAny("\u001b", "\u009b", "\u202e", "\nx").And.Contain("\\u202e");
    }

    [Theory]
    [InlineData("rules --chain nonsense", "There is no chain, set or map 'nonsense'.")]
    [InlineData("rules --table nonsense", "There is no table 'nonsense' in which we, or iptables' users, have rules.")]
    [InlineData("rules --server nobody", "'nobody' is not a server.")]
    public async Task A_question_that_cannot_be_answered_is_one_sentence(string line, string sentence)
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables);
        (await cloud.RefusedAsync(line)).Should().Be((2, $"error: {sentence}\n"));
    }

    [Fact]
    public async Task A_server_that_runs_elsewhere_has_little_here_and_the_listing_says_where_it_is()
    {
        await using var cloud = await OperatedCloud.AtAsync(NetfilterBackend.Iptables);
        await cloud.BootElsewhereAsync("far", "node2");
        (await cloud.AskAsync("rules --server far")).Should().Contain("Server far is on host node2, this is node1.\n").And.NotContain("nova-compute-inst");
    }

    private static void HarmIptables(ModelKernel kernel)
    {
        kernel.Others = ["inet firewalld"];
        kernel.Saved = kernel.Saved
            .Replace("[0:0] -A nova-compute-inst-1 -p tcp -m tcp --dport 80 -j ACCEPT\n", "[2:120] -A nova-compute-inst-1 -s 192.0.2.9/32 -j ACCEPT\n", StringComparison.Ordinal)
            .Replace("[0:0] -A nova-compute-local -d 10.10.10.3/32 -j nova-compute-inst-2\n", "", StringComparison.Ordinal)
            .Replace("[0:0] -A FORWARD -j nova-filter-top\n", Others() + "[0:0] -A FORWARD -j nova-filter-top\n", StringComparison.Ordinal)
            .Replace(":nova-network-float-snat - [0:0]\n", "", StringComparison.Ordinal)
            .Replace("[0:0] -A nova-network-float-snat -s 10.10.10.2/32 -j SNAT --to-source 192.168.1.233\n", "", StringComparison.Ordinal);
    }

    private static void HarmNative(ModelKernel kernel)
    {
        kernel.Saved = $"*filter\n:FORWARD DROP [0:0]\n{Others()}COMMIT\n";
        var table = new NftTable(NftFamily.Ip, "bridgehead");
        kernel.Image.Sets[new NftId(table, "ports-2")].Elements.Clear();
        kernel.Image.Sets[new NftId(table, "fip_dnat")].Elements[NftValue.Of(Ip.Parse("192.168.1.233"))] = NftData.Of(NftValue.Of(Ip.Parse("10.10.10.9")));
        kernel.Image.Chains[new NftId(table, "to_vm")].Rules.Insert(0, new NftObservedRule("Ip ip saddr 192.0.2.9 counter accept", 77));
        kernel.Image.Chains[new NftId(table, "metadata")].Rules.Clear();
    }

    private static string Others() => string.Concat(Enumerable.Range(1, 5).Select(i => $"[{i * 100000}:{i * 90000000}] -A FORWARD -s 192.0.2.{i}/32 -j DROP\n"));
}
