using AwesomeAssertions;
using Bridgehead.Model;
using Bridgehead.Testing;
using CsCheck;
using Xunit;

namespace Bridgehead.Agent.Tests;

/// <summary>Both daemons are killed at some command that one of them runs, wherever that falls, and started again on what they left.</summary>
public sealed class CrashLaws
{
    private static readonly Step[] Day =
    [
        new(Deed.Boot, 0, 1), new(Deed.Wait, 0, 0), new(Deed.Associate, 0, 0), new(Deed.AddSourceRule, 0, 1), new(Deed.Boot, 0, 0), new(Deed.Wait, 0, 0),
        new(Deed.CreateNetwork, 2, 0), new(Deed.AddFixedIp, 0, 1), new(Deed.Stop, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Start, 0, 0), new(Deed.Wait, 0, 0),
        new(Deed.Associate, 1, 0), new(Deed.Disassociate, 0, 0), new(Deed.RemoveFixedIp, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Vanish, 0, 0), new(Deed.Wait, 0, 0),
        new(Deed.Boot, 1, 1), new(Deed.Reboot, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Deafen, 0, 0), new(Deed.Delete, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Delete, 0, 0),
        new(Deed.Wait, 0, 0), new(Deed.Boot, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Pause, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Unpause, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Resize, 0, 0),
        new(Deed.Wait, 0, 0), new(Deed.RevertResize, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Suspend, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Reboot, 0, 0), new(Deed.Wait, 0, 0),
        new(Deed.Rebuild, 0, 0), new(Deed.Wait, 0, 0), new(Deed.Delete, 0, 0), new(Deed.Wait, 0, 0), new(Deed.DeleteNetwork, 0, 0), new(Deed.CreateNetwork, 1, 0), new(Deed.Wait, 0, 0),
    ];

    [Theory]
    [InlineData(NetfilterBackend.Iptables)]
    [InlineData(NetfilterBackend.Nftables)]
    public Task Killed_at_any_command_of_any_history_the_next_life_converges(NetfilterBackend backend) =>
        Gen.Select(Step.Histories, Gen.Int[0, 40].Array[1, 4], Gen.Enum<Kill>(), Gen.Enum<RuleProfile>()).SampleAsync(
            async (steps, kills, when, profile) =>
            {
                await using var cloud = await FakeCloud.CreateAsync(profile, backend);
                var lives = new Queue<int>(kills);
                var history = await History.BeginAsync(cloud, (lives.Dequeue(), when));
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
            iter: 100,
            threads: 2,
            print: history => $"{string.Join('\n', history.Item1)}\nkilled {history.Item3} {string.Join(',', history.Item2)} ({history.Item4})");

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
            var history = await History.BeginAsync(cloud, (number, when));
            foreach (var step in Day)
            {
                await history.DoAsync(step);
            }

            died = cloud.Killed;
            await cloud.StartAsync();
            await cloud.ShouldConvergeAsync($"killed {when} command {number}");
            number++;
        }

        number.Should().BeGreaterThan(100, "the day has that many commands");
    }
}
