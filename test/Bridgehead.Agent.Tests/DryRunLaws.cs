using AwesomeAssertions;
using Bridgehead.Host;
using Bridgehead.Model;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Agent.Tests;

/// <summary>A dry run tells what a start does, and does nothing.</summary>
public sealed class DryRunLaws
{
    [Theory]
    [InlineData(RuleProfile.Article, NetfilterBackend.Iptables)]
    [InlineData(RuleProfile.Ocata, NetfilterBackend.Nftables)]
    public Task It_changes_nothing_and_tells_what_a_start_does(RuleProfile profile, NetfilterBackend backend) => Gen.Select(Step.Histories, Step.Histories).SampleAsync(
        async (before, meanwhile) =>
        {
            await using var cloud = await FakeCloud.CreateAsync(profile, backend);
            var history = await History.BeginAsync(cloud);
            foreach (var step in before)
            {
                await history.DoAsync(step);
            }

            await cloud.SettleAsync();
            await cloud.StopAsync();
            foreach (var step in meanwhile.Where(step => step.IsOfUsers))
            {
                await history.DoAsync(step);
            }

            var (listing, rules, store) = (cloud.Machine.Listing(), cloud.Machine.Rules(), await cloud.DumpAsync());
            cloud.Machine.Host.Restart();
            var told = await cloud.DryRunAsync();
            cloud.Machine.Host.Changes.Should().BeEmpty();
            cloud.Machine.Listing().Should().Be(listing);
            (await cloud.DumpAsync()).Should().Equal(store);

            await cloud.StartAsync();
            await cloud.SettleAsync();
            var done = Done(cloud.Machine.Host);
            Lasting(Told(told)).Should().BeEquivalentTo(Lasting(done));
            Told(told).Where(IsFleeting).Should().BeSubsetOf(done);
            told.Any(change => change.Area == HostArea.PacketFilter).Should().Be(cloud.Machine.Rules() != rules);
            (await cloud.DryRunAsync()).Should().BeEmpty("everything was brought about");
        },
        iter: 30,
        threads: 2,
        print: steps => string.Join('\n', steps.Item1) + "\nmeanwhile:\n" + string.Join('\n', steps.Item2));

    /// <summary>What the dry run told that is done by programs, but for the driver's.</summary>
    private static List<string> Told(IEnumerable<HostChange> changes) =>
    [
        .. changes.Where(change => change is { Area: HostArea.Interfaces or HostArea.Dhcp or HostArea.Connections } && !change.What.StartsWith("port ", StringComparison.Ordinal))
            .Select(change => WithoutMac(change.What)).Where(text => !IsDrivers(text)).Distinct(),
    ];

    private static List<string> Done(FakeHost host) =>
    [
        .. host.Changes
            .SelectMany(command => command.Arguments.Contains("-batch") ? command.Input.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"ip {line}") : [$"{command}"])
            .Where(text => !IsDrivers(text) && !IsRules(text) && !text.StartsWith("kill -HUP", StringComparison.Ordinal))
            .Select(WithoutMac).Distinct(),
    ];

    /// <summary>Without what came only to go: the agents work side by side, and one may set up what the other is about to give back.</summary>
    private static IEnumerable<string> Lasting(List<string> texts) => texts.Where(text => !IsFleeting(text)
        && !(text.StartsWith("ip address add ", StringComparison.Ordinal) && texts.Contains(text.Replace(" add ", " del ", StringComparison.Ordinal)))
        && !(text.StartsWith("ip address del ", StringComparison.Ordinal) && texts.Contains(text.Replace(" del ", " add ", StringComparison.Ordinal))));

    /// <summary>Of an address that may have come only to go.</summary>
    private static bool IsFleeting(string text) => ((string[])["arping ", "conntrack ", "dhcp_release "]).Any(program => text.StartsWith(program, StringComparison.Ordinal));

    private static bool IsDrivers(string text) => text.StartsWith("ip tuntap ", StringComparison.Ordinal) || text.StartsWith("ip link del dev tap", StringComparison.Ordinal)
        || (text.StartsWith("ip link set dev tap", StringComparison.Ordinal) && (text.EndsWith(" down", StringComparison.Ordinal) || text.EndsWith(" up", StringComparison.Ordinal)));

    private static bool IsRules(string text) => text.StartsWith("nf_tables ", StringComparison.Ordinal) || text.Contains("-restore ", StringComparison.Ordinal);

    /// <summary>A new bridge's is made up.</summary>
    private static string WithoutMac(string text) => text.StartsWith("ip link add ", StringComparison.Ordinal) ? text[..text.IndexOf(" address ", StringComparison.Ordinal)] : text;
}
