using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Pure.Tests.Rules;

/// <summary>Laws of the rule engine, for any order of changes and whatever else stands in the tables.</summary>
public sealed class ConvergenceLaws
{
    private const int Runs = 200;

    /// <summary>Other software's tables: container bridges, an operator's own rules, names that resemble ours, text that looks like a rule.</summary>
    private static readonly string[] Foreign =
    [
        "",
        "*filter\n:INPUT DROP [7:420]\n:FORWARD DROP [3:99]\n:OUTPUT ACCEPT [1:2]\n:f2b-sshd - [0:0]\n[10:600] -A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd\n[4:240] -A f2b-sshd -j RETURN\nCOMMIT\n",
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD DROP [12:3456]
        :OUTPUT ACCEPT [0:0]
        :DOCKER - [0:0]
        :DOCKER-USER - [0:0]
        :my-nova-compute-local - [0:0]
        :nova-computer-inst-1 - [0:0]
        :nova-net - [0:0]
        [8:480] -A INPUT -m comment --comment "see nova-compute-inst-1 -j nova-compute-local" -j ACCEPT
        [9:999] -A FORWARD -j DOCKER-USER
        [1:60] -A FORWARD -o docker0 -j DOCKER
        [5:300] -A DOCKER -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j ACCEPT
        [5:300] -A DOCKER -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j ACCEPT
        [2:120] -A DOCKER-USER -j RETURN
        [3:180] -A my-nova-compute-local -j nova-computer-inst-1
        [3:180] -A nova-computer-inst-1 -j DROP
        COMMIT
        *nat
        :PREROUTING ACCEPT [1:1]
        :INPUT ACCEPT [2:2]
        :OUTPUT ACCEPT [3:3]
        :POSTROUTING ACCEPT [4:4]
        :DOCKER - [0:0]
        [6:360] -A PREROUTING -j DOCKER
        [7:420] -A POSTROUTING -s 172.17.0.0/16 -j MASQUERADE
        [1:60] -A DOCKER -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
        COMMIT
        *mangle
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        [1:1] -A POSTROUTING -o virbr0 -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill
        COMMIT

        """,
    ];

    private static readonly Gen<(Step[] Steps, int Foreign, RuleProfile Profile)> Worlds =
        Gen.Select(Step.Any.Array[0, 20], Gen.Int[0, Foreign.Length - 1], Gen.Bool.Select(ocata => ocata ? RuleProfile.Ocata : RuleProfile.Article));

    [Fact]
    public void Any_history_leads_to_what_a_fresh_start_makes() => Worlds.Sample(
        world =>
        {
            var (host, state) = Run(world.Steps, world.Foreign, world.Profile);
            var fresh = HostWith(world.Foreign);
            new CloudState(fresh, world.Profile).StartNetwork(state.Network);
            new CloudState(fresh, world.Profile).StartCompute(state.Compute);
            return host.V4.Save() == fresh.V4.Save() && host.V6.Save() == fresh.V6.Save();
        },
        iter: Runs);

    [Fact]
    public void The_order_of_the_daemons_does_not_matter() => Worlds.Sample(
        world =>
        {
            var (_, state) = Run(world.Steps, world.Foreign, world.Profile);
            var (one, other) = (HostWith(world.Foreign), HostWith(world.Foreign));
            new CloudState(one, world.Profile).StartNetwork(state.Network);
            new CloudState(one, world.Profile).StartCompute(state.Compute);
            new CloudState(other, world.Profile).StartCompute(state.Compute);
            new CloudState(other, world.Profile).StartNetwork(state.Network);
            return one.V4.Save() == other.V4.Save() && one.V6.Save() == other.V6.Save();
        },
        iter: Runs);

    [Fact]
    public void Doing_it_twice_sends_nothing() => Worlds.Sample(
        world =>
        {
            var (_, state) = Run(world.Steps, world.Foreign, world.Profile);
            var again = state.PutAllAgain();
            state.Restart();
            return again + state.StartNetwork() + state.StartCompute() + state.PutAllAgain() == "";
        },
        iter: Runs);

    [Fact]
    public void What_others_have_in_the_tables_survives_byte_for_byte() => Worlds.Sample(
        world =>
        {
            var (host, state) = Run(world.Steps, world.Foreign, world.Profile);
            state.Restart();
            state.StartCompute([]);
            state.StartNetwork([]);
            return WithoutOurs(host.V4.Save(counters: true)) == WithoutOurs(WithTables(HostWith(world.Foreign).V4, world.Profile).Save(counters: true));
        },
        iter: Runs);

    /// <summary>A dry run's words are the commit's deeds: what comes and what goes, rule by rule. (A rule that moves does both.)</summary>
    [Fact]
    public void What_is_told_before_a_commit_is_what_it_changes() => Gen.Select(Worlds, Worlds).Sample(
        (world, next) =>
        {
            var (host, _) = Run(world.Steps, world.Foreign, world.Profile);
            var (_, wanted) = Run(next.Steps, 0, world.Profile);
            var plan = new FirewallPlan("nova-compute", RuleProfiles.For(world.Profile), ipv6: false);
            plan.Replace(wanted.Compute);
            plan.Observe(IpFamily.V4, host.V4.Save());
            var (before, told) = (LinesOf(host.V4), plan.Changes(IpFamily.V4));
            host.V4.Restore(plan.Pending(IpFamily.V4));
            var (after, comes, goes) = (LinesOf(host.V4), Lines(told, ChangeSign.Comes), Lines(told, ChangeSign.Goes));
            return after.Except(before).ToHashSet().SetEquals(comes.Except(goes)) && before.Except(after).ToHashSet().SetEquals(goes.Except(comes));
        },
        iter: Runs);

    /// <summary>Removing one instance sends nothing that names another, and a start after it finds nothing to do.</summary>
    [Theory]
    [InlineData(1, 10)]
    [InlineData(1, 100)]
    [InlineData(10, 100)]
    [InlineData(10, 1)]
    [InlineData(100, 10)]
    public void An_instance_whose_number_begins_like_anothers_does_not_touch_it(long gone, long stays)
    {
        var (host, state) = Run([new Step.Boot(gone, 2), new Step.Boot(stays, 2)], 0, RuleProfile.Article);
        var before = host.V4.Chain("filter", $"nova-compute-inst-{stays}");
        state.Apply(new Step.Delete(gone)).Should().NotMatchRegex($@"inst-{stays}\b");
        host.V4.Chain("filter", $"nova-compute-inst-{gone}").Should().BeNull();
        host.V4.Chain("filter", $"nova-compute-inst-{stays}").Should().Equal(before);
        host.V4.Chain("filter", "nova-compute-local").Should().Equal($"-d 10.10.10.{stays + 1}/32 -j nova-compute-inst-{stays}");
        state.Restart();
        (state.StartCompute() + state.StartNetwork()).Should().BeEmpty();
    }

    /// <summary>What is sent for one change has the size of the change, however many instances there are.</summary>
    [Fact]
    public void A_change_of_one_instance_among_many_sends_only_its_lines()
    {
        var (_, state) = Run([.. Enumerable.Range(1, 120).Select(id => new Step.Boot(id, 1))], 0, RuleProfile.Article);
        state.Apply(new Step.Boot(60, 3)).Split('\n').Length.Should().BeLessThan(20);
        state.Apply(new Step.Delete(60)).Split('\n').Length.Should().BeLessThan(20);
        state.Apply(new Step.Boot(60, 3)).Split('\n').Length.Should().BeLessThan(40);
    }

    private static HashSet<string> Lines(IEnumerable<RuleChange> changes, ChangeSign sign) =>
        [.. changes.Where(change => change.Sign == sign).Select(change => $"{change.Place}{(change.Text == "the chain" ? "" : $" {change.Text}")}")];

    private static HashSet<string> LinesOf(IptablesModel model)
    {
        var (table, lines) = ("", new HashSet<string>(StringComparer.Ordinal));
        foreach (var line in model.Save().Split('\n'))
        {
            table = line.StartsWith('*') ? line[1..] : table;
            if (line.StartsWith(':') || line.StartsWith("-A ", StringComparison.Ordinal))
            {
                lines.Add($"iptables -t {table} {(line[0] == ':' ? line[1..line.IndexOf(' ', StringComparison.Ordinal)] : line[3..])}");
            }
        }

        return lines;
    }

    private static (Testing.FakeHost Host, CloudState State) Run(IEnumerable<Step> steps, int foreign, RuleProfile profile)
    {
        var host = HostWith(foreign);
        var state = new CloudState(host, profile);
        state.StartNetwork();
        state.StartCompute();
        foreach (var step in steps)
        {
            state.Apply(step);
        }

        return (host, state);
    }

    private static Testing.FakeHost HostWith(int foreign) => new() { V4 = IptablesModel.Load(IpFamily.V4, Foreign[foreign]) };

    /// <summary>Tables come into being by their first use; an empty one says nothing about anybody's rules.</summary>
    private static IptablesModel WithTables(IptablesModel model, RuleProfile profile)
    {
        model.Restore($"*filter\nCOMMIT\n*nat\nCOMMIT\n{(profile == RuleProfile.Ocata ? "*mangle\nCOMMIT\n" : "")}");
        return model;
    }

    /// <summary>The listing without chains and jumps of the workers. Written with whole words of its own, not with the engine's idea of ownership.</summary>
    private static string WithoutOurs(string listing) => string.Join('\n', listing.Split('\n').Where(line =>
    {
        var words = line.Split(' ');
        var chain = line.StartsWith(':') ? words[0][1..] : words.ElementAtOrDefault(2) ?? "";
        return !Ours(chain) && !(words.Length == 5 && words[3] == "-j" && Ours(words[4]));
    }));

    private static bool Ours(string chain) => chain is "nova-filter-top" or "nova-postrouting-bottom" ||
        chain.StartsWith("nova-compute-", StringComparison.Ordinal) || chain.StartsWith("nova-network-", StringComparison.Ordinal);
}
