using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Rules;
using Bridgehead.Rules.Iptables;
using Bridgehead.Testing;
using Xunit;

namespace Bridgehead.Pure.Tests.FakeHost;

public sealed class IptablesFirewallTests : IDisposable
{
    private static readonly Policy[] Two = [new Policy.ComputeHost(), .. FirewallRig.Filter(1), .. FirewallRig.Filter(10)];
    private readonly FirewallRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_second_start_and_a_second_apply_change_nothing()
    {
        var firewall = _rig.NewFirewall();
        await firewall.StartAsync(Two, default);
        var listing = _rig.Listing();
        _rig.Host.Restart();
        await firewall.ApplyAsync(Two, [], default);
        _rig.Host.Commands.Should().BeEmpty("what is known to be there is not even read");
        await _rig.NewFirewall().StartAsync(Two, default);
        _rig.Host.Changes.Should().BeEmpty();
        _rig.Listing().Should().Be(listing);
    }

    [Fact]
    public async Task A_start_takes_away_what_an_earlier_life_left()
    {
        await _rig.NewFirewall().StartAsync([.. Two, .. FirewallRig.Filter(7)], default);
        await _rig.NewFirewall().StartAsync(Two, default);
        _rig.Host.V4.Chain("filter", "nova-compute-inst-7").Should().BeNull();
        _rig.Host.V4.Chain("filter", "nova-compute-local").Should().Equal("-d 10.10.10.2/32 -j nova-compute-inst-1", "-d 10.10.10.11/32 -j nova-compute-inst-10");
    }

    [Fact]
    public async Task Before_the_start_nothing_is_applied() =>
        await FluentActions.Awaiting(() => _rig.NewFirewall().ApplyAsync(Two, [], default)).Should().ThrowAsync<InvalidOperationException>();

    /// <summary>Killed at any command of any of three jobs, before, halfway and after; the next life makes of it what would have been.</summary>
    [Theory]
    [InlineData(Kill.Before)]
    [InlineData(Kill.Halfway)]
    [InlineData(Kill.After)]
    public async Task Killed_at_every_command_the_next_life_converges(Kill when)
    {
        Policy[] wanted = [new Policy.ComputeHost(), .. FirewallRig.Filter(10, 80), .. FirewallRig.Filter(100)];
        await _rig.NewFirewall().StartAsync(wanted, default);
        var expected = _rig.Listing();
        var killed = 0;
        for (var n = 0; n < 30; n++)
        {
            (_rig.Host.V4, _rig.Host.V6) = (new IptablesModel(IpFamily.V4), new IptablesModel(IpFamily.V6));
            _rig.Host.Restart((n, when));
            try
            {
                var firewall = _rig.NewFirewall();
                await firewall.StartAsync(Two, default);
                await firewall.ApplyAsync(FirewallRig.Filter(100), ["instance/1"], default);
                await firewall.ApplyAsync(FirewallRig.Filter(10, 80), [], default);
            }
            catch (ProcessKilledException)
            {
                killed++;
            }

            _rig.Host.Restart();
            await _rig.NewFirewall().StartAsync(wanted, default);
            _rig.Listing().Should().Be(expected, $"killed at command {n}");
        }

        killed.Should().BeInRange(6, 29, "every command of the three jobs was hit, and the last runs were not");
    }

    [Fact]
    public async Task Refused_at_every_command_the_same_life_converges()
    {
        Policy[] wanted = [new Policy.ComputeHost(), .. FirewallRig.Filter(10, 80), .. FirewallRig.Filter(100)];
        await _rig.NewFirewall().StartAsync(wanted, default);
        var expected = _rig.Listing();
        for (var n = 0; n < 12; n++)
        {
            (_rig.Host.V4, _rig.Host.V6) = (new IptablesModel(IpFamily.V4), new IptablesModel(IpFamily.V6));
            _rig.Host.Restart();
            _rig.Host.Refuses = (number, _) => number == n || number == n + 1;
            var firewall = _rig.NewFirewall();
            await _rig.Until(firewall.StartAsync(Two, default));
            await _rig.Until(firewall.ApplyAsync(FirewallRig.Filter(100), ["instance/1"], default));
            await _rig.Until(firewall.ApplyAsync(FirewallRig.Filter(10, 80), [], default));
            _rig.Listing().Should().Be(expected, $"refused at command {n}");
        }
    }

    [Fact]
    public async Task A_change_that_is_refused_waits_and_is_not_reported_as_done()
    {
        var firewall = _rig.NewFirewall();
        await firewall.StartAsync(Two, default);
        var refuse = true;
        _rig.Host.Refuses = (_, command) => refuse && command.Program.EndsWith("-restore", StringComparison.Ordinal);
        var change = firewall.ApplyAsync(FirewallRig.Filter(2), [], default);
        for (var i = 0; i < 10; i++)
        {
            _rig.Clock.Advance(TimeSpan.FromSeconds(11));
            await Task.Delay(1);
        }

        change.IsCompleted.Should().BeFalse();
        refuse = false;
        await _rig.Until(change);
        _rig.Host.V4.Chain("filter", "nova-compute-inst-2").Should().NotBeNull();
    }

    [Fact]
    public async Task Who_asks_during_a_commit_shares_the_next()
    {
        var firewall = _rig.NewFirewall();
        await firewall.StartAsync(Two, default);
        _rig.Host.Restart();
        var (entered, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _rig.Host.Before = _ =>
        {
            entered.TrySetResult();
            return go.Task;
        };
        var first = firewall.ApplyAsync(FirewallRig.Filter(2), [], default);
        await entered.Task;
        var others = Enumerable.Range(3, 50).Select(id => firewall.ApplyAsync(FirewallRig.Filter(id == 10 ? 60 : id), [], default)).ToList();
        go.SetResult();
        await _rig.Until(Task.WhenAll(others.Append(first)));
        _rig.Host.Changes.Should().HaveCount(4, "one commit for the first and one for the fifty, each in two families");
        Enumerable.Range(11, 30).Should().AllSatisfy(id => _rig.Host.V4.Chain("filter", $"nova-compute-inst-{id}").Should().NotBeNull());
    }

    /// <summary>The caller who carries somebody else's change gives up in the middle; the other must not believe that it is done.</summary>
    [Fact]
    public async Task A_caller_that_gives_up_takes_nobodys_change_with_it()
    {
        var firewall = _rig.NewFirewall();
        await firewall.StartAsync(Two, default);
        var gates = new Queue<TaskCompletionSource>([new(), new()]);
        var (first, second) = (gates.First(), gates.Last());
        var reached = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var restores = 0;
        _rig.Host.Before = command =>
        {
            if (command.Program != "iptables-restore" || restores == 2)
            {
                return Task.CompletedTask;
            }

            reached[restores++].SetResult();
            return gates.Dequeue().Task;
        };
        using var impatient = new CancellationTokenSource();
        var running = firewall.ApplyAsync(FirewallRig.Filter(2), [], default);
        await reached[0].Task;
        var carrier = firewall.ApplyAsync(FirewallRig.Filter(3), [], impatient.Token);
        var carried = firewall.ApplyAsync(FirewallRig.Filter(4), [], default);
        first.SetResult();
        await reached[1].Task;
        await impatient.CancelAsync();
        second.SetResult();
        await _rig.Until(Task.WhenAll(running, carried));
        await FluentActions.Awaiting(() => carrier).Should().ThrowAsync<OperationCanceledException>();
        _rig.Host.V4.Chain("filter", "nova-compute-inst-4").Should().NotBeNull();
        _rig.Host.V4.Chain("filter", "nova-compute-inst-3").Should().NotBeNull("what was asked for stays wanted");
        _rig.Host.V6.Chain("filter", "nova-compute-inst-4").Should().NotBeNull();
        var listing = _rig.Listing();
        await _rig.NewFirewall().StartAsync([.. Two, .. FirewallRig.Filter(2), .. FirewallRig.Filter(3), .. FirewallRig.Filter(4)], default);
        _rig.Listing().Should().Be(listing);
    }

    [Fact]
    public async Task Two_daemons_at_once_leave_both_their_rules()
    {
        var (network, compute) = (_rig.NewFirewall("nova-network"), _rig.NewFirewall());
        var settings = Sample.Settings(Bridgehead.Model.RuleProfile.Ocata);
        await _rig.Until(Task.WhenAll(
            Task.Run(() => network.StartAsync([NetworkPlanner.Host(settings)], default)),
            Task.Run(() => compute.StartAsync(Two, default))));
        _rig.Host.V4.Chain("filter", "FORWARD").Should().Equal("-j nova-filter-top", "-j nova-network-FORWARD", "-j nova-compute-FORWARD");
        _rig.Host.V4.Chain("filter", "nova-filter-top").Should().Equal("-j nova-network-local", "-j nova-compute-local");
    }

    [Fact]
    public async Task The_variant_that_was_chosen_is_run()
    {
        await new IptablesPrograms(_rig.Host, "legacy").SaveAsync(IpFamily.V6, default);
        await new IptablesPrograms(_rig.Host, "nft").RestoreAsync(IpFamily.V4, "", default);
        _rig.Host.Commands.Select(command => command.ToString()).Should().Equal("ip6tables-legacy-save ", "iptables-nft-restore --noflush --wait 5");
    }
}
