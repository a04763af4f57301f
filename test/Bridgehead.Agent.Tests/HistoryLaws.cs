using AwesomeAssertions;
using Bridgehead.Model;
using CsCheck;
using Xunit;

namespace Bridgehead.Agent.Tests;

/// <summary>Laws of both agents together, over a real store, for any history of what users and operators do.</summary>
public sealed class HistoryLaws
{
    [Theory]
    [InlineData(RuleProfile.Article, NetfilterBackend.Iptables)]
    [InlineData(RuleProfile.Ocata, NetfilterBackend.Iptables)]
    [InlineData(RuleProfile.Ocata, NetfilterBackend.Nftables)]
    public Task Whatever_happened_the_host_is_as_a_new_one_would_be(RuleProfile profile, NetfilterBackend backend) => Step.Histories.SampleAsync(
        async steps =>
        {
            await using var cloud = await FakeCloud.CreateAsync(profile, backend);
            var history = await History.BeginAsync(cloud);
            foreach (var step in steps)
            {
                await history.DoAsync(step);
            }

            await cloud.ShouldConvergeAsync("the store says so");
        },
        iter: 40,
        threads: 2,
        print: steps => string.Join('\n', steps));

    [Theory]
    [InlineData(RuleProfile.Article)]
    [InlineData(RuleProfile.Ocata)]
    public Task A_restart_without_a_change_changes_nothing(RuleProfile profile) => Step.Histories.SampleAsync(
        async steps =>
        {
            await using var cloud = await FakeCloud.CreateAsync(profile);
            var history = await History.BeginAsync(cloud);
            foreach (var step in steps)
            {
                await history.DoAsync(step);
            }

            await cloud.ShouldConvergeAsync("the store says so");
            await cloud.StartAsync();
            await cloud.ShouldConvergeAsync("nothing changed");

            // dnsmasq is told to read its files again: what it knows from files that are gone nobody can see.
            cloud.Machine.Host.Changes.Where(command => !(command.Program == "kill" && command.Arguments[0] == "-HUP")).Should().BeEmpty();
        },
        iter: 15,
        threads: 2,
        print: steps => string.Join('\n', steps));
}
