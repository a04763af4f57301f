using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Agent.Tests;

/// <summary>Laws of both agents together, over a real store, for any history of what users and operators do.</summary>
public sealed class HistoryLaws
{
    private static readonly Gen<Step[]> Histories = Step.Any.Array[1, 25];

    [Theory]
    [InlineData(RuleProfile.Article)]
    [InlineData(RuleProfile.Ocata)]
    public Task Whatever_happened_the_host_is_as_a_new_one_would_be(RuleProfile profile) => Histories.SampleAsync(
        async steps =>
        {
            await using var cloud = await FakeCloud.CreateAsync(profile);
            var history = await BegunAsync(cloud);
            foreach (var step in steps)
            {
                await history.DoAsync(step);
            }

            await cloud.ShouldConvergeAsync("the store says so");
        },
        iter: 40,
        threads: 2,
        print: steps => string.Join('\n', steps));

    [Fact]
    public Task A_restart_without_a_change_changes_nothing() => Histories.SampleAsync(
        async steps =>
        {
            await using var cloud = await FakeCloud.CreateAsync();
            var history = await BegunAsync(cloud);
            foreach (var step in steps)
            {
                await history.DoAsync(step);
            }

            await cloud.ShouldConvergeAsync("the store says so");
            await cloud.StartAsync();
            await cloud.ShouldConvergeAsync("nothing changed");

            // The port guard is written whole at a start, in one transaction.
            cloud.Machine.Host.Changes.Where(command => command.Program != "nft").Should().BeEmpty();
        },
        iter: 15,
        threads: 2,
        print: steps => string.Join('\n', steps));

    /// <summary>The daemons are killed at one command of each life, wherever that falls, and started again.</summary>
    [Fact]
    public Task Killed_at_any_command_of_any_history_the_next_life_converges() => Gen.Select(Histories, Gen.Int[0, 40].Array[1, 4], Gen.Enum<Kill>()).SampleAsync(
        async (steps, kills, when) =>
        {
            await using var cloud = await FakeCloud.CreateAsync();
            var lives = new Queue<int>(kills);
            var history = await BegunAsync(cloud, (lives.Dequeue(), when));
            foreach (var step in steps)
            {
                if (cloud.Killed)
                {
                    await cloud.StartAsync(lives.TryDequeue(out var number) ? (number, when) : null);
                }

                await history.DoAsync(step);
            }

            await cloud.StartAsync();
            await cloud.ShouldConvergeAsync("a killed daemon's successor finishes");
        },
        iter: 60,
        threads: 2,
        print: history => $"{string.Join('\n', history.Item1)}\nkilled {history.Item3} {string.Join(',', history.Item2)}");

    /// <summary>One history that has everything in it, killed at its every command in turn.</summary>
    [Theory]
    [InlineData(Kill.Before)]
    [InlineData(Kill.Halfway)]
    [InlineData(Kill.After)]
    public async Task Killed_at_every_command_of_a_day(Kill when)
    {
        var (number, died) = (0, true);
        while (died)
        {
            await using var cloud = await FakeCloud.CreateAsync();
            var history = await BegunAsync(cloud, (number, when));
            foreach (var step in Day)
            {
                await history.DoAsync(step);
            }

            died = cloud.Killed;
            await cloud.StartAsync();
            await cloud.ShouldConvergeAsync($"killed {when} command {number}");
            number++;
        }

        number.Should().BeGreaterThan(40, "the day has that many commands");
    }

    private static readonly Step[] Day =
    [
        new(Deed.Boot, 0, 1), new(Deed.Wait, 0, 0), new(Deed.Associate, 0, 0), new(Deed.AddSourceRule, 0, 1), new(Deed.Boot, 0, 0), new(Deed.Wait, 0, 0),
        new(Deed.CreateNetwork, 2, 0), new(Deed.AddFixedIp, 0, 1), new(Deed.Stop, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Start, 0, 0), new(Deed.Wait, 0, 0),
        new(Deed.Associate, 1, 0), new(Deed.Disassociate, 0, 0), new(Deed.Delete, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Reboot, 0, 0), new(Deed.Wait, 0, 0),
        new(Deed.Delete, 0, 0), new(Deed.Wait, 0, 0), new(Deed.DeleteNetwork, 0, 0), new(Deed.CreateNetwork, 1, 0),
    ];

    private static async Task<History> BegunAsync(FakeCloud cloud, (int Number, Kill When)? kill = null)
    {
        var history = new History(cloud);
        await history.BeginAsync();
        await cloud.StartAsync(kill);
        return history;
    }
}
